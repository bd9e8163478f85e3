"""What a user changes while the service runs."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.errors import ResourceLimitExceeded, ValidationException
from aiosagemaker.sagemaker import ContainerDefinition


async def test_quota(hosting: Any) -> None:
    """A quota that is set later counts, and one that is lifted does not."""
    await hosting.version("a", 2)
    hosting.local.set_quota("ml.m5.large", 1)
    with pytest.raises(ResourceLimitExceeded):
        await hosting.sm.create_endpoint(endpoint_name="e", endpoint_config_name="a")
    hosting.local.set_quota("ml.m5.large", None)
    await hosting.endpoint("a")
    assert await hosting.status() == "InService"


async def test_image(hosting: Any) -> None:
    """An image that goes between a model's creation and its endpoint's fails the endpoint."""
    await hosting.version("a")
    hosting.local.set_image("a", None)
    with pytest.raises(ValidationException, match=r"Requested image a not found\."):
        await hosting.sm.create_model(model_name="m", primary_container=ContainerDefinition(image="a"))
    await hosting.endpoint("a")
    described = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert (described.endpoint_status, described.failure_reason) == ("Failed", "the image a was not found")


async def test_no_capacity(hosting: Any) -> None:
    """An instance type of which there are none fails the endpoint in the service's words, so often as it is told."""
    await hosting.version("a")
    hosting.local.faults.no_capacity("ml.m5.large", times=1)
    await hosting.endpoint("a")
    described = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert described.endpoint_status == "Failed"
    assert described.failure_reason.startswith("Unable to provision requested ML compute capacity due to Insufficient")
    await hosting.endpoint("a", "second")
    assert await hosting.status("second") == "InService"


async def test_reset(hosting: Any) -> None:
    """After a reset there is nothing, and names are free again, whatever was under way."""
    await hosting.version("a")
    await hosting.endpoint("a")
    await hosting.sm.create_endpoint(endpoint_name="late", endpoint_config_name="a")
    await hosting.local._steering.reset()
    assert not (await hosting.sm.list_endpoints()).endpoints
    assert not hosting.local._world.tasks
    await hosting.version("a")
    await hosting.endpoint("a")
    assert await hosting.answers(1) == {"a": 1}


async def test_settle() -> None:
    """With `settle`, CreateEndpoint and UpdateEndpoint are answered when they have settled."""
    from aiosagemaker.local import LocalSageMaker
    from aiosagemaker.sagemaker import ProductionVariant

    async with LocalSageMaker(settle=True) as local, local.client() as client:
        await client.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
        variant = ProductionVariant(
            variant_name="v", model_name="m", initial_instance_count=1, instance_type="ml.m5.large"
        )
        for name in "cd":
            await client.create_endpoint_config(endpoint_config_name=name, production_variants=[variant])
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        assert (await client.describe_endpoint(endpoint_name="e")).endpoint_status == "InService"
        await client.update_endpoint(endpoint_name="e", endpoint_config_name="d")
        assert (await client.describe_endpoint(endpoint_name="e")).endpoint_config_name == "d"
