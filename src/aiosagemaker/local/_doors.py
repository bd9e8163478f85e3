"""One port for both versions of HTTP: a connection's first bytes tell which it speaks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from .._http.http2 import PREFACE, Http2Connection

if TYPE_CHECKING:
    from .._http.http2_stream import Http2Stream
    from ._both_ways import BothWays


class Doors(web.Server):
    """aiohttp's server, before which HTTP/2 is told apart."""

    def __init__(self, both_ways: BothWays, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._both_ways = both_ways

    def __call__(self) -> Any:
        return Door(self)

    def http1(self) -> asyncio.Protocol:
        """What serves a connection of HTTP/1.1."""
        return cast("asyncio.Protocol", super().__call__())

    def http2(self) -> asyncio.Protocol:
        """What serves a connection of HTTP/2."""
        accept = self._both_ways.accept

        def accepted(stream: Http2Stream) -> None:
            accept(stream)

        return Http2Connection(None, accepted)


class Door(asyncio.Protocol):
    """Takes a connection's first bytes, and hands it on."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._begun = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._begun += data
        if len(self._begun) < len(PREFACE) and PREFACE.startswith(self._begun):
            return
        assert self._transport is not None
        inner = self._doors.http2() if self._begun.startswith(PREFACE) else self._doors.http1()
        self._transport.set_protocol(inner)
        inner.connection_made(self._transport)
        inner.data_received(self._begun)
