"""What scaling policies do."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.local.scaling import WHAT, counts, tracking

from aiosagemaker.application_autoscaling import (
    StepAdjustment,
    StepScalingPolicyConfiguration,
)


async def test_bounds(scaling: Any, hosting: Any) -> None:
    """What is outside a target's bounds is scaled into them, and an activity says so."""
    await scaling.register_scalable_target(**WHAT, min_capacity=2, max_capacity=4)
    await hosting.clock.advance(60)
    assert await counts(hosting) == (2, 2)
    (activity,) = (await scaling.describe_scaling_activities(service_namespace="sagemaker")).scaling_activities
    assert activity.status_code == "Successful"
    assert activity.description == "Setting desired capacity to 2."


async def test_target_tracking(scaling: Any, hosting: Any) -> None:
    """More calls for each instance than the target scale out, at once; fewer scale in after fifteen minutes."""
    await scaling.register_scalable_target(**WHAT, min_capacity=1, max_capacity=4)
    put = await scaling.put_scaling_policy(
        **WHAT,
        policy_name="track",
        policy_type="TargetTrackingScaling",
        target_tracking_scaling_policy_configuration=tracking(2),
    )
    assert ["-AlarmHigh-" in alarm.alarm_name for alarm in put.alarms] == [True, False]
    await hosting.clock.advance(60)
    await hosting.answers(6)
    await hosting.clock.advance(120)
    assert await counts(hosting) == (3, 3)
    await hosting.clock.advance(60 * 20)
    assert await counts(hosting) == (1, 1)


async def test_from_zero(hosting: Any) -> None:
    """A step policy of a component brings it back from zero when a call has found no copy."""
    from aiosagemaker.sagemaker import (
        InferenceComponentComputeResourceRequirements,
        InferenceComponentRuntimeConfig,
        InferenceComponentSpecification,
    )
    from aiosagemaker.sagemaker_runtime.errors import ValidationError

    await hosting.model("a")
    role = "arn:aws:iam::123456789012:role/sagemaker"
    await hosting.config("c", hosting.variant("v", model_name=None), execution_role_arn=role)
    await hosting.endpoint("c")
    needs = InferenceComponentComputeResourceRequirements(min_memory_required_in_mb=1024)
    await hosting.sm.create_inference_component(
        inference_component_name="one",
        endpoint_name="e",
        specification=InferenceComponentSpecification(model_name="a", compute_resource_requirements=needs),
        runtime_config=InferenceComponentRuntimeConfig(copy_count=1),
    )
    await hosting.clock.advance(30)
    what = {
        "service_namespace": "sagemaker",
        "resource_id": "inference-component/one",
        "scalable_dimension": "sagemaker:inference-component:DesiredCopyCount",
    }
    call = {"endpoint_name": "e", "body": b"x", "inference_component_name": "one"}
    step = StepScalingPolicyConfiguration(
        adjustment_type="ChangeInCapacity",
        step_adjustments=[StepAdjustment(metric_interval_lower_bound=0, scaling_adjustment=1)],
    )
    async with hosting.local.scaling() as scaling:
        await scaling.register_scalable_target(**what, min_capacity=0, max_capacity=2)
        await scaling.put_scaling_policy(
            **what,
            policy_name="in",
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=tracking(
                1, "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
            ),
        )
        await scaling.put_scaling_policy(
            **what, policy_name="out", policy_type="StepScaling", step_scaling_policy_configuration=step
        )
        await hosting.clock.advance(60 * 20)
        with pytest.raises(ValidationError, match="no capacity"):
            await hosting.rt.invoke_endpoint(**call)
        await hosting.clock.advance(120)
        assert (await hosting.rt.invoke_endpoint(**call)).body == b"a:x"
