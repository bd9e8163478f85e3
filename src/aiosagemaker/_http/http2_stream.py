"""One request and its answer on an HTTP/2 connection, from either side."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Protocol

from .._errors import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._errors import SdkError


class Carrier(Protocol):
    """What a stream asks of its connection."""

    def respond(self, number: int, headers: list[tuple[str, str]]) -> None: ...
    def room(self, number: int) -> int: ...
    def send(self, number: int, data: memoryview) -> None: ...
    def end(self, number: int) -> None: ...
    def acknowledge(self, number: int, flow: int) -> None: ...
    def forget(self, number: int, *, reset: bool) -> None: ...
    async def drain(self) -> None: ...
    async def wait(self, event: asyncio.Event, silence: str) -> None: ...


class Http2Stream:
    """One request and its answer, both of which may go on for long."""

    def __init__(self, connection: Carrier, number: int, *, serves: bool = False) -> None:
        """`serves` says that this side answers: the other's end is not this one's."""
        self._connection = connection
        self._serves = serves
        self._number = number
        self._parts: deque[tuple[bytes, int]] = deque()
        self._headers: dict[str, str] | None = None
        self._ended = False
        self._finished = False
        self._failure: SdkError | None = None
        self._arrived = asyncio.Event()
        self._window = asyncio.Event()

    @property
    def headers(self) -> dict[str, str]:
        """The head of the message that comes, as far as it is there: by lower-case name, HTTP/2's own included."""
        return self._headers or {}

    async def head(self) -> tuple[int, dict[str, str]]:
        """The answer's status and headers, by lower-case name.

        Raises:
            ReadTimeout: nothing came for `read` seconds.
            ConnectionClosed: the stream or its connection ended before.
        """
        while self._headers is None:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                raise ConnectionClosed("the stream ended before the head of its answer")
            await self._next_frame()
        head = dict(self._headers)
        return int(head.pop(":status")), head

    async def respond(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """Begin the answer to a request that was accepted. Raises as `send` does."""
        self._check_open()
        self._connection.respond(self._number, [(":status", str(status)), *headers])
        await self._connection.drain()

    async def read(self) -> bytes:
        """The next bytes of the answer, or none at its end. Raises as `head` does."""
        while not self._parts:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                return b""
            await self._next_frame()
        data, flow = self._parts.popleft()
        self._connection.acknowledge(self._number, flow)
        return data

    async def send(self, data: bytes) -> None:
        """Send the next bytes, as fast as the server takes them.

        Raises:
            ReadTimeout: the server opened no window for `read` seconds.
            ConnectionClosed: the stream or its connection ended.
        """
        view = memoryview(data)
        while True:
            self._check_open()
            room = self._connection.room(self._number)
            if room > 0:
                self._connection.send(self._number, view[:room])
                view = view[room:]
                await self._connection.drain()
            if not view:
                return
            self._window.clear()
            if self._connection.room(self._number) <= 0:
                await self._connection.wait(self._window, "the server opened no window")

    async def end(self) -> None:
        """Say that nothing more will be sent; the answer goes on."""
        if not self._finished and (self._serves or not self._ended):
            self._check_open()
            self._finished = True
            self._connection.end(self._number)
            await self._connection.drain()

    def close(self) -> None:
        """Reset the stream, unless both sides have ended it. The connection goes on."""
        self._connection.forget(self._number, reset=not (self._ended and self._finished) and self._failure is None)
        if self._failure is None:
            self._failure = ConnectionClosed("the stream was closed")

    def received_head(self, headers: Iterable[tuple[str, str]]) -> None:
        """Take the head of the message that comes."""
        self._headers = dict(headers)
        self._arrived.set()

    def received(self, data: bytes, flow: int) -> None:
        """Take the next bytes; `flow` is what they count in the window."""
        self._parts.append((data, flow))
        self._arrived.set()

    def received_end(self) -> None:
        """The server has ended its side."""
        self._ended = True
        self._wake()

    def window_opened(self) -> None:
        """The server takes more."""
        self._window.set()

    def fail(self, failure: SdkError) -> None:
        """Nothing more will come or go."""
        if self._failure is None:
            self._failure = failure
        self._wake()

    def _wake(self) -> None:
        self._arrived.set()
        self._window.set()

    def _check_open(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._ended and not self._serves:
            raise ConnectionClosed("the server has ended the stream", maybe_sent=True)
        if self._finished:
            raise ConnectionClosed("this side of the stream was ended")

    async def _next_frame(self) -> None:
        self._arrived.clear()
        await self._connection.wait(self._arrived, "no part of the answer came")
