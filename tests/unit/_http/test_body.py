"""Bodies are put together and taken apart as they are, and cost no more than their bounds."""

from __future__ import annotations

import gzip
import os
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit._http.outgoing import outgoing

from aiosagemaker import SizedStream
from aiosagemaker._http.body import PIECE, Content, TooLargeError, decode, length, pieces, stream_pieces
from aiosagemaker._http.transport import Transport
from aiosagemaker.config import HttpConfig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MB = 1024 * 1024
LARGE = bytes(range(256)) * (PIECE // 100)


@pytest.mark.parametrize(
    ("part", "count"), [(1, 1), (10, 1000), (10, 1001), (1, 5000), (MB, 4), (MB, 5), (4 * MB + 1, 1), (300_000, 20)]
)
def test_parts(part: int, count: int) -> None:
    """The content is that of its parts in their order, few or many, small or large."""
    parts = [os.urandom(part) for _ in range(count)]
    content = Content(None)
    for each in parts:
        content.add(each)
    assert content.size == part * count
    assert content.join() == b"".join(parts)
    assert content.join() == b"".join(parts)


def test_limit() -> None:
    """The limit itself is allowed, and one byte more is not."""
    content = Content(10)
    content.add(bytes(10))
    with pytest.raises(TooLargeError):
        content.add(b"x")


@pytest.mark.parametrize("size", [0, 1, MB, 4 * MB, 4 * MB + 1, 9 * MB])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_bodies(server: Any, size: int, coding: str) -> None:
    """A body of any size arrives as it was, with a content coding or without."""
    body = os.urandom(size // 2) + bytes(size - size // 2)
    server.answer(gzip.compress(body, 1) if coding == "gzip" else body, headers={"Content-Encoding": coding})
    transport = Transport(HttpConfig(max_response_size=10 * MB))
    try:
        answer = await transport.send(outgoing(server.url))
    finally:
        await transport.close()
    assert answer.body == body


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
def test_pieces_are_views(form: Any) -> None:
    """A body is written in views of itself, each of bounded size, and is never copied."""
    body = form(LARGE)
    made = list(pieces(body))
    assert length(body) == len(LARGE) == sum(map(len, made))
    assert b"".join(made) == LARGE
    assert max(map(len, made)) == PIECE
    assert all(piece.obj is (body.obj if form is memoryview else body) for piece in made)


async def test_streams_keep_their_pieces_bounded() -> None:
    """A stream has its length, and its own large pieces are cut."""

    async def chunks() -> AsyncIterator[Any]:
        yield LARGE
        yield memoryview(LARGE).cast("H")

    stream = SizedStream(chunks, 2 * len(LARGE))
    assert length(stream) == 2 * len(LARGE)
    made = [piece async for piece in stream_pieces(stream)]
    assert b"".join(made) == LARGE * 2
    assert max(map(len, made)) == PIECE


def members(count: int, content: bytes = b"") -> bytes:
    """As many gzip members, one after the other."""
    return gzip.compress(content, mtime=0) * count


def nested(coding: str, times: int) -> tuple[bytes, str]:
    """A body in itself, so many times."""
    body = b"once"
    for _ in range(times):
        body = gzip.compress(body) if coding == "gzip" else zlib.compress(body)
    return body, ", ".join([coding] * times)


@pytest.mark.parametrize(
    ("body", "encoding", "expected"),
    [
        (members(1, b"one"), "gzip", b"one"),
        (members(1000, b"one"), "GZIP", b"one" * 1000),
        (members(999) + members(1, b"last"), "x-gzip", b"last"),
        (members(1), "gzip", b""),
        (zlib.compress(LARGE), "deflate", LARGE),
        (zlib.compress(LARGE, wbits=-15), "deflate", LARGE),
        (*nested("gzip", 3), b"once"),
        (*nested("deflate", 2), b"once"),
        (zlib.compress(gzip.compress(b"")), "gzip, deflate", b""),
        (gzip.compress(b""), "deflate, gzip", b""),
        (b"as it is", "identity,", b"as it is"),
    ],
)
def test_decoding(body: bytes, encoding: str, expected: bytes) -> None:
    """Content codings are undone in their reverse order, member after member."""
    assert decode(body, encoding, MB) == (expected, "")


@pytest.mark.parametrize(
    ("body", "encoding", "fault"),
    [
        (members(1001, b"one"), "gzip", "more than 1000 members"),
        (members(200_000), "gzip", "more than 1000 members"),
        (gzip.compress(bytes(200 * MB), 9), "gzip", "larger than 1048576 bytes once decoded"),
        (members(1)[:-1], "gzip", "it ends early"),
        (members(1)[:5], "gzip", "it ends early"),
        (members(1, b"one") + b"junk", "gzip", "is not gzip"),
        (*nested("gzip", 4), "more than 3 content codings"),
        (b"x", ",".join(["gzip"] * 100_000), "more than 3 content codings"),
        (b"x", "br", "'br' was not asked for"),
    ],
)
def test_damaged_and_hostile(body: bytes, encoding: str, fault: str) -> None:
    """What cannot be decoded within its bounds is told so, before it costs time."""
    started = time.process_time()
    assert fault in decode(body, encoding, MB)[1]
    assert time.process_time() - started < 0.25
