"""Application Auto Scaling's operations, and what its policies do."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.scaling import WHAT, tracking

from aiosagemaker.errors import ServiceError, ValidationException


async def test_targets(scaling: Any, hosting: Any) -> None:
    """A target is registered, described, changed and deregistered; one that is not there is its own error."""
    made = await scaling.register_scalable_target(**WHAT, min_capacity=1, max_capacity=4)
    again = await scaling.register_scalable_target(**WHAT, max_capacity=6)
    assert made.scalable_target_arn == again.scalable_target_arn
    found = await scaling.describe_scalable_targets(service_namespace="sagemaker")
    (target,) = found.scalable_targets
    assert (target.min_capacity, target.max_capacity, target.resource_id) == (1, 6, WHAT["resource_id"])
    await scaling.deregister_scalable_target(**WHAT)
    with pytest.raises(ServiceError, match="No scalable target found") as caught:
        await scaling.deregister_scalable_target(**WHAT)
    assert caught.value.code == "ObjectNotFoundException"


async def test_an_update_of_what_scales(scaling: Any, hosting: Any) -> None:
    """A variant that scales can neither go nor get another instance type before it is deregistered."""
    await scaling.register_scalable_target(**WHAT, min_capacity=1, max_capacity=4)
    await hosting.version("b")
    await hosting.config("bigger", hosting.variant("a", instance_type="ml.m5.xlarge"))
    await hosting.config("same", hosting.variant("a", 2))
    for config in ("b", "bigger"):
        with pytest.raises(ValidationException, match="must be deregistered as scalable targets"):
            await hosting.sm.update_endpoint(endpoint_name="e", endpoint_config_name=config)
    await hosting.sm.update_endpoint(endpoint_name="e", endpoint_config_name="same")


async def test_refusals(scaling: Any) -> None:
    """A resource that is not there, a target without bounds, and bounds the wrong way round are refused."""
    for more, said in (
        ({"resource_id": "endpoint/x/variant/a", "min_capacity": 1, "max_capacity": 2}, "No scalable resource found"),
        ({"min_capacity": 1}, "MinCapacity and MaxCapacity are required"),
        ({"min_capacity": 3, "max_capacity": 2}, "Maximum capacity cannot be less"),
        ({"service_namespace": "ecs", "min_capacity": 1, "max_capacity": 2}, "not offered"),
    ):
        with pytest.raises(ValidationException, match=said):
            await scaling.register_scalable_target(**{**WHAT, **more})


async def test_policies(scaling: Any) -> None:
    """A policy is described and deleted; without its target or its own settings it is refused."""
    with pytest.raises(ServiceError, match="No scalable target"):
        await scaling.put_scaling_policy(**WHAT, policy_name="p")
    await scaling.register_scalable_target(**WHAT, min_capacity=1, max_capacity=4)
    with pytest.raises(ValidationException, match="is required for a TargetTrackingScaling policy"):
        await scaling.put_scaling_policy(**WHAT, policy_name="p", policy_type="TargetTrackingScaling")
    await scaling.put_scaling_policy(
        **WHAT,
        policy_name="p",
        policy_type="TargetTrackingScaling",
        target_tracking_scaling_policy_configuration=tracking(5),
    )
    found = await scaling.describe_scaling_policies(service_namespace="sagemaker", policy_names=["p"])
    assert found.scaling_policies[0].target_tracking_scaling_policy_configuration.target_value == 5
    await scaling.delete_scaling_policy(**WHAT, policy_name="p")
    with pytest.raises(ServiceError, match="No scaling policy p"):
        await scaling.delete_scaling_policy(**WHAT, policy_name="p")


async def test_goes_with_its_endpoint(scaling: Any, hosting: Any) -> None:
    """A deleted endpoint's targets are gone with it."""
    await scaling.register_scalable_target(**WHAT, min_capacity=1, max_capacity=4)
    await hosting.sm.delete_endpoint(endpoint_name="e")
    await hosting.clock.advance(10)
    assert not (await scaling.describe_scalable_targets(service_namespace="sagemaker")).scalable_targets
