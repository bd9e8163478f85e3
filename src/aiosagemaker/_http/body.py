"""Bodies: a request's in pieces, an answer's within its bounds, and what an answer's content coding hides."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from .._shapes.body import SizedStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from .._shapes.body import Body, Chunk

PIECE = 64 * 1024
"""How much of a request's body is handed to the connection at once, in bytes: it keeps a copy of what it cannot send
yet."""

_WBITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_MAX_CODINGS = 3
"""How many content codings may be nested."""
_MAX_MEMBERS = 1000
"""How many gzip members an answer may have; writers of many make each of them tens of kilobytes long."""
_JOINED_SIZE, _JOINED_PARTS = 4 * 2**20, 1000
"""How large a body may be, in bytes, and how many its parts, for them to be kept apart until its end."""


class TooLargeError(Exception):
    """A body is over its limit."""


class Content:
    """The bytes of a body so far. Its repr, which a traceback's reader may see, shows none of them.

    Parts are joined, which is quickest. Larger bodies go into a BytesIO instead, which hands its own buffer out, so
    that they are there once and not twice.
    """

    __slots__ = ("_buffer", "_parts", "limit", "size")

    limit: int | None
    """In bytes; None is no limit."""
    size: int
    """In bytes, so far."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.size = 0
        self._parts: list[bytes] = []
        self._buffer: io.BytesIO | None = None

    def add(self, part: bytes) -> None:
        """Raises TooLargeError once the limit is passed."""
        self._parts.append(part)
        self.size += len(part)
        if self.limit is not None and self.size > self.limit:
            raise TooLargeError
        if self.size > _JOINED_SIZE or len(self._parts) > _JOINED_PARTS:
            self._pour()

    def join(self) -> bytes:
        """All of it."""
        if self._buffer is None:
            return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        return self._pour().getvalue()

    def _pour(self) -> io.BytesIO:
        if self._buffer is None:
            self._buffer = io.BytesIO()
        self._buffer.writelines(self._parts)
        self._parts.clear()
        return self._buffer


def length(body: Body) -> int:
    """In bytes."""
    return body.length if isinstance(body, SizedStream) else len(body)


def pieces(body: Chunk) -> Iterator[memoryview]:
    """The body in views of itself, each of bounded size, so that no second copy of it comes to be."""
    octets = memoryview(body).cast("B")
    for start in range(0, len(octets), PIECE):
        yield octets[start : start + PIECE]


async def stream_pieces(body: SizedStream) -> AsyncIterator[memoryview]:
    """A stream's chunks, the large ones in pieces."""
    async for chunk in body:
        for piece in pieces(chunk):
            yield piece


def decode(body: bytes, encoding: str, limit: int | None) -> tuple[bytes, str]:
    """The body without its content codings (RFC 9110, 8.4), and what is wrong with it, or nothing.

    Neither its size nor the number of its codings and members costs more than the bounds allow.
    """
    codings = [coding.strip() for coding in encoding.lower().split(",", _MAX_CODINGS + 1)]
    if len(codings) > _MAX_CODINGS:
        return body, f"the answer has more than {_MAX_CODINGS} content codings"
    for name in reversed(codings):
        if name in ("", "identity"):
            continue
        if name not in _WBITS:
            return body, f"the answer's content coding {name[:40]!r} was not asked for"
        decoded = Content(limit)
        try:
            _inflate(body, decoded, _WBITS[name])
        except TooLargeError:
            return decoded.join(), f"the answer's body is larger than {limit} bytes once decoded"
        except (zlib.error, EOFError) as error:
            return body, f"the answer's body is not {name} ({error})"
        body = decoded.join()
    return body, ""


def _inflate(data: bytes, decoded: Content, wbits: int) -> None:
    if wbits == zlib.MAX_WBITS and data and data[0] & 0x0F != 8:
        wbits = -wbits  # "deflate" means zlib's format, and some servers send the raw stream under that name
    # A decompressor copies what is left over of its input: it is given little at a time.
    source = pieces(data)
    rest: bytes | memoryview = b""
    for _ in range(_MAX_MEMBERS):
        rest = rest or next(source, b"")
        if not rest:
            return
        stream = zlib.decompressobj(wbits)
        while not stream.eof:
            rest = rest or next(source, b"")
            step = PIECE if decoded.limit is None else min(PIECE, decoded.limit - decoded.size + 1)
            part = stream.decompress(rest, step)
            if part:
                decoded.add(part)
            elif not rest and not stream.eof:
                raise EOFError("it ends early")
            rest = stream.unconsumed_tail
        rest = stream.unused_data
    if rest or next(source, b""):
        raise EOFError(f"it has more than {_MAX_MEMBERS} members")
