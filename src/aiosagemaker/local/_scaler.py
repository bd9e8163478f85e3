"""What scaling policies do: once in each of the service's minutes they look at the traffic, and act.

Target tracking keeps the calls of a minute, or those under way, for each instance or copy near its target. A step
policy acts on calls that found no copy, the alarm by which
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html scales out from zero.
"""

from __future__ import annotations

import math
import uuid
from typing import TYPE_CHECKING, Any

import attrs

from ..application_autoscaling import ScalableDimension, ScalingActivity, ScalingActivityStatusCode
from ..errors import ServiceError
from ._components import Component
from ._endpoints import SETTLED
from ._scalable_target import COPIES, INSTANCES

if TYPE_CHECKING:
    from ..application_autoscaling import ScalingPolicy
    from ._component_operations import InferenceComponents
    from ._endpoint_operations import Endpoints
    from ._endpoints import Endpoint
    from ._fleets import Variant
    from ._pools import Pool
    from ._scalable_target import ScalableTarget
    from ._world import World

LOOK_SECONDS = 60
"""The service's seconds between two looks: its metrics are of a minute."""
LEAST_LOOK = 0.05
"""The least real seconds between them."""
SCALE_IN_LOOKS = 15
"""The looks in a row that must say so before less is run, as target tracking's low alarm is of 15 minutes."""
CONCURRENT = ("ConcurrentRequestsPerModelHighResolution", "ConcurrentRequestsPerCopyHighResolution")


def scaled_resource(world: World, resource: str, dimension: str) -> tuple[Endpoint, Variant] | Component | None:
    """What a resource's id names: `endpoint/NAME/variant/VARIANT`, `inference-component/NAME`; None for nothing."""
    match resource.split("/"):
        case ["endpoint", name, "variant", variant_name] if dimension == INSTANCES:
            endpoint = world.endpoint_named(name)
            variant = endpoint.fleet.variant(variant_name) if endpoint and endpoint.fleet else None
            return (endpoint, variant) if endpoint and variant else None
        case ["inference-component", name] if dimension == COPIES:
            return next((each for each in world.components if each.name == name), None)
        case _:
            return None


@attrs.define
class _Seen:
    """What a target's last look saw."""

    calls: int = 0
    refused: int = 0
    low: int = 0
    """Looks in a row that wanted less."""


class Scaler:
    """Carries out the policies."""

    def __init__(self, world: World, endpoints: Endpoints, components: InferenceComponents) -> None:
        self._world = world
        self._endpoints = endpoints
        self._components = components

    async def watch(self, target: ScalableTarget) -> None:
        """Look after a target until it is deregistered."""
        seen = _Seen()
        while self._world.targets.get((target.resource_id, target.dimension)) is target:
            self._look(target, seen)
            await self._world.pace.wait(LOOK_SECONDS, LEAST_LOOK)

    def _look(self, target: ScalableTarget, seen: _Seen) -> None:
        found = scaled_resource(self._world, target.resource_id, target.dimension)
        if found is None:
            return
        pool = found.pool if isinstance(found, Component) else found[1].pool
        present = found.desired if isinstance(found, Component) else found[1].desired
        wanted, cause = max(target.least, min(present, target.most)), "the registered minimum and maximum capacity"
        for policy in target.policies.values():
            asked = None if pool is None else self._asked(policy, pool, present, seen)
            if asked is not None and asked != present:
                wanted, cause = max(target.least, min(asked, target.most)), f"policy {policy.policy_name}"
        if pool is not None:
            seen.calls, seen.refused = pool.calls, pool.refused
        if wanted != present:
            self._scale(target, found, wanted, cause)

    def _asked(self, policy: ScalingPolicy, pool: Pool, present: int, seen: _Seen) -> int | None:
        """The instances or copies that a policy wants now."""
        tracking = policy.target_tracking_scaling_policy_configuration
        if tracking is None:
            step = policy.step_scaling_policy_configuration
            return None if step is None or pool.refused <= seen.refused else _stepped(step, present)
        if present == 0:
            return None  # what has no copies has no metric for each of them
        metric = tracking.predefined_metric_specification
        kind = str(metric.predefined_metric_type) if metric else ""
        load = sum(copy.under_way for copy in pool.serving) if kind.endswith(CONCURRENT) else pool.calls - seen.calls
        wanted: int = math.ceil(load / tracking.target_value)
        if wanted >= present:
            seen.low = 0
            return wanted
        seen.low += 1
        if tracking.disable_scale_in or seen.low < SCALE_IN_LOOKS:
            return None
        return wanted

    def _scale(
        self, target: ScalableTarget, found: tuple[Endpoint, Variant] | Component, wanted: int, cause: str
    ) -> None:
        now = self._world.pace.now()
        try:
            if isinstance(found, Component):
                if found.status != "InService":
                    return
                self._components.rescale(found, wanted)
            else:
                endpoint, variant = found
                if endpoint.status not in SETTLED:
                    return
                self._world.check_quota(variant.spec.instance_type, wanted - variant.desired)
                self._endpoints.rescale(endpoint, {variant.name: (variant.weight, wanted)})
        except ServiceError as error:
            status, message = "Failed", error.message
        else:
            status, message = "Successful", f"Successfully set desired capacity to {wanted}."
        target.activities.append(
            ScalingActivity(
                activity_id=str(uuid.uuid4()),
                service_namespace="sagemaker",
                resource_id=target.resource_id,
                scalable_dimension=ScalableDimension(target.dimension),
                description=f"Setting desired capacity to {wanted}.",
                cause=cause,
                start_time=now,
                end_time=now,
                status_code=ScalingActivityStatusCode(status),
                status_message=message,
            )
        )


def _stepped(step: Any, present: int) -> int:
    """What the lowest step of a policy that acts on an alarm asks for."""
    adjustments = step.step_adjustments or ()
    if not adjustments:
        return present
    change = adjustments[0].scaling_adjustment
    if step.adjustment_type == "ExactCapacity":
        return int(change)
    if step.adjustment_type == "PercentChangeInCapacity":
        return present + int(max(1, math.ceil(present * change / 100)))
    return int(present + change)
