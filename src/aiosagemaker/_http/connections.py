"""The connections that a client shares with its views: one transport for each event loop that it is used in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .._errors import ClientClosedError, ConfigError
from .._event_loop import running_loop
from .transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._config.config import HttpConfig
    from .contract import Transport as SomeTransport
    from .http2_transport import Http2Transport

_inherited: list[object] = []
"""What a forked child has of its parent's HTTP/2 connections: letting go of them would take them from the parent."""


class Connections:
    """The transports by event loop. Every thread may ask; a transport is used in its own loop alone.

    A loop that ends as `asyncio.run` ends one takes its connections with it. What is left of a loop that was closed
    without that is closed when another one connects. A forked child has none of its parent's.
    """

    __slots__ = ("_http2", "_transports", "closed", "get", "given", "owner")

    def __init__(self, owner: str, given: SomeTransport | None = None) -> None:
        """`owner` names whose they are, in messages; `given` takes the place of every transport of our own."""
        self.owner: str = owner
        self.given: SomeTransport | None = given
        self.closed: bool = False
        self._transports: dict[asyncio.AbstractEventLoop, Transport] = {}
        self._http2: dict[asyncio.AbstractEventLoop, Http2Transport] = {}
        self.get: Callable[[asyncio.AbstractEventLoop], SomeTransport | None] = (
            self._transports.get if given is None else lambda loop: given
        )
        """The transport that an event loop has already, or None."""

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        self._sweep()
        return bool(self._transports or self._http2)

    def open(self, http: HttpConfig) -> SomeTransport:
        """The transport of the running event loop. Raises ClientClosedError."""
        loop = asyncio.get_running_loop()
        transport = self.get(loop)
        if transport is None:
            self.check()
            self._sweep()
            transport = self._transports[loop] = Transport(http)
        return transport

    def open_http2(self, http: HttpConfig) -> Http2Transport:
        """The HTTP/2 connections of the running event loop.

        Raises:
            ClientClosedError: these are closed.
            ConfigError: there is a transport of the user's own, which has no streams both ways.
        """
        from .http2_transport import Http2Transport

        self.check()
        if self.given is not None:
            raise ConfigError("a stream both ways goes over the library's own connections, not Config.transport")
        self._sweep()
        return self._http2.setdefault(asyncio.get_running_loop(), Http2Transport(http))

    def check(self) -> None:
        """Raises ClientClosedError if these are closed."""
        if self.closed:
            raise ClientClosedError(f"this {self.owner} is closed")

    async def close(self) -> None:
        """Close every connection, in whatever thread its event loop runs, for good."""
        here = running_loop()
        self.closed = True
        self.get = self._transports.get
        self._sweep()
        if self.given is not None:
            await self.given.close()
        for loop, transport in self._take():
            if loop is here:
                await transport.close()
            elif loop.is_running():
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(transport.close(), loop))
            elif isinstance(transport, Transport):
                transport.abandon()

    def _sweep(self) -> None:
        for ended in [loop for loop in (*self._transports, *self._http2) if loop.is_closed()]:
            self._http2.pop(ended, None)
            transport = self._transports.pop(ended, None)  # which another thread may have done
            if transport is not None:
                transport.abandon()

    def after_fork(self) -> None:
        """In the child: let what is the parent's lie. To close it, or to let it go, would take it from the parent."""
        for _, transport in self._take():
            if isinstance(transport, Transport):
                transport.abandon()
            else:
                _inherited.append(transport)

    def _take(self) -> list[tuple[asyncio.AbstractEventLoop, Transport | Http2Transport]]:
        taken: list[tuple[asyncio.AbstractEventLoop, Transport | Http2Transport]] = [*self._transports.items()]
        taken += self._http2.items()
        self._transports.clear()
        self._http2.clear()
        return taken
