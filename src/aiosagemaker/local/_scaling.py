"""Application Auto Scaling, as far as hosting needs it: targets and policies, and what they do under load.

https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ..application_autoscaling import (
    Alarm,
    DeleteScalingPolicyResponse,
    DeregisterScalableTargetResponse,
    DescribeScalableTargetsResponse,
    DescribeScalingActivitiesResponse,
    DescribeScalingPoliciesResponse,
    ListTagsForResourceResponse,
    PolicyType,
    PutScalingPolicyResponse,
    RegisterScalableTargetResponse,
    ScalableDimension,
    ScalingPolicy,
)
from ..application_autoscaling.errors import ObjectNotFoundException
from ._refusals import invalid
from ._scalable_target import COPIES, INSTANCES, ScalableTarget
from ._scaler import Scaler, scaled_resource
from ._store import page

if TYPE_CHECKING:
    from ._component_operations import InferenceComponents
    from ._endpoint_operations import Endpoints
    from ._world import World

SCALING_PAGE = 50
"""What a page holds: "The default value is 50" (API_DescribeScalableTargets)."""


class Scaling:
    """Application Auto Scaling's operations."""

    def __init__(self, world: World, endpoints: Endpoints, components: InferenceComponents) -> None:
        self._world = world
        self._scaler = Scaler(world, endpoints, components)

    def register_scalable_target(self, request: Any) -> RegisterScalableTargetResponse:
        key = self._key(request)
        world, target = self._world, self._world.targets.get(key)
        if scaled_resource(world, *key) is None:
            raise invalid(f"No scalable resource found for service namespace: sagemaker, resource ID: {key[0]}")
        if target is None:
            if request.min_capacity is None or request.max_capacity is None:
                raise invalid("MinCapacity and MaxCapacity are required to register a scalable target.")
            role = (
                f"arn:aws:iam::{world.account.number}:role/aws-service-role/sagemaker.application-autoscaling."
                "amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
            )
            target = world.targets[key] = ScalableTarget(
                resource_id=key[0],
                dimension=key[1],
                arn=world.account.arn(f"scalable-target/{uuid.uuid4().hex}", "application-autoscaling"),
                created=world.pace.now(),
                role=request.role_arn or role,
                least=0,
                most=0,
            )
            world.begin(self._scaler.watch(target))
        target.least = target.least if request.min_capacity is None else request.min_capacity
        target.most = target.most if request.max_capacity is None else request.max_capacity
        if target.least > target.most:
            raise invalid("Maximum capacity cannot be less than minimum capacity")
        target.suspended = request.suspended_state or target.suspended
        target.tags.update(request.tags or {})
        return RegisterScalableTargetResponse(scalable_target_arn=target.arn)

    def deregister_scalable_target(self, request: Any) -> DeregisterScalableTargetResponse:
        self._target(request)
        del self._world.targets[self._key(request)]
        return DeregisterScalableTargetResponse()

    def describe_scalable_targets(self, request: Any) -> DescribeScalableTargetsResponse:
        wanted, dimension = request.resource_ids, request.scalable_dimension
        found = [
            target.describe()
            for target in self._world.targets.values()
            if (not wanted or target.resource_id in wanted) and dimension in (None, target.dimension)
        ]
        items, token = page(request, found, SCALING_PAGE)
        return DescribeScalableTargetsResponse(scalable_targets=items, next_token=token)

    def put_scaling_policy(self, request: Any) -> PutScalingPolicyResponse:
        target, world = self._target(request), self._world
        before = target.policies.get(request.policy_name)
        kind = request.policy_type or (before.policy_type if before else "StepScaling")
        if kind == "PredictiveScaling":
            world.strictness.unplayed("PolicyType PredictiveScaling")
        tracking = request.target_tracking_scaling_policy_configuration
        if kind == "TargetTrackingScaling" and tracking is None:
            raise invalid("TargetTrackingScalingPolicyConfiguration is required for a TargetTrackingScaling policy.")
        if tracking is not None and tracking.customized_metric_specification is not None:
            world.strictness.unplayed("CustomizedMetricSpecification")
        identity = str(uuid.uuid4()) if before is None else before.policy_arn.rpartition("scalingPolicy:")[2][:36]
        arn = world.account.arn(
            f"scalingPolicy:{identity}:resource/sagemaker/{target.resource_id}:policyName/{request.policy_name}",
            "autoscaling",
        )
        alarms = [
            Alarm(alarm_name=name, alarm_arn=world.account.arn(f"alarm:{name}", "cloudwatch"))
            for level in (("AlarmHigh", "AlarmLow") if kind == "TargetTrackingScaling" else ())
            for name in (f"TargetTracking-{target.resource_id}-{level}-{identity}",)
        ]
        target.policies[request.policy_name] = ScalingPolicy(
            policy_arn=arn,
            policy_name=request.policy_name,
            service_namespace="sagemaker",
            resource_id=target.resource_id,
            scalable_dimension=ScalableDimension(target.dimension),
            policy_type=PolicyType(kind),
            step_scaling_policy_configuration=request.step_scaling_policy_configuration,
            target_tracking_scaling_policy_configuration=tracking,
            predictive_scaling_policy_configuration=request.predictive_scaling_policy_configuration,
            alarms=alarms,
            creation_time=before.creation_time if before else world.pace.now(),
        )
        return PutScalingPolicyResponse(policy_arn=arn, alarms=alarms)

    def describe_scaling_policies(self, request: Any) -> DescribeScalingPoliciesResponse:
        names = request.policy_names
        found = [
            policy
            for target in self._world.targets.values()
            for policy in target.policies.values()
            if request.resource_id in (None, target.resource_id)
            and request.scalable_dimension in (None, target.dimension)
            and (not names or policy.policy_name in names or policy.policy_arn in names)
        ]
        items, token = page(request, found, SCALING_PAGE)
        return DescribeScalingPoliciesResponse(scaling_policies=items, next_token=token)

    def delete_scaling_policy(self, request: Any) -> DeleteScalingPolicyResponse:
        target = self._target(request)
        if request.policy_name not in target.policies:
            raise _missing(f"scaling policy {request.policy_name}", target.resource_id, target.dimension)
        del target.policies[request.policy_name]
        return DeleteScalingPolicyResponse()

    def describe_scaling_activities(self, request: Any) -> DescribeScalingActivitiesResponse:
        found = [
            activity
            for target in self._world.targets.values()
            for activity in reversed(target.activities)
            if request.resource_id in (None, target.resource_id)
        ]
        items, token = page(request, found, SCALING_PAGE)
        return DescribeScalingActivitiesResponse(scaling_activities=items, next_token=token)

    def list_tags_for_resource(self, request: Any) -> ListTagsForResourceResponse:
        for target in self._world.targets.values():
            if target.arn == request.resource_arn:
                return ListTagsForResourceResponse(tags=target.tags)
        raise _missing("scalable target", request.resource_arn, "")

    def _key(self, request: Any) -> tuple[str, str]:
        if request.service_namespace != "sagemaker" or request.scalable_dimension not in (INSTANCES, COPIES):
            raise invalid(
                f"{request.scalable_dimension} of {request.service_namespace} is not offered by aiosagemaker.local"
            )
        return request.resource_id, str(request.scalable_dimension)

    def _target(self, request: Any) -> ScalableTarget:
        key = self._key(request)
        if key not in self._world.targets:
            raise _missing("scalable target", *key)
        return self._world.targets[key]


def _missing(what: str, resource: str, dimension: str) -> ObjectNotFoundException:
    error: ObjectNotFoundException = ObjectNotFoundException(
        f"No {what} found for service namespace: sagemaker, resource ID: {resource}, scalable dimension: {dimension}",
        code="ObjectNotFoundException",
        http_status=400,
    )
    return error
