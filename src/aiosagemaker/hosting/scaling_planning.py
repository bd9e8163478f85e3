"""What is done to scaling: targets and policies are put, changed and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..application_autoscaling.models import NAMESPACE
from .differing import differing
from .plans import Action, Change
from .scaling_spec import of_target, variant_resource
from .waking import POLICY as WAKE
from .waking import wake_policy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .observed import Observed
    from .spec_members import SpecMembers

Key = tuple[str, str]
TARGET, POLICY = "scalable target", "scaling policy"


def plan_scaling(spec: SpecMembers, observed: Observed, released: Collection[Key]) -> Iterator[Change]:
    """The targets and policies of the spec; `released` are the targets that an earlier step has taken away."""
    wanted = {(each.resource_id(spec.endpoint_name), each.dimension): each for each in spec.scaling}
    for key, each in wanted.items():
        target = None if key in released else observed.targets.get(key)
        request = each.target(spec.endpoint_name)
        if target is None:
            yield Change(action=Action.CREATE, kind=TARGET, name=key[0], why="it is to scale", request=request)
        elif (target.min_capacity, target.max_capacity) != (each.min_capacity, each.max_capacity):
            why = f"{target.min_capacity} to {target.max_capacity} becomes {each.min_capacity} to {each.max_capacity}"
            yield Change(action=Action.UPDATE, kind=TARGET, name=key[0], why=why, request=request)
        present = {} if target is None else {policy.policy_name: policy for policy in observed.policies.get(key, ())}
        policies = {policy.policy_name: policy for policy in each.policies(spec.endpoint_name)}
        if each.to_zero:
            policies[WAKE] = wake_policy(of_target(*key))
        for name, policy in policies.items():
            if name not in present:
                yield Change(action=Action.CREATE, kind=POLICY, name=name, why=f"for {key[0]}", request=policy)
            elif not _same(policy, present[name]):
                yield Change(action=Action.UPDATE, kind=POLICY, name=name, why=f"of {key[0]}", request=policy)
        for name in present.keys() - policies.keys():
            gone = NAMESPACE["DeleteScalingPolicyRequest"](policy_name=name, **of_target(*key))
            why = f"of {key[0]}: the spec has it no more"
            yield Change(action=Action.REMOVE, kind=POLICY, name=name, why=why, request=gone)
    for key in observed.targets.keys() - wanted.keys() - set(released):
        yield release(key, "the spec does not scale it")


def release(key: Key, why: str) -> Change:
    """Take a target away, with its policies."""
    request = NAMESPACE["DeregisterScalableTargetRequest"](**of_target(*key))
    return Change(action=Action.REMOVE, kind=TARGET, name=key[0], why=why, request=request)


def restoring(target: Any, policies: tuple[Any, ...]) -> Iterator[Change]:
    """Put a target back as it was described, with its policies."""
    own = of_target(target.resource_id, str(target.scalable_dimension))
    why = "it scaled before"
    request = NAMESPACE["RegisterScalableTargetRequest"](
        **own,
        min_capacity=target.min_capacity,
        max_capacity=target.max_capacity,
        suspended_state=target.suspended_state,
    )
    yield Change(action=Action.CREATE, kind=TARGET, name=target.resource_id, why=why, request=request)
    members = ("step_scaling", "target_tracking_scaling", "predictive_scaling")
    for policy in policies:
        given = {f"{each}_policy_configuration": getattr(policy, f"{each}_policy_configuration") for each in members}
        request = NAMESPACE["PutScalingPolicyRequest"](
            **own, policy_name=policy.policy_name, policy_type=policy.policy_type, **given
        )
        yield Change(action=Action.CREATE, kind=POLICY, name=policy.policy_name, why=why, request=request)


def scaled_variants(spec: SpecMembers, observed: Observed) -> set[str]:
    """The variants that scale now, and will."""
    resources = {resource for resource, _ in observed.targets}
    return {
        each.variant_name
        for each in spec.scaling
        if each.variant_name is not None and each.resource_id(spec.endpoint_name) in resources
    }


def blocking_targets(observed: Observed, config: Any) -> dict[Key, Change]:
    """The targets without whose end the service refuses an update: it wants those of variants that go, or get another
    instance type, deregistered before."""
    if observed.in_force is None:
        return {}
    after = {each.variant_name: each.instance_type for each in config.production_variants}
    changing = {
        variant_resource(observed.endpoint_name, each.variant_name)
        for each in observed.in_force.described.production_variants
        if after.get(each.variant_name) != each.instance_type
    }
    why = "its variant goes, or gets another instance type"
    return {key: release(key, why) for key in sorted(observed.targets) if key[0] in changing}


def _same(wanted: Any, found: Any) -> bool:
    """Whether a policy is as it should be; what the spec leaves to the service does not matter."""
    if wanted.policy_name == WAKE:
        return not differing(wanted.step_scaling_policy_configuration, found.step_scaling_policy_configuration)
    asked, now = (each.target_tracking_scaling_policy_configuration for each in (wanted, found))
    if now is None or now.predefined_metric_specification is None:
        return False
    metric = asked.predefined_metric_specification.predefined_metric_type
    return (
        asked.target_value == now.target_value
        and metric == now.predefined_metric_specification.predefined_metric_type
        and asked.scale_in_cooldown in (None, now.scale_in_cooldown)
        and asked.scale_out_cooldown in (None, now.scale_out_cooldown)
    )
