"""Variants and fleets, sized and described."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.local._fleets import Fleet
from aiosagemaker.local._instances import StartFailed
from aiosagemaker.sagemaker import ProductionVariant, ProductionVariantServerlessConfig


async def fleet_of(hosting: Any, *variants: ProductionVariant, **members: Any) -> Fleet:
    await hosting.config("c", *variants, **members)
    return Fleet.of(hosting.local._world.configs.get("c"), "e", hosting.local._world)


async def test_sizes(hosting: Any) -> None:
    """A part of each variant's instances is rounded up, or down where that is asked for; stopping leaves none."""
    for name in "ab":
        await hosting.model(name)
    fleet = await fleet_of(hosting, hosting.variant("a", 3), hosting.variant("b", 1))
    assert fleet.counts() == {"a": 3, "b": 1}
    for part, up, expected in ((0.5, True, [2, 1]), (0.5, False, [1, 0]), (1.0, True, [3, 1]), (0.0, True, [0, 0])):
        await fleet.resize(part, up=up)
        assert [variant.current for variant in fleet] == expected
    await fleet.resize()
    await fleet.stop()
    assert [variant.current for variant in fleet] == [0, 0]


async def test_no_capacity(hosting: Any) -> None:
    """Instances that are not to be had fail the start, and none is started."""
    await hosting.model("a")
    fleet = await fleet_of(hosting, hosting.variant("a", 2))
    hosting.local.faults.no_capacity("ml.m5.large")
    with pytest.raises(StartFailed, match="capacity"):
        await fleet.resize()
    assert [variant.current for variant in fleet] == [0]


async def test_bare_instances(hosting: Any) -> None:
    """A variant without a model has instances that only count, for components to run on."""
    bare = ProductionVariant(variant_name="v", instance_type="ml.m5.large", initial_instance_count=2)
    role = "arn:aws:iam::123456789012:role/sagemaker"
    fleet = await fleet_of(hosting, bare, execution_role_arn=role)
    (variant,) = fleet
    assert (variant.pool, variant.current) == (None, 0)
    await fleet.resize()
    assert variant.current == 2
    assert fleet.variant("v") is variant
    assert fleet.variant("other") is None


async def test_summary(hosting: Any) -> None:
    """A variant's summary has its part of the traffic, and of a serverless one no instances."""
    await hosting.model("a")
    serverless = ProductionVariantServerlessConfig(memory_size_in_mb=1024, max_concurrency=1)
    fleet = await fleet_of(hosting, ProductionVariant(variant_name="a", model_name="a", serverless_config=serverless))
    (variant,) = fleet
    said = variant.summary(0.25, None)
    assert (said["current_weight"], said["desired_weight"]) == (0.25, 1.0)
    assert (said["current_instance_count"], said["desired_instance_count"]) == (None, None)
    assert said["desired_serverless_config"] == serverless
    assert [image.specified_image for image in said["deployed_images"]] == ["a"]
