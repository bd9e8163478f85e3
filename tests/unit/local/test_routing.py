"""Who answers: weights, sessions, shadows, limits of serverless endpoints, and what a request may not name."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from aiosagemaker.errors import ThrottlingException
from aiosagemaker.sagemaker import ProductionVariantServerlessConfig
from aiosagemaker.sagemaker_runtime.errors import ValidationError


async def test_not_multi_model(hosting: Any) -> None:
    """A target model on an endpoint of one model is refused in the service's words."""
    await hosting.version("a")
    await hosting.endpoint("a")
    with pytest.raises(ValidationError, match="Endpoint e is not a multi-model endpoint and does not support target"):
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"", target_model="m.tar.gz")


async def test_sessions(hosting: Any) -> None:
    """A session is held by the copy that opened it, until the model closes it or it expires."""
    await hosting.version("a", 3)
    await hosting.endpoint("a")
    hosting.models["a"].sessions = timedelta(minutes=1)
    opened = await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"", session_id="NEW_SESSION")
    session, _, rest = opened.new_session_id.partition(";")
    assert rest.strip().startswith("Expires=")
    for _ in range(4):
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"", session_id=session)
    assert {asked.session_id for asked in hosting.models["a"].asked[1:]} == {session}
    (variant,) = hosting.local._world.endpoints.get("e").fleet.variants
    assert [copy.calls for copy in variant.pool.serving].count(0) == 2
    closed = await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"close", session_id=session)
    assert closed.closed_session_id == session
    with pytest.raises(ValidationError, match="was closed, or has expired"):
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"", session_id=session)


async def test_session_expires(hosting: Any) -> None:
    """A session past the time that its model gave it is not found, nor one that never was."""
    await hosting.version("a")
    await hosting.endpoint("a")
    hosting.models["a"].sessions = timedelta(minutes=1)
    opened = await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"", session_id="NEW_SESSION")
    hosting.clock.wall += 61
    for session in (opened.new_session_id.partition(";")[0], "never"):
        with pytest.raises(ValidationError, match=f"Session {session} was not found"):
            await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"", session_id=session)


async def test_no_session_by_stream(hosting: Any) -> None:
    """A stream cannot open a session."""
    await hosting.version("a")
    await hosting.endpoint("a")
    stream = hosting.rt.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"", session_id="NEW_SESSION")
    with pytest.raises(ValidationError, match="'NEW_SESSION' at 'sessionId' failed to satisfy"):
        await stream.__aenter__()


@pytest.mark.parametrize(("weight", "seen"), [(1.0, 8), (0.5, 4), (0.25, 2), (0.0, 0)])
async def test_shadow_sampling(hosting: Any, weight: float, seen: int) -> None:
    """A shadow sees the part of the calls that its weight is of the production variant's."""
    await hosting.model("a")
    await hosting.model("b")
    shadow = hosting.variant("b", initial_variant_weight=weight)
    await hosting.config("c", hosting.variant("a"), shadow_production_variants=[shadow])
    await hosting.endpoint("c")
    assert await hosting.answers(8) == {"a": 8}
    await hosting.settle()
    assert len(hosting.models["b"].asked) == seen


async def test_serverless_limits(hosting: Any) -> None:
    """A serverless endpoint takes no more calls at a time than its configuration allows, and none over 4 MB."""
    await hosting.model("a")
    config = ProductionVariantServerlessConfig(memory_size_in_mb=2048, max_concurrency=1)
    serverless = hosting.variant("a", None, instance_type=None, serverless_config=config)
    await hosting.config("c", serverless)
    await hosting.endpoint("c")
    hosting.models["a"].gate = gate = asyncio.Event()
    first = asyncio.create_task(hosting.rt.invoke_endpoint(endpoint_name="e", body=b"1"))
    while not hosting.models["a"].asked:  # noqa: ASYNC110  # the model has no event for it
        await asyncio.sleep(0.001)
    with pytest.raises(ThrottlingException):
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"2")
    gate.set()
    assert (await first).body == b"a:1"
    with pytest.raises(ValidationError, match="longer than the 4194304 bytes"):
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=bytes(4 * 1024 * 1024 + 1))


async def test_least_outstanding(hosting: Any) -> None:
    """With LEAST_OUTSTANDING_REQUESTS a copy that is busy is passed over."""
    await hosting.model("a")
    routing = {"routing_strategy": "LEAST_OUTSTANDING_REQUESTS"}
    from aiosagemaker.sagemaker import ProductionVariantRoutingConfig

    await hosting.config("c", hosting.variant("a", 2, routing_config=ProductionVariantRoutingConfig(**routing)))
    await hosting.endpoint("c")
    (variant,) = hosting.local._world.endpoints.get("e").fleet.variants
    busy = variant.pool.serving[0]
    busy.under_way = 5
    before = busy.calls
    await hosting.answers(4)
    assert busy.calls == before
