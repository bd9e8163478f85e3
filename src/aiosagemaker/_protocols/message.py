"""HTTP messages as values."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping

import attrs

Body = bytes | bytearray | memoryview | AsyncIterable[bytes]


@attrs.frozen
class HttpRequest:
    """A request before it has an address and a signature."""

    method: str
    path: str
    """Percent-encoded, with its leading slash."""
    headers: dict[str, str]
    body: Body = b""
    query: str = ""
    """Percent-encoded, without the question mark."""
    host_prefix: str = ""
    """What the operation puts in front of the endpoint's host."""


@attrs.frozen
class HttpResponse:
    """A complete answer."""

    status: int
    headers: Mapping[str, str]
    """Names are found without regard to case."""
    body: bytes = b""
    reason: str = ""
