"""Inference components: copies, their life, and calls by name."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.components import ask, create, hosts, spec

from aiosagemaker.errors import NotFound
from aiosagemaker.sagemaker import (
    InferenceComponentCapacitySize,
    InferenceComponentDeploymentConfig,
    InferenceComponentRollingUpdatePolicy,
    InferenceComponentRuntimeConfig,
)
from aiosagemaker.sagemaker_runtime.errors import ValidationError


async def state(hosting: Any, name: str = "one") -> tuple[str, int, int]:
    found = await hosting.sm.describe_inference_component(inference_component_name=name)
    copies = found.runtime_config
    return str(found.inference_component_status), copies.current_copy_count, copies.desired_copy_count


async def test_life(hosting: Any) -> None:
    """A component is Creating, InService with its copies, Deleting, and gone; calls name it."""
    await hosts(hosting)
    await create(hosting)
    assert await state(hosting) == ("Creating", 0, 2)
    await hosting.clock.advance(30)
    assert await state(hosting) == ("InService", 2, 2)
    assert await ask(hosting) == b"a:x"
    await hosting.sm.delete_inference_component(inference_component_name="one")
    assert (await state(hosting))[0] == "Deleting"
    await hosting.clock.advance(10)
    with pytest.raises(NotFound, match="Could not find inference component"):
        await state(hosting)


async def test_refused_calls(hosting: Any) -> None:
    """A call that names no component, or one that is not there, or a plain endpoint's, is refused."""
    await hosts(hosting)
    with pytest.raises(ValidationError, match="Inference Component Name header is required"):
        await ask(hosting, None)
    with pytest.raises(ValidationError, match="Inference component two of endpoint e not found"):
        await ask(hosting, "two")
    await hosting.config("plain", hosting.variant("a"))
    await hosting.endpoint("plain", "plain")
    with pytest.raises(ValidationError, match="Inference component x of endpoint plain not found"):
        await hosting.rt.invoke_endpoint(endpoint_name="plain", body=b"", inference_component_name="x")


async def test_scale_to_zero(hosting: Any) -> None:
    """Scaled to zero a component is in service and has no capacity, in the service's words; and scales out again."""
    await hosts(hosting)
    await create(hosting)
    await hosting.clock.advance(30)
    for copies in (0, 1):
        await hosting.sm.update_inference_component_runtime_config(
            inference_component_name="one",
            desired_runtime_config=InferenceComponentRuntimeConfig(copy_count=copies),
        )
        assert (await state(hosting))[0] == "Updating"
        await hosting.clock.advance(30)
        assert await state(hosting) == ("InService", copies, copies)
        if not copies:
            with pytest.raises(ValidationError, match="Inference Component has no capacity to process this request"):
                await ask(hosting)
    assert await ask(hosting) == b"a:x"


async def test_update(hosting: Any) -> None:
    """A new specification replaces the copies by batches; one that does not start leaves the old ones serving."""
    await hosts(hosting)
    await create(hosting)
    await hosting.clock.advance(30)
    policy = InferenceComponentRollingUpdatePolicy(
        maximum_batch_size=InferenceComponentCapacitySize(type="COPY_COUNT", value=1), wait_interval_in_seconds=0
    )
    config = InferenceComponentDeploymentConfig(rolling_update_policy=policy)
    await hosting.sm.update_inference_component(
        inference_component_name="one", specification=spec("b"), deployment_config=config
    )
    await hosting.clock.advance(30)
    assert await state(hosting) == ("InService", 2, 2)
    assert await ask(hosting) == b"b:x"
    hosting.models["a"].starts = False
    await hosting.sm.update_inference_component(inference_component_name="one", specification=spec("a"))
    await hosting.clock.advance(30)
    assert await state(hosting) == ("InService", 2, 2)
    found = await hosting.sm.describe_inference_component(inference_component_name="one")
    assert "did not pass the ping health check" in found.failure_reason
    assert await ask(hosting) == b"b:x"


async def test_does_not_start(hosting: Any) -> None:
    """A component whose container does not come up is Failed, and says why."""
    await hosts(hosting)
    hosting.models["a"].starts = False
    await create(hosting)
    await hosting.clock.advance(30)
    found = await hosting.sm.describe_inference_component(inference_component_name="one")
    assert found.inference_component_status == "Failed"
    assert "inference component one did not pass the ping health check" in found.failure_reason
