"""A large body on its way out: each piece is written when the connection has room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import ConnectionClosed
from .._shapes.body import SizedStream
from .body import pieces, stream_pieces

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

    from .._shapes.body import Body


class Outflow:
    """What one connection pours, a body at a time."""

    __slots__ = ("_drained", "_full", "_loop", "_writer", "ended")

    ended: bool
    """Whether the connection has: nothing can be written any more."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ended = False
        self._loop = loop
        self._full = False
        self._drained: asyncio.Future[None] | None = None
        self._writer: asyncio.Task[None] | None = None

    @property
    def is_pouring(self) -> bool:
        """Whether some of a body is still to be written."""
        return self._writer is not None

    def pour(self, transport: asyncio.Transport, body: Body, then: Callable[[BaseException | None], None]) -> None:
        """Write a body, at once as far as there is room; `then` is told of the end of what is left, and its failure."""
        left = None if isinstance(body, SizedStream) else pieces(body)
        while left is not None and not self._full and not self.ended:
            piece = next(left, None)
            if piece is None:
                return
            transport.write(piece)

        def ended(writer: asyncio.Task[None]) -> None:
            error = None if writer.cancelled() else writer.exception()
            if self._writer is writer:
                self._writer = None
                then(error)

        self._writer = self._loop.create_task(self._pour(transport, body, left))
        self._writer.add_done_callback(ended)

    def stop(self) -> bool:
        """Write no more of the body; whether some of it was left."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.cancel()
        return writer is not None

    def hold(self) -> None:
        """The connection has no room."""
        self._full = True

    def release(self) -> None:
        """It has room again."""
        self._full = False
        self._go_on()

    def end(self) -> None:
        """The connection has ended."""
        self.ended = True
        self._go_on()

    def _go_on(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    async def _pour(self, transport: asyncio.Transport, body: Body, left: Iterator[memoryview] | None) -> None:
        if left is not None:
            for piece in left:
                await self._write(transport, piece)
        elif isinstance(body, SizedStream):
            async for piece in stream_pieces(body):
                await self._write(transport, piece)

    async def _write(self, transport: asyncio.Transport, piece: memoryview) -> None:
        while self._full and not self.ended:
            self._drained = self._loop.create_future()
            await self._drained
        if self.ended:
            raise ConnectionClosed("the connection ended before the request was written")
        transport.write(piece)
