"""Scaling as a spec has it."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.application_autoscaling import ScalableTarget, ScalingPolicy
from aiosagemaker.errors import ArgumentError
from aiosagemaker.hosting import ScalingSpec
from aiosagemaker.hosting.scaling_spec import scaling_of

VARIANT = ScalingSpec(variant_name="v", min_capacity=1, max_capacity=4, invocations=100, scale_in_cooldown=60)
COMPONENT = ScalingSpec(inference_component_name="c", min_capacity=0, max_capacity=2, concurrency=3)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"min_capacity": 1, "max_capacity": 2, "invocations": 1}, "one of variant_name and inference_component_name"),
        ({"variant_name": "v", "min_capacity": 1, "max_capacity": 2}, "invocations or concurrency is needed"),
        ({"variant_name": "v", "min_capacity": 3, "max_capacity": 2, "invocations": 1}, "above max_capacity"),
        ({"variant_name": "v", "min_capacity": 0, "max_capacity": 2, "invocations": 1}, "only inference components"),
    ],
)
def test_what_cannot_scale(given: dict[str, Any], said: str) -> None:
    """What makes no scaling is refused at once, and named."""
    with pytest.raises(ArgumentError, match=said):
        ScalingSpec(**given)


@pytest.mark.parametrize("spec", [VARIANT, COMPONENT])
def test_requests_are_read_back(spec: ScalingSpec) -> None:
    """What is registered and put is what a description is read back as."""
    target, policies = spec.target("e"), spec.policies("e")
    members = {key: value for key, value in target.to_dict().items() if key != "Tags"}
    described = ScalableTarget.from_dict({**members, "RoleARN": "r", "CreationTime": 0})
    found = tuple(
        ScalingPolicy.from_dict({**policy.to_dict(), "PolicyARN": "p", "CreationTime": 0}) for policy in policies
    )
    assert scaling_of(described, found) == spec


def test_resources() -> None:
    """Resources and metrics are those that the service documents for each kind."""
    assert VARIANT.resource_id("e") == "endpoint/e/variant/v"
    assert COMPONENT.resource_id("e") == "inference-component/c"
    (policy,) = COMPONENT.policies("e")[:1]
    metric = policy.target_tracking_scaling_policy_configuration.predefined_metric_specification
    assert metric.predefined_metric_type == "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
