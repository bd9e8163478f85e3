"""HTTP messages as values. Their repr leaves out what may be sensitive: tracebacks are shown with their locals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._shapes.body import Body


@attrs.define
class HttpRequest:
    """A request before it has an address and a signature."""

    method: str
    path: str
    """Percent-encoded, with its leading slash."""
    headers: dict[str, str] = attrs.field(repr=False)
    body: Body = attrs.field(default=b"", repr=False)
    query: str = attrs.field(default="", repr=False)
    """Percent-encoded, without the question mark."""
    host_prefix: str = ""
    """What the operation puts in front of the endpoint's host."""


@attrs.define
class HttpResponse:
    """A complete answer."""

    status: int
    headers: Mapping[str, str]
    """Names are found without regard to case."""
    body: bytes = attrs.field(default=b"", repr=False)
    reason: str = ""
