"""What is done to inference components. They keep their names, by which they are invoked, and are updated in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..sagemaker.described import as_request
from ..sagemaker.models import NAMESPACE
from .differing import differing
from .plans import Action, Change, Difference
from .versions import components

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .observed import Found, Observed
    from .spec_members import SpecMembers

KIND = "inference component"


def plan_components(spec: SpecMembers, observed: Observed) -> Iterator[Change]:
    """Create, update and remove them. Those that were not made for the endpoint by `deploy` are kept."""
    scaled = {each.inference_component_name for each in spec.scaling}
    wanted = {component.inference_component_name: component for component in components(spec)}
    for name, request in wanted.items():
        found = observed.components.get(name)
        if found is None:
            yield Change(action=Action.CREATE, kind=KIND, name=name, why="there is none yet", request=request)
        elif str(found.described.inference_component_status) == "Failed":
            yield removal(name, "it failed")
            yield Change(action=Action.CREATE, kind=KIND, name=name, why="it failed before", request=request)
        else:
            yield _update(request, found, name in scaled)
    for name, found in observed.components.items():
        if name not in wanted and found.is_of(spec.endpoint_name):
            yield removal(name, "the spec has it no more")
        elif name not in wanted:
            yield Change(action=Action.KEEP, kind=KIND, name=name, why="it was not made by deploy")


def removal(name: str, why: str) -> Change:
    """Remove a component."""
    request = NAMESPACE["DeleteInferenceComponentRequest"](inference_component_name=name)
    return Change(action=Action.REMOVE, kind=KIND, name=name, why=why, request=request)


def _update(request: Any, found: Found, scaled: bool) -> Change:
    name = request.inference_component_name
    now = as_request(found.described)
    specification = differing(request.specification, now.specification, "Specification")
    specification += differing(
        getattr(request, "specifications", None), getattr(now, "specifications", None), "Specifications"
    )
    copies = [] if scaled or request.runtime_config is None else differing(request.runtime_config, now.runtime_config)
    if not specification and not copies:
        return Change(action=Action.KEEP, kind=KIND, name=name, why="it is as the spec says")
    changed: dict[str, Any] = {}
    if specification:
        changed["specification"] = request.specification
        if getattr(request, "specifications", None):
            changed["specifications"] = request.specifications
    if copies or (specification and not scaled and request.runtime_config is not None):
        changed["runtime_config"] = request.runtime_config
    return Change(
        action=Action.UPDATE,
        kind=KIND,
        name=name,
        why="it is not as the spec says",
        differences=tuple(Difference(*each) for each in (*specification, *copies)),
        request=NAMESPACE["UpdateInferenceComponentRequest"](inference_component_name=name, **changed),
    )
