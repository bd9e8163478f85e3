"""Requests as a call hands them to its transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yarl import URL

from aiosagemaker._http.contract import TransportRequest
from aiosagemaker.config import TimeoutConfig

if TYPE_CHECKING:
    from collections.abc import Mapping


def outgoing(
    url: str | URL,
    headers: Mapping[str, Any] | None = None,
    body: Any = b"",
    *,
    method: str = "POST",
    timeouts: TimeoutConfig | None = None,
) -> TransportRequest:
    """A request that is signed by nobody."""
    given = headers or {}
    return TransportRequest(method, URL(url), given, body, timeouts or TimeoutConfig(connect=1, read=1), lambda: given)
