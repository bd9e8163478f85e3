"""Descriptions turned into the requests that make the same again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from .._errors import ArgumentError
from .._shapes.structure import Structure
from ..sagemaker.models import NAMESPACE

if TYPE_CHECKING:
    from ..sagemaker.models import Tag

RESOURCES = ("Model", "EndpointConfig", "Endpoint", "InferenceComponent")
"""What can be made again from its description."""

_FROM: dict[tuple[str, str], tuple[str, ...]] = {
    ("CreateEndpointInput", "deployment_config"): ("last_deployment_config",),
    ("InferenceComponentContainerSpecification", "image"): ("deployed_image", "specified_image"),
    ("InferenceComponentRuntimeConfig", "copy_count"): ("desired_copy_count",),
}
"""Where a description has a request's member elsewhere, by the shape and the member."""


def as_request(described: Any, *, tags: Iterable[Tag] | Mapping[str, str] | None = None) -> Any:
    """The Create request that makes again what a response of DescribeModel, DescribeEndpointConfig, DescribeEndpoint or
    DescribeInferenceComponent describes. What the service chose itself (ARNs, times, states) is left out.

    Args:
        described: the response.
        tags: its tags, which no description has: as ListTags returns them, or by key. Default: none.

    Raises:
        ArgumentError: it is not one of these responses.
    """
    kind: type[Any] = described.__class__
    shape = getattr(kind, "__shape__", "")
    resource = next(
        (name for name in RESOURCES if shape == NAMESPACE.schema.operations[f"Describe{name}"]["output"]), None
    )
    if resource is None or getattr(kind, "__namespace__", None) is not NAMESPACE:
        raise ArgumentError(f"as_request takes a description of {', '.join(RESOURCES)}, not {type(described).__name__}")
    target = NAMESPACE.schema.operations[f"Create{resource}"]["input"]
    request = _made(target, described)
    found = tag_tuple(tags)
    return request.with_tags(found) if found else request


def tag_tuple(tags: Iterable[Tag] | Mapping[str, str] | None) -> tuple[Tag, ...]:
    """Tags as requests have them; AWS's own, which no request may have, are left out."""
    if isinstance(tags, Mapping):
        by_key = cast("Mapping[str, str]", tags)
        return tag_tuple([NAMESPACE["Tag"](key=key, value=value) for key, value in by_key.items()])
    found = cast("Iterable[Any]", tags or ())
    return tuple(tag for tag in found if not tag.key.startswith("aws:"))


def _made(shape: str, source: Any) -> Any:
    row = NAMESPACE.shapes[shape]
    kind = row["type"]
    if kind == "structure":
        members: dict[str, Any] = {}
        for member in row["members"].values():
            name = member["name"]
            value = source
            for step in _FROM.get((shape, name), (name,)):
                value = getattr(value, step, None)
            if value is not None:
                members[name] = _made(member["shape"], value)
        return NAMESPACE[shape](**members)
    if kind == "list":
        return tuple(_made(row["item"], item) for item in source)
    return source


def differing(asked: Any, found: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Where a description does not say what was asked for: path, what is found, what is asked. Members that were not
    asked for are the service's to choose, entries of maps and lists are not."""
    if isinstance(asked, Structure) and isinstance(found, Structure):
        made: list[tuple[str, Any, Any]] = []
        for wire_name, member in NAMESPACE.shapes[type(asked).__shape__]["members"].items():
            wanted = getattr(asked, member["name"])
            if wanted is not None:
                made += differing(wanted, getattr(found, member["name"], None), f"{path}.{wire_name}".lstrip("."))
        return made
    if isinstance(asked, tuple) and isinstance(found, tuple):
        wanted_items, found_items = cast("Sequence[Any]", asked), cast("Sequence[Any]", found)
        if len(wanted_items) != len(found_items):
            return [(path, found, asked)]
        pairs = enumerate(zip(wanted_items, found_items, strict=True))
        return [item for index, pair in pairs for item in differing(*pair, f"{path}[{index}]")]
    return [] if asked == found else [(path, found, asked)]
