"""From a model's containers to the copy that runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from aiosagemaker.local._instances import ModelRequest
from aiosagemaker.local._servers import Server, pool_of
from aiosagemaker.sagemaker import ContainerDefinition


def model(*containers: ContainerDefinition, primary: bool = False, mode: str | None = None) -> Any:
    execution = SimpleNamespace(mode=mode) if mode else None
    if primary:
        return SimpleNamespace(primary_container=containers[0], inference_execution_config=execution, containers=None)
    return SimpleNamespace(primary_container=None, inference_execution_config=execution, containers=containers)


@pytest.mark.parametrize(
    ("made", "count", "direct", "multi"),
    [
        (model(ContainerDefinition(image="a"), primary=True), 1, False, False),
        (model(ContainerDefinition(image="a", mode="MultiModel"), primary=True), 1, False, True),
        (model(ContainerDefinition(image="a"), ContainerDefinition(image="b"), mode="Serial"), 2, False, False),
        (model(ContainerDefinition(image="a"), ContainerDefinition(image="b"), mode="Direct"), 2, True, False),
    ],
)
def test_containers(made: Any, count: int, direct: bool, multi: bool) -> None:
    """A server has its model's containers, asked one after the other or each by its name, of one model or of many."""
    server = Server.of(made)
    assert (len(server.containers), server.direct, server.multi_model) == (count, direct, multi)


async def test_a_pool_of_a_pipeline(hosting: Any) -> None:
    """A copy of several containers answers with what the last makes of what the first answered."""
    server = Server(containers=(ContainerDefinition(image="a"), ContainerDefinition(image="b")))
    pool = pool_of(
        server, hosting.local._world, group="g", stream="s", told=lambda reason: reason, startup_timeout=None
    )
    await pool.resize(1)
    lease = pool.take(pool.serving[0])
    response = await lease.ask(ModelRequest(body=b"x"))
    assert await response.read() == b"b:a:x"
    lease.release()
    await pool.resize(0)
    await pool.ended()
