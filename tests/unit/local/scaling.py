"""Scaling policies, as tests make them."""

from __future__ import annotations

from typing import Any

from aiosagemaker.application_autoscaling import (
    PredefinedMetricSpecification,
    TargetTrackingScalingPolicyConfiguration,
)

WHAT = {
    "service_namespace": "sagemaker",
    "resource_id": "endpoint/e/variant/a",
    "scalable_dimension": "sagemaker:variant:DesiredInstanceCount",
}


def tracking(value: float, metric: str = "SageMakerVariantInvocationsPerInstance") -> Any:
    return TargetTrackingScalingPolicyConfiguration(
        target_value=value,
        predefined_metric_specification=PredefinedMetricSpecification(predefined_metric_type=metric),
    )


async def counts(hosting: Any) -> tuple[int, int]:
    variant = (await hosting.sm.describe_endpoint(endpoint_name="e")).production_variants[0]
    return variant.current_instance_count, variant.desired_instance_count
