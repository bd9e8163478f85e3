"""Inference pipelines: one container's answer is the next one's question."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.sagemaker import ContainerDefinition, InferenceExecutionConfig
from aiosagemaker.sagemaker_runtime.errors import ModelError


async def pipeline(hosting: Any, mode: str | None = None) -> None:
    """An endpoint whose model is the containers a, b and c."""
    containers = [ContainerDefinition(image=name, container_hostname=f"host-{name}") for name in "abc"]
    execution = InferenceExecutionConfig(mode=mode) if mode else None
    await hosting.sm.create_model(model_name="m", containers=containers, inference_execution_config=execution)
    await hosting.config("c", hosting.variant("v", model_name="m"))
    await hosting.endpoint("c")


async def test_one_after_the_other(hosting: Any) -> None:
    """A call goes through the containers in their order, each given what the one before answered."""
    await pipeline(hosting)
    answer = await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"x", content_type="text/csv", accept="text/x")
    assert answer.body == b"c:b:a:x"
    asked = [hosting.models[name].asked[0] for name in "abc"]
    assert [each.content_type for each in asked] == ["text/csv", *["application/octet-stream"] * 2]
    assert [each.accept for each in asked] == [None, None, "text/x"]
    images = (await hosting.sm.describe_endpoint(endpoint_name="e")).production_variants[0].deployed_images
    assert [image.specified_image for image in images] == ["a", "b", "c"]


async def test_a_container_fails(hosting: Any) -> None:
    """A container that fails ends the call, which says which one it was; those behind it are not asked."""
    await pipeline(hosting)
    hosting.models["b"].fails = True
    with pytest.raises(ModelError, match=r"Received server error \(500\) from host-b") as caught:
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"x")
    assert caught.value.original_status_code == 500
    assert not hosting.models["c"].asked


async def test_a_container_does_not_start(hosting: Any) -> None:
    """An instance comes up only with every container."""
    hosting.models["b"].starts = False
    await pipeline(hosting)
    assert await hosting.status() == "Failed"


async def test_direct(hosting: Any) -> None:
    """Invoked directly, the container that is named answers alone."""
    await pipeline(hosting, "Direct")
    answer = await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"x", target_container_hostname="host-b")
    assert answer.body == b"b:x"
    with pytest.raises(ModelError, match="no container is named"):
        await hosting.rt.invoke_endpoint(endpoint_name="e", body=b"x", target_container_hostname="host-x")
