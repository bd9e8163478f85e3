"""Multi-model endpoints: models are loaded when asked for, and unloaded for room."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import RetryConfig
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.sagemaker import ContainerDefinition
from aiosagemaker.sagemaker_runtime.errors import ModelNotReadyException, ValidationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SERVER = Path(__file__).with_name("multi_model_server.py")


def put(local: LocalSageMaker, name: str, weights: bytes) -> None:
    path = local.folder / "s3/bucket/models" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode="w:gz") as archive:
        info = tarfile.TarInfo("weights")
        info.size = len(weights)
        archive.addfile(info, io.BytesIO(weights))


@pytest.fixture
async def asking(make_variant: Callable[..., Any]) -> AsyncIterator[Any]:
    """Asks an endpoint whose container holds two models at a time and takes a while to load the one called slow."""
    images = {"server": [sys.executable, "-S", str(SERVER)]}
    retry = RetryConfig(max_attempts=1, cold_start_timeout=0)
    async with (
        LocalSageMaker(images=images, patience=0.5, speed=100) as local,
        local.client() as sm,
        local.runtime(retry=retry) as rt,
    ):
        for name in ("one", "two", "three", "slow"):
            put(local, f"{name}.tar.gz", name.encode())
        container = ContainerDefinition(image="server", mode="MultiModel", model_data_url="s3://bucket/models/")
        await sm.create_model(model_name="m", primary_container=container)
        await sm.create_endpoint_config(
            endpoint_config_name="c", production_variants=[make_variant("v", model_name="m")]
        )
        await sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        await sm.wait_until_endpoint_in_service(endpoint_name="e", timeout=20)

        async def ask(model: str | None) -> str:
            answer = await rt.invoke_endpoint(endpoint_name="e", body=b"x", target_model=model)
            return bytes(answer.body).decode()

        yield ask


async def test_load_and_unload(asking: Any) -> None:
    """A model is loaded for its first call and kept; when the container has no room, the longest unused one goes."""
    assert await asking("one.tar.gz") == "one:x loaded 1"
    assert await asking("two.tar.gz") == "two:x loaded 2"
    assert await asking("one.tar.gz") == "one:x loaded 2"
    assert await asking("three.tar.gz") == "three:x loaded 3"
    assert await asking("one.tar.gz") == "one:x loaded 3"
    assert await asking("two.tar.gz") == "two:x loaded 4"


async def test_not_ready(asking: Any) -> None:
    """A model that loads for longer than a call may take is not ready, goes on loading, and answers then."""
    with pytest.raises(ModelNotReadyException) as caught:
        await asking("slow.tar.gz")
    assert caught.value.http_status == 429
    for _ in range(10):
        try:
            assert await asking("slow.tar.gz") == "slow:x loaded 1"
            return
        except ModelNotReadyException:
            continue
    pytest.fail("it was never ready")


async def test_no_such_model(asking: Any) -> None:
    """A model that is not behind the prefix, and a call that names none, are refused."""
    with pytest.raises(ValidationError, match=r"Failed to download model data.*none\.tar\.gz"):
        await asking("none.tar.gz")
    with pytest.raises(ValidationError, match="missing a target model header"):
        await asking(None)


async def test_handler(hosting: Any) -> None:
    """A handler is told the model's name, and has its folder as SM_MODEL_DIR."""
    put(hosting.local, "one.tar.gz", b"1")
    container = ContainerDefinition(image="a", mode="MultiModel", model_data_url="s3://bucket/models")
    await hosting.sm.create_model(model_name="m", primary_container=container)
    await hosting.config("c", hosting.variant("v", model_name="m"))
    await hosting.endpoint("c")
    await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"", target_model="one.tar.gz")
    (asked,) = hosting.models["a"].asked
    assert asked.target_model == "one.tar.gz"
    assert Path(asked.environment["SM_MODEL_DIR"], "weights").read_bytes() == b"1"  # noqa: ASYNC240
