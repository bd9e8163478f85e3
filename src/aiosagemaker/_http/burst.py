"""Requests that become ready in the same turn of the event loop, written right after one another.

A write that finds the other side asleep has to wake it, which costs the writer as much CPU time as signing does. Calls
that are made together are prepared one by one, long enough apart for a service to fall asleep between any two of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from .connection import Connection
    from .contract import TransportRequest

MOST = 16
"""How many are held back for one another at most: the first of them waits about a millisecond."""


class Burst:
    """The requests to be written at the end of this turn of an event loop."""

    __slots__ = ("_held", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._held: list[tuple[Connection, bytes]] = []

    def add(self, connection: Connection, data: bytes, request: TransportRequest) -> None:
        """Write a whole request, soon, unless its exchange ends before."""
        connection.held = request
        held = self._held
        held.append((connection, data))
        if len(held) == 1:
            self._loop.call_soon(self._write)
        elif len(held) == MOST:
            self._write()

    def _write(self) -> None:
        held, self._held = self._held, []
        for connection, data in held:
            connection.write_held(data)
