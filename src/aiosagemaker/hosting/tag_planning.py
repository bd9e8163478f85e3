"""What is done to tags. They are no part of a version: a new one rolls nothing out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..sagemaker.described import tag_tuple
from ..sagemaker.models import NAMESPACE
from .plans import Action, Change
from .versions import components, spec_tags, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .observed import Found, Observed
    from .spec_members import SpecMembers
    from .versions import Version

_ARNS = ("endpoint_arn", "inference_component_arn", "model_arn", "endpoint_config_arn")


def plan_tags(spec: SpecMembers, observed: Observed, version: Version) -> Iterator[Change]:
    """Tags of what is there already; what is new is made with them.

    A tag that an earlier spec had and this one has not is taken away; one that somebody else added to the endpoint is
    kept. What earlier specs had is told by what was made of them.
    """
    ours = [*observed.own(observed.configs).values(), *observed.own(observed.models).values()]
    earlier = {key for found in ours for key in found.tags}
    if observed.endpoint is not None and observed.status != "Failed":
        wanted = spec_tags(spec)
        dropped = observed.endpoint.tags.keys() & earlier - wanted.keys()
        yield from _tags(spec.endpoint_name, observed.endpoint, wanted, dropped)
    made: dict[str, tuple[Any, Mapping[str, Found]]] = {
        each.inference_component_name: (each, observed.components) for each in components(spec)
    }
    made |= {name: (model, observed.own(observed.models)) for name, model in version.models.items()}
    made[version.name] = version.config, observed.own(observed.configs)
    for name, (request, there) in made.items():
        found = there.get(name)
        if found is not None:
            wanted = tags_of(request)
            yield from _tags(name, found, wanted, found.tags.keys() - wanted.keys())


def _tags(name: str, found: Found, wanted: Mapping[str, str], dropped: Any) -> Iterator[Change]:
    arn = next(value for each in _ARNS if (value := getattr(found.described, each, None)) is not None)
    missing = {key: value for key, value in wanted.items() if found.tags.get(key) != value}
    if missing:
        request = NAMESPACE["AddTagsRequest"](resource_arn=arn, tags=tag_tuple(missing))
        why = f"{', '.join(sorted(missing))}: not as the spec says"
        yield Change(action=Action.UPDATE, kind="tags", name=name, why=why, request=request)
    gone = sorted(key for key in dropped if not key.startswith("aws:"))
    if gone:
        request = NAMESPACE["DeleteTagsRequest"](resource_arn=arn, tag_keys=gone)
        yield Change(
            action=Action.REMOVE, kind="tags", name=name, why=f"{', '.join(gone)}: the spec has none", request=request
        )
