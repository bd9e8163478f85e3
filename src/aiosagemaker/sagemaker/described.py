"""Descriptions turned into the requests that make the same again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from .._errors import ArgumentError
from .._shapes.structure import Request, Response
from .models import NAMESPACE

if TYPE_CHECKING:
    from .models import Tag

RequestT = TypeVar("RequestT", bound=Request[Any])

RESOURCES = ("Model", "EndpointConfig", "Endpoint", "InferenceComponent")
"""What can be made again from its description."""

_FROM: dict[tuple[str, str], tuple[str, ...]] = {
    ("CreateEndpointRequest", "deployment_config"): ("last_deployment_config",),
    ("InferenceComponentContainerSpecification", "image"): ("deployed_image", "specified_image"),
    ("InferenceComponentRuntimeConfig", "copy_count"): ("desired_copy_count",),
}
"""Where a description has a request's member elsewhere, by the shape and the member."""


class Described(Response, Generic[RequestT]):
    """A description of what can be made again."""

    __slots__ = ()

    def as_request(self, *, tags: Iterable[Tag] | Mapping[str, str] | None = None) -> RequestT:
        """The Create request that makes it again. What the service chose itself (ARNs, times, states) is left out.

        `tags` are its tags, which no description has: as ListTags returns them, or by key; none by default.
        """
        request: RequestT = as_request(self, tags=tags)
        return request


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
