"""Endpoints as requests make and change them."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.errors import NotFound, RolledBack, ValidationException
from aiosagemaker.sagemaker import (
    DesiredWeightAndCapacity,
    VariantProperty,
)


async def test_deleting(hosting: Any) -> None:
    """An endpoint is Deleting, refuses changes and invocations, and is gone."""
    await hosting.version("a")
    await hosting.endpoint("a")
    await hosting.sm.delete_endpoint(endpoint_name="e")
    assert await hosting.status() == "Deleting"
    with pytest.raises(ValidationException, match="Cannot update in-progress endpoint"):
        await hosting.sm.delete_endpoint(endpoint_name="e")
    await hosting.clock.advance(10)
    with pytest.raises(NotFound, match='Could not find endpoint "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"'):
        await hosting.status()


async def test_rescale(hosting: Any) -> None:
    """New weights and counts are Updating until instances are started or stopped; what is not named stays."""
    await hosting.version("a")
    await hosting.endpoint("a")
    for wanted, expected in (({"desired_instance_count": 3}, (1.0, 3)), ({"desired_weight": 0.5}, (0.5, 3))):
        await hosting.sm.update_endpoint_weights_and_capacities(
            endpoint_name="e", desired_weights_and_capacities=[DesiredWeightAndCapacity(variant_name="a", **wanted)]
        )
        assert await hosting.status() == "Updating"
        await hosting.clock.advance(30)
        assert await hosting.fleets() == ("InService", expected, None)


async def test_rescale_rolls_back(hosting: Any) -> None:
    """Instances that do not start make the endpoint RollingBack, then InService as it was, which no wait takes for a
    success that was told what was asked.
    """
    await hosting.version("a")
    await hosting.endpoint("a")
    wanted = [DesiredWeightAndCapacity(variant_name="a", desired_instance_count=3)]
    await hosting.sm.update_endpoint_weights_and_capacities(endpoint_name="e", desired_weights_and_capacities=wanted)
    await hosting.clock.advance(29)
    hosting.models["a"].starts = False
    await hosting.clock.advance(1)
    assert await hosting.status() == "RollingBack"
    hosting.models["a"].starts = True
    await hosting.clock.advance(10)
    assert await hosting.fleets() == ("InService", (1.0, 1), None)
    with pytest.raises(RolledBack, match="1 instances, not 3"):
        await hosting.sm.wait_until_endpoint_in_service(
            endpoint_name="e", desired_weights_and_capacities=wanted, min_delay=0, max_delay=0
        )


async def test_maintenance(hosting: Any) -> None:
    """SystemUpdating serves, and cannot be updated or deleted until it is over."""
    await hosting.version("a")
    await hosting.endpoint("a")
    hosting.local.start_maintenance("e", seconds=60)
    await hosting.clock.advance(1)
    assert await hosting.status() == "SystemUpdating"
    assert await hosting.answers(1) == {"a": 1}
    with pytest.raises(ValidationException, match="Cannot update in-progress endpoint"):
        await hosting.sm.delete_endpoint(endpoint_name="e")
    await hosting.clock.advance(60)
    assert await hosting.status() == "InService"


async def test_retained_properties(hosting: Any, make_variant: Any) -> None:
    """An update can keep what was scaled since, except for what it excludes."""
    await hosting.model("a")
    await hosting.config("one", make_variant("a"))
    await hosting.config("two", make_variant("a", initial_variant_weight=9))
    await hosting.endpoint("one")
    await hosting.sm.update_endpoint_weights_and_capacities(
        endpoint_name="e",
        desired_weights_and_capacities=[
            DesiredWeightAndCapacity(variant_name="a", desired_instance_count=3, desired_weight=5)
        ],
    )
    await hosting.clock.advance(30)
    await hosting.sm.update_endpoint(
        endpoint_name="e",
        endpoint_config_name="two",
        retain_all_variant_properties=True,
        exclude_retained_variant_properties=[VariantProperty(variant_property_type="DesiredWeight")],
    )
    await hosting.clock.advance(30)
    assert await hosting.fleets() == ("InService", (9.0, 3), None)
