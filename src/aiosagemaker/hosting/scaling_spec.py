"""Scaling as a spec has it, and as Application Auto Scaling's requests.

https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from __future__ import annotations

from typing import Any

import attrs

from .._errors import ArgumentError
from ..application_autoscaling.models import NAMESPACE
from .names import OWNER_TAG

_METRICS = {
    ("variant", "invocations"): "SageMakerVariantInvocationsPerInstance",
    ("variant", "concurrency"): "SageMakerVariantConcurrentRequestsPerModelHighResolution",
    ("inference-component", "invocations"): "SageMakerInferenceComponentInvocationsPerCopy",
    ("inference-component", "concurrency"): "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
}
"""The predefined metrics: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-policy.html"""
_DIMENSIONS = {
    "variant": "sagemaker:variant:DesiredInstanceCount",
    "inference-component": "sagemaker:inference-component:DesiredCopyCount",
}
SERVICE = "sagemaker"


@attrs.frozen(kw_only=True)
class ScalingSpec:
    """How a variant or an inference component scales with its traffic.

    Raises:
        ArgumentError: it names both or neither, has no target or a minimum above the maximum, or lets a variant scale
            to zero, which only components can.
    """

    variant_name: str | None = None
    """The variant whose instances are scaled."""
    inference_component_name: str | None = None
    """Or the component whose copies are."""
    min_capacity: int
    """The least instances or copies. Zero is for components alone: a step policy and an alarm in CloudWatch, on calls
    that found no copy, wake them."""
    max_capacity: int
    """The most."""
    invocations: float | None = None
    """The invocations a minute that each instance or copy should have. Default: not looked at."""
    concurrency: float | None = None
    """The requests that each should have under way. Default: not looked at."""
    scale_in_cooldown: int | None = None
    """Seconds after scaling in before the next. Default: the service's, 300."""
    scale_out_cooldown: int | None = None
    """Seconds after scaling out before the next. Default: the service's, 300."""

    def __attrs_post_init__(self) -> None:
        if (self.variant_name is None) == (self.inference_component_name is None):
            raise ArgumentError("scaling: one of variant_name and inference_component_name is needed")
        name = self.variant_name or self.inference_component_name
        if self.invocations is None and self.concurrency is None:
            raise ArgumentError(f"scaling of {name}: invocations or concurrency is needed")
        if self.min_capacity > self.max_capacity:
            raise ArgumentError(f"scaling of {name}: min_capacity is above max_capacity")
        if self.variant_name is not None and self.min_capacity < 1:
            raise ArgumentError(f"scaling of {name}: only inference components scale to zero; min_capacity is below 1")

    @property
    def _kind(self) -> str:
        return "variant" if self.variant_name is not None else "inference-component"

    @property
    def dimension(self) -> str:
        """The scalable dimension, as Application Auto Scaling names it."""
        return _DIMENSIONS[self._kind]

    def resource_id(self, endpoint_name: str) -> str:
        """What is scaled, as Application Auto Scaling names it."""
        if self.variant_name is not None:
            return variant_resource(endpoint_name, self.variant_name)
        return component_resource(self.inference_component_name or "")

    @property
    def to_zero(self) -> bool:
        """Whether it scales to no copies at all, from which an alarm has to wake it."""
        return self.min_capacity == 0

    def target(self, endpoint_name: str) -> Any:
        """The RegisterScalableTargetRequest."""
        return NAMESPACE["RegisterScalableTargetRequest"](
            **self._of(endpoint_name),
            min_capacity=self.min_capacity,
            max_capacity=self.max_capacity,
            tags={OWNER_TAG: endpoint_name},
        )

    def policies(self, endpoint_name: str) -> tuple[Any, ...]:
        """The PutScalingPolicyRequests of target tracking."""
        targets = {"invocations": self.invocations, "concurrency": self.concurrency}
        return tuple(
            NAMESPACE["PutScalingPolicyRequest"](
                **self._of(endpoint_name),
                policy_name=f"aiosagemaker-{what}",
                policy_type="TargetTrackingScaling",
                target_tracking_scaling_policy_configuration=NAMESPACE["TargetTrackingScalingPolicyConfiguration"](
                    target_value=float(value),
                    predefined_metric_specification=NAMESPACE["PredefinedMetricSpecification"](
                        predefined_metric_type=_METRICS[self._kind, what]
                    ),
                    scale_in_cooldown=self.scale_in_cooldown,
                    scale_out_cooldown=self.scale_out_cooldown,
                ),
            )
            for what, value in targets.items()
            if value is not None
        )

    def _of(self, endpoint_name: str) -> dict[str, Any]:
        return of_target(self.resource_id(endpoint_name), self.dimension)


def of_target(resource: str, dimension: str) -> dict[str, Any]:
    """The members by which every request names a scalable target."""
    return {"service_namespace": SERVICE, "resource_id": resource, "scalable_dimension": dimension}


def variant_resource(endpoint_name: str, variant_name: str) -> str:
    """A variant's resource id."""
    return f"endpoint/{endpoint_name}/variant/{variant_name}"


def component_resource(name: str) -> str:
    """An inference component's resource id."""
    return f"inference-component/{name}"


def scaling_of(target: Any, policies: tuple[Any, ...]) -> ScalingSpec | None:
    """A described target with its policies as a spec; None where no policy of it is one that a spec has."""
    kind = "variant" if target.resource_id.startswith("endpoint/") else "inference-component"
    name = target.resource_id.rpartition("/")[2]
    found: dict[str, Any] = {}
    for policy in policies:
        tracking = policy.target_tracking_scaling_policy_configuration
        metric = tracking.predefined_metric_specification if tracking is not None else None
        if tracking is None or metric is None:
            continue
        what = next((key[1] for key, each in _METRICS.items() if each == metric.predefined_metric_type), None)
        if what is not None:
            found[what] = tracking.target_value
            found["scale_in_cooldown"] = tracking.scale_in_cooldown
            found["scale_out_cooldown"] = tracking.scale_out_cooldown
    if not found:
        return None
    named = {"variant_name" if kind == "variant" else "inference_component_name": name}
    return ScalingSpec(**named, min_capacity=target.min_capacity, max_capacity=target.max_capacity, **found)
