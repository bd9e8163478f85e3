"""Models, configurations, endpoints and tags: what is kept, listed and refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aiosagemaker.errors import NotFound, ResourceLimitExceeded, ValidationException
from aiosagemaker.sagemaker import (
    ContainerDefinition,
    DesiredWeightAndCapacity,
    ProductionVariantServerlessConfig,
    Tag,
)

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"


async def test_not_found(hosting: Any, make_variant: Any) -> None:
    """What does not exist is refused in the service's words, with its ARN."""
    with pytest.raises(NotFound, match=f'Could not find model "{PREFIX}:model/x".'):
        await hosting.sm.delete_model(model_name="x")
    with pytest.raises(NotFound, match=f'Could not find endpoint configuration "{PREFIX}:endpoint-config/x".'):
        await hosting.sm.create_endpoint(endpoint_name="e", endpoint_config_name="x")
    with pytest.raises(NotFound, match=f'Could not find model "{PREFIX}:model/x".'):
        await hosting.config("c", make_variant("x"))


async def test_describe_repeats_the_request(hosting: Any, make_variant: Any) -> None:
    """Describing a model or a configuration repeats what it was created with."""
    container = ContainerDefinition(image="a", environment={"K": "V"})
    await hosting.sm.create_model(model_name="m", primary_container=container)
    assert (await hosting.sm.describe_model(model_name="m")).primary_container == container
    serverless = make_variant(
        "m",
        None,
        instance_type=None,
        serverless_config=ProductionVariantServerlessConfig(memory_size_in_mb=2048, max_concurrency=5),
    )
    await hosting.config("c", serverless, tags=[Tag(key="team", value="growth")])
    described = await hosting.sm.describe_endpoint_config(endpoint_config_name="c")
    assert described.production_variants == (serverless,)
    assert described.endpoint_config_arn == f"{PREFIX}:endpoint-config/c"
    await hosting.endpoint("c")
    summary = (await hosting.sm.describe_endpoint(endpoint_name="e")).production_variants[0]
    assert (summary.current_serverless_config, summary.current_instance_count) == (serverless.serverless_config, None)


async def test_tags(hosting: Any) -> None:
    """Tags are added, replaced, listed and deleted; those of what does not exist are refused."""
    await hosting.version("a")
    arn = f"{PREFIX}:endpoint-config/a"
    await hosting.sm.add_tags(resource_arn=arn, tags=[Tag(key="a", value="1"), Tag(key="b", value="1")])
    added = await hosting.sm.add_tags(resource_arn=arn, tags=[Tag(key="b", value="2")])
    assert added.tags == (Tag(key="a", value="1"), Tag(key="b", value="2"))
    await hosting.sm.delete_tags(resource_arn=arn, tag_keys=["a"])
    assert (await hosting.sm.list_tags(resource_arn=arn)).tags == (Tag(key="b", value="2"),)
    with pytest.raises(ValidationException, match="at most 50 tags"):
        await hosting.sm.add_tags(resource_arn=arn, tags=[Tag(key=f"k{i}", value="") for i in range(50)])
    with pytest.raises(NotFound, match=f'Could not find endpoint configuration "{PREFIX}:endpoint-config/x"'):
        await hosting.sm.list_tags(resource_arn=f"{PREFIX}:endpoint-config/x")
    await hosting.sm.delete_endpoint_config(endpoint_config_name="a")
    with pytest.raises(NotFound):
        await hosting.sm.list_tags(resource_arn=arn)


async def test_quotas(hosting: Any, make_variant: Any) -> None:
    """More instances than the account may have are refused, when created and when scaled."""
    await hosting.model("a")
    await hosting.config("c", make_variant("a", 3, instance_type="ml.p3.2xlarge"))
    with pytest.raises(ResourceLimitExceeded, match=r"'ml.p3.2xlarge for endpoint usage' is 2 Instances"):
        await hosting.sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    await hosting.config("d", make_variant("a", 2, instance_type="ml.p3.2xlarge"))
    await hosting.endpoint("d")
    wanted = [DesiredWeightAndCapacity(variant_name="a", desired_instance_count=3)]
    with pytest.raises(ResourceLimitExceeded, match="request delta of 1 Instances"):
        await hosting.sm.update_endpoint_weights_and_capacities(
            endpoint_name="e", desired_weights_and_capacities=wanted
        )


async def test_documented_rules(hosting: Any, make_variant: Any) -> None:
    """What AWS documents beside its model is refused with the member's path."""
    await hosting.model("a")
    odd = ProductionVariantServerlessConfig(memory_size_in_mb=1500, max_concurrency=5)
    variant = make_variant("a", None, instance_type=None, serverless_config=odd)
    with pytest.raises(ValidationException, match=r"ProductionVariants\[0\].ServerlessConfig.MemorySizeInMB"):
        await hosting.config("c", variant)


async def test_two_at_once(hosting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two models of one name that are made at once, while S3 is asked, one is refused."""
    gate = asyncio.Event()

    async def exists(source: object) -> bool:
        await gate.wait()
        return True

    monkeypatch.setattr(hosting.local._world.model_data, "exists", exists)
    container = ContainerDefinition(image="a", model_data_url="s3://b/m.tar.gz")
    making = [
        asyncio.create_task(hosting.sm.create_model(model_name="m", primary_container=container)) for _ in range(2)
    ]
    await hosting.settle()
    gate.set()
    done = await asyncio.gather(*making, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["AlreadyExists", "CreateModelResponse"]
