"""What Application Auto Scaling keeps of a resource that scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ..application_autoscaling import ScalableDimension, ScalingActivity, ScalingPolicy
from ..application_autoscaling import ScalableTarget as TargetDescription

if TYPE_CHECKING:
    from datetime import datetime


INSTANCES = "sagemaker:variant:DesiredInstanceCount"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
"""The dimensions in which hosting scales."""


@attrs.define(eq=False, kw_only=True)
class ScalableTarget:
    """What scales, and how."""

    resource_id: str
    dimension: str
    arn: str
    created: datetime
    role: str
    least: int
    most: int
    suspended: Any = None
    policies: dict[str, ScalingPolicy] = attrs.field(factory=dict[str, "ScalingPolicy"])
    activities: list[ScalingActivity] = attrs.field(factory=list["ScalingActivity"])
    tags: dict[str, str] = attrs.field(factory=dict[str, str])

    def describe(self) -> TargetDescription:
        """What DescribeScalableTargets says."""
        return TargetDescription(
            service_namespace="sagemaker",
            resource_id=self.resource_id,
            scalable_dimension=ScalableDimension(self.dimension),
            min_capacity=self.least,
            max_capacity=self.most,
            role_arn=self.role,
            creation_time=self.created,
            suspended_state=self.suspended,
            scalable_target_arn=self.arn,
        )
