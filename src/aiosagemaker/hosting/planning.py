"""From a spec and what is there to a plan. Nothing is sent here, and nothing is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker.described import tag_tuple
from ..sagemaker.models import NAMESPACE
from ..sagemaker.rules import check, documented
from .alarm_planning import plan_alarm_removals, plan_alarms
from .cleaning import removals
from .component_planning import plan_components
from .plans import Action, Change, Plan, differences
from .scaling_planning import blocking_targets, plan_scaling, scaled_variants
from .tag_planning import plan_tags
from .versions import Version, candidates, counts_of, spec_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..sagemaker.rules import Finding
    from .observed import Observed
    from .spec_members import SpecMembers

ON_THE_WAY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
"""The statuses of endpoints and components that another one follows by itself (API_DescribeEndpoint)."""
FAILED = "Failed"


@attrs.frozen(kw_only=True)
class Goal:
    """Which version an endpoint is to serve."""

    version: Version
    """With the name in force, if the same content is in force under another name."""
    in_force: bool
    """Whether it is served already."""
    fallback: str = ""
    """The instance type, if it is not the spec's own."""


def goal_of(spec: SpecMembers, observed: Observed, choice: int = 0) -> Goal:
    """The version in force, if the spec allows it; else the candidate of that number."""
    versions = candidates(spec)
    types = ("", *spec.instance_types)
    view = observed.view() if observed.status not in ("", FAILED, "Deleting") else None
    for version, fallback in zip(versions, types, strict=True):
        if version.name == observed.in_force_name and observed.status not in ("", FAILED, "Deleting"):
            return Goal(version=version, in_force=True, fallback=fallback)
        if view is not None and version.view() == view and observed.in_force is not None:
            named = attrs.evolve(version.config, endpoint_config_name=observed.in_force_name)
            return Goal(version=attrs.evolve(version, config=named), in_force=True, fallback=fallback)
    return Goal(version=versions[choice], in_force=False, fallback=types[choice])


def make_plan(spec: SpecMembers, observed: Observed, *, goal: Goal, keep: int, users: Mapping[str, str]) -> Plan:
    """What makes the endpoint what the spec says. `users` are those of what is no longer needed, by name."""
    changes = [*_changes(spec, observed, goal, keep, users)]
    return Plan(
        endpoint_name=spec.endpoint_name,
        changes=tuple(changes),
        findings=tuple(_findings(changes, goal)),
        waits_for=in_progress(observed),
    )


def in_progress(observed: Observed) -> str:
    """What is on its way to another state, in words; empty if nothing is."""
    if observed.status in ON_THE_WAY:
        return f"endpoint {observed.endpoint_name} is {observed.status}: waits until that is over"
    for name, found in observed.components.items():
        status = str(found.described.inference_component_status)
        if status in ON_THE_WAY:
            return f"inference component {name} is {status}: waits until that is over"
    return ""


def _changes(
    spec: SpecMembers, observed: Observed, goal: Goal, keep: int, users: Mapping[str, str]
) -> Iterator[Change]:
    version = goal.version
    if not goal.in_force:
        yield from _parts(version, observed)
    waking = {str(each.inference_component_name) for each in spec.scaling if each.to_zero}
    yield from plan_alarm_removals(observed, waking, "the spec does not scale to zero")
    released = {} if goal.in_force else blocking_targets(observed, version.config)
    for key in released:
        yield released[key]
    yield from _endpoint(spec, observed, goal)
    yield from plan_components(spec, observed)
    yield from plan_scaling(spec, observed, released.keys())
    yield from plan_alarms(spec, observed)
    yield from plan_tags(spec, observed, goal.version)
    yield from removals(spec, observed, version=version, keep=keep, users=users)


def _parts(version: Version, observed: Observed) -> Iterator[Change]:
    for name, request in version.models.items():
        if name in observed.models:
            yield Change(action=Action.KEEP, kind="model", name=name, why="has this content already")
        else:
            yield Change(action=Action.CREATE, kind="model", name=name, why="its content is new", request=request)
    if version.name in observed.configs:
        yield Change(
            action=Action.KEEP, kind="endpoint configuration", name=version.name, why="has this content already"
        )
    else:
        yield Change(
            action=Action.CREATE,
            kind="endpoint configuration",
            name=version.name,
            why="its content is new",
            request=version.config,
        )


def _endpoint(spec: SpecMembers, observed: Observed, goal: Goal) -> Iterator[Change]:
    name, wanted = spec.endpoint_name, goal.version.name
    on = f" on {goal.fallback}" if goal.fallback else ""
    kind = "endpoint"
    if observed.status == FAILED:
        why = "it failed, and a failed endpoint cannot be updated"
        request = NAMESPACE["DeleteEndpointRequest"](endpoint_name=name)
        yield Change(action=Action.REMOVE, kind=kind, name=name, why=why, request=request)
    if observed.status in ("", FAILED, "Deleting"):
        request = NAMESPACE["CreateEndpointRequest"](
            endpoint_name=name,
            endpoint_config_name=wanted,
            deployment_config=spec.deployment_config,
            tags=tag_tuple(spec_tags(spec)),
        )
        why = f"there is none yet; it gets {wanted}{on}"
        yield Change(action=Action.CREATE, kind=kind, name=name, why=why, request=request)
        return
    if not goal.in_force:
        yield Change(
            action=Action.UPDATE,
            kind=kind,
            name=name,
            why=f"from {observed.in_force_name} to {wanted}{on}",
            differences=tuple(differences(observed.view() or {}, goal.version.view())),
            request=_update(spec, observed, goal.version),
        )
        return
    desired = _desired(spec, observed, goal.version)
    if desired:
        yield Change(
            action=Action.UPDATE,
            kind=kind,
            name=name,
            why=f"instances or weights of {', '.join(each.variant_name for each in desired)} are not the spec's",
            request=NAMESPACE["UpdateEndpointWeightsAndCapacitiesRequest"](
                endpoint_name=name, desired_weights_and_capacities=desired
            ),
        )
    else:
        yield Change(action=Action.KEEP, kind=kind, name=name, why=f"it has {wanted}{on}")


def _update(spec: SpecMembers, observed: Observed, version: Version) -> Any:
    request = NAMESPACE["UpdateEndpointRequest"](
        endpoint_name=spec.endpoint_name,
        endpoint_config_name=version.name,
        deployment_config=spec.deployment_config,
    )
    if not scaled_variants(spec, observed):
        return request
    # As many instances as the traffic has now: the configuration's count is that of a quiet hour. Nothing else is kept,
    # as what is retained would be what the endpoint was, and not what the spec says.
    excluded = [
        NAMESPACE["VariantProperty"](variant_property_type=each) for each in ("DesiredWeight", "DataCaptureConfig")
    ]
    return attrs.evolve(request, retain_all_variant_properties=True, exclude_retained_variant_properties=excluded)


def _desired(spec: SpecMembers, observed: Observed, version: Version) -> list[Any]:
    """What weights and counts must become, where somebody changed them; counts that scale are left alone."""
    if observed.endpoint is None:
        return []
    scaled = {each.variant_name for each in spec.scaling}
    now = {each.variant_name: each for each in observed.endpoint.described.production_variants or ()}
    changed: list[Any] = []
    for variant in version.config.production_variants:
        found, given = now.get(variant.variant_name), dict[str, Any]()
        if found is None:
            continue
        weight = 1.0 if variant.initial_variant_weight is None else variant.initial_variant_weight
        if found.desired_weight is not None and abs(found.desired_weight - weight) > 1e-6 * max(1.0, weight):
            given["desired_weight"] = weight
        count, managed = variant.initial_instance_count, variant.managed_instance_scaling is not None
        scales = managed or variant.variant_name in scaled
        if not scales and count is not None and found.desired_instance_count not in (None, count):
            given["desired_instance_count"] = count
        if given:
            changed.append(NAMESPACE["DesiredWeightAndCapacity"](variant_name=variant.variant_name, **given))
    return changed


def _findings(changes: Sequence[Change], goal: Goal) -> Iterator[Finding]:
    for change in changes:
        request: Any = change.request
        if request is None or request.__namespace__ is not NAMESPACE:
            continue
        found = check(request)
        if not found and request.__operation__ in ("CreateEndpoint", "UpdateEndpoint"):
            found = documented(request, counts_of(goal.version.config))
        yield from (attrs.evolve(each, path=f"{change.kind} {change.name}: {each.path}") for each in found)
