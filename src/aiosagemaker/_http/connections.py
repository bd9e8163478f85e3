"""The connections that a client shares with its views: one transport for each event loop that it is used in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .._errors import ClientClosedError
from .transport import Transport

if TYPE_CHECKING:
    from .._config.config import Config
    from .http2_transport import Http2Transport


class Connections:
    """The transports by event loop. Every thread may ask; a transport is used in its own loop alone."""

    __slots__ = ("_http2", "_transports", "closed", "owner")

    def __init__(self, owner: str) -> None:
        """`owner` names whose they are, in messages."""
        self.owner = owner
        self.closed = False
        self._transports: dict[asyncio.AbstractEventLoop, Transport] = {}
        self._http2: dict[asyncio.AbstractEventLoop, Http2Transport] = {}

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return bool(self._transports or self._http2)

    def open(self, config: Config) -> Transport:
        """The transport of the running event loop. Raises ClientClosedError."""
        loop = asyncio.get_running_loop()
        try:
            return self._transports[loop]
        except KeyError:
            return self._begin(loop, config)

    def open_http2(self, config: Config) -> Http2Transport:
        """The HTTP/2 connections of the running event loop. Raises ClientClosedError."""
        from .http2_transport import Http2Transport

        self.check()
        loop = asyncio.get_running_loop()
        for ended in [other for other in self._http2 if other.is_closed()]:
            self._http2.pop(ended, None)
        return self._http2.setdefault(loop, Http2Transport(config.http))

    def check(self) -> None:
        """Raises ClientClosedError if these are closed."""
        if self.closed:
            raise ClientClosedError(f"this {self.owner} is closed")

    def _begin(self, loop: asyncio.AbstractEventLoop, config: Config) -> Transport:
        self.check()
        for ended in [other for other in self._transports if other.is_closed()]:
            # The connections of a loop that has ended cannot be used, nor closed, in another one.
            self._transports.pop(ended, None)
        transport = self._transports[loop] = Transport(config.http)
        return transport

    async def close(self) -> None:
        """Close every connection, for good."""
        self.closed = True
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.close()
        http2, self._http2 = self._http2, {}
        for each in http2.values():
            await each.close()
