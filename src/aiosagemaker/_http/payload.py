"""A request's body, as aiohttp writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp

from .._shapes.body import SizedStream

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

    from .._shapes.body import Body

PIECE = 64 * 1024
"""How much is handed to the connection at once, in bytes: it keeps a copy of what it cannot send yet."""


def payload(body: Body) -> Any:
    """What aiohttp takes for the body."""
    return body if not isinstance(body, SizedStream) and len(body) <= PIECE else _Pieces(body)


class _Pieces(aiohttp.Payload):
    """Written piece by piece, each when the connection has room, so that no second copy of the body comes to be."""

    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self._size = body.length if isinstance(body, SizedStream) else len(body)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a body that is sent in pieces is not text")

    async def write(self, writer: AbstractStreamWriter) -> None:
        if isinstance(self._value, SizedStream):
            async for chunk in self._value:
                await _write(writer, memoryview(chunk))
        else:
            await _write(writer, memoryview(self._value))


async def _write(writer: AbstractStreamWriter, view: memoryview) -> None:
    octets = view.cast("B")
    for start in range(0, len(octets), PIECE):
        await writer.write(octets[start : start + PIECE])
