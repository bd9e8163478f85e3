"""The connections that a client shares with its views: one transport for each event loop that it is used in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .._errors import ClientClosedError
from .transport import Transport

if TYPE_CHECKING:
    from .._config.config import Config


class Connections:
    """The transports by event loop. Every thread may ask; a transport is used in its own loop alone."""

    __slots__ = ("_transports", "closed", "owner")

    def __init__(self, owner: str) -> None:
        """`owner` names whose they are, in messages."""
        self.owner = owner
        self.closed = False
        self._transports: dict[asyncio.AbstractEventLoop, Transport] = {}

    @property
    def is_open(self) -> bool:
        """Whether there is anything to close."""
        return bool(self._transports)

    def open(self, config: Config) -> Transport:
        """The transport of the running event loop. Raises ClientClosedError."""
        loop = asyncio.get_running_loop()
        try:
            return self._transports[loop]
        except KeyError:
            return self._begin(loop, config)

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
