"""Bodies as aiohttp writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import SizedStream
from aiosagemaker._http.payload import PIECE, payload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LARGE = bytes(range(256)) * (PIECE // 100)


class Writer:
    """Keeps what is written, and how."""

    def __init__(self) -> None:
        self.pieces: list[Any] = []

    async def write(self, piece: Any) -> None:
        self.pieces.append(piece)


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
def test_small_bodies_are_left_to_aiohttp(form: Any) -> None:
    """A body that is written at once is handed over as it is."""
    body = form(bytes(PIECE))
    assert payload(body) is body


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
async def test_large_bodies_are_views(form: Any) -> None:
    """A large body is written in views of itself, each of bounded size, and is never copied."""
    body = form(LARGE)
    made, writer = payload(body), Writer()
    assert made.size == len(LARGE)
    await made.write(writer)
    assert b"".join(writer.pieces) == LARGE
    assert max(map(len, writer.pieces)) == PIECE
    assert {type(piece) for piece in writer.pieces} == {memoryview}
    assert all(piece.obj is (body.obj if form is memoryview else body) for piece in writer.pieces)


async def test_streams_keep_their_pieces_bounded() -> None:
    """A stream has its length, and its own large pieces are cut."""

    async def chunks() -> AsyncIterator[Any]:
        yield LARGE
        yield memoryview(LARGE).cast("H")

    made, writer = payload(SizedStream(chunks, 2 * len(LARGE))), Writer()
    assert made.size == 2 * len(LARGE)
    await made.write(writer)
    assert b"".join(writer.pieces) == LARGE * 2
    assert max(map(len, writer.pieces)) == PIECE


def test_a_payload_is_not_text() -> None:
    """What is sent in pieces cannot be taken for text by whoever handles requests on the way."""
    with pytest.raises(TypeError):
        payload(LARGE).decode()
