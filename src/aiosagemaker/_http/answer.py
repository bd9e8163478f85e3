"""An answer is complete, unharmed and of bounded size, or it is an error."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from .._errors import ResponseParseError, TransportError
from .._protocols.message import HttpResponse
from .._shapes.maps import Headers

if TYPE_CHECKING:
    import aiohttp

_MAX_HEADERS = 128
"""As many as aiohttp takes since it has a limit; before that there is none."""
_WBITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_JOINED_SIZE, _JOINED_PARTS = 4 * 2**20, 1000
"""How large a body may be, in bytes, and how many its parts, for them to be kept apart until its end."""


class _TooLargeError(Exception):
    """A body is over the limit."""


class _Content:
    """The bytes of a body so far. Its repr, which a traceback's reader may see, shows none of them.

    Parts are joined, which is quickest. Larger bodies go into a BytesIO instead, which hands its own buffer out, so
    that they are there once and not twice.
    """

    __slots__ = ("_buffer", "_parts", "limit", "size")

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.size = 0
        self._parts: list[bytes] = []
        self._buffer: io.BytesIO | None = None

    def add(self, part: bytes) -> None:
        self._parts.append(part)
        self.size += len(part)
        if self.limit is not None and self.size > self.limit:
            raise _TooLargeError
        if self.size > _JOINED_SIZE or len(self._parts) > _JOINED_PARTS:
            self._pour()

    def join(self) -> bytes:
        if self._buffer is None:
            return b"".join(self._parts)
        return self._pour().getvalue()

    def _pour(self) -> io.BytesIO:
        if self._buffer is None:
            self._buffer = io.BytesIO()
        self._buffer.writelines(self._parts)
        self._parts.clear()
        return self._buffer


def head(response: aiohttp.ClientResponse) -> HttpResponse:
    """The answer without its body. Raises TransportError for one that is not HTTP."""
    headers = response.headers
    if response.status < 200 or len(headers) > _MAX_HEADERS:
        what = f"status {response.status}" if response.status < 200 else f"{len(headers)} headers"
        raise TransportError(f"not a usable answer: {what}", maybe_sent=True)
    cleaned = Headers((name, _clean(value)) for name, value in headers.items())
    return HttpResponse(response.status, cleaned, b"", _clean(response.reason or ""))


async def read_answer(response: aiohttp.ClientResponse, limit: int | None) -> HttpResponse:
    """The complete answer. An error answer of more than `limit` bytes is cut there: its status says enough.

    Raises:
        TransportError: its checksum is not that of its body.
        ResponseParseError: a 2xx answer whose body is over the limit, or cannot be decoded.
        Exception: whatever aiohttp raises for an answer that is cut short or is not HTTP.
    """
    headers = response.headers
    answer = head(response)
    content = _Content(limit)
    fault = await _read(response, content, headers.get("Content-Length", ""))
    if not fault:
        _check_length(response, content.size)
    answer.body = content.join()
    checksum, encoding = headers.get("x-amz-crc32"), headers.get("Content-Encoding")
    if checksum is not None and not fault and checksum != str(zlib.crc32(answer.body)):
        raise TransportError(f"the body's CRC-32 is not {checksum[:40]}, as x-amz-crc32 has it", maybe_sent=True)
    if encoding and answer.body and not fault:
        answer.body, fault = _decode(answer.body, encoding, limit)
    if fault and 200 <= response.status < 300:
        raise ResponseParseError(fault, status=answer.status, headers=answer.headers, body=answer.body)
    return answer


async def _read(response: aiohttp.ClientResponse, content: _Content, length: str) -> str:
    """Read the body; what is wrong with its size, or nothing."""
    limit = content.limit
    try:
        while part := await response.content.readany():
            content.add(part)
            if limit is not None and length.isdecimal() and int(length[:20]) > limit:
                raise _TooLargeError
    except _TooLargeError:
        return f"the answer's body is larger than {limit} bytes"
    return ""


def _check_length(response: aiohttp.ClientResponse, size: int) -> None:
    # aiohttp's parser in C refuses these by itself, the one in Python does not.
    lengths = response.headers.getall("Content-Length", [])
    wrong = any(not length.isdecimal() or length.lstrip("0") != str(size) for length in lengths)
    if wrong and size and "Transfer-Encoding" not in response.headers:
        raise TransportError(f"Content-Length is {', '.join(lengths)[:40]} for {size} bytes", maybe_sent=True)


def _decode(body: bytes, encoding: str, limit: int | None) -> tuple[bytes, str]:
    """The body without its content codings (RFC 9110, 8.4), and what is wrong with it, or nothing."""
    for coding in reversed(encoding.lower().split(",")):
        name = coding.strip()
        if name in ("", "identity"):
            continue
        if name not in _WBITS:
            return body, f"the answer's content coding {name[:40]!r} was not asked for"
        decoded = _Content(limit)
        try:
            _inflate(body, decoded, _WBITS[name])
        except _TooLargeError:
            return decoded.join(), f"the answer's body is larger than {limit} bytes once decoded"
        except (zlib.error, EOFError) as error:
            return body, f"the answer's body is not {name} ({error})"
        body = decoded.join()
    return body, ""


def _inflate(data: bytes, decoded: _Content, wbits: int) -> None:
    if wbits == zlib.MAX_WBITS and data[0] & 0x0F != 8:
        wbits = -wbits  # "deflate" means zlib's format, and some servers send the raw stream under that name
    while data:
        stream = zlib.decompressobj(wbits)
        while not stream.eof:
            step = 65_536 if decoded.limit is None else min(65_536, decoded.limit - decoded.size + 1)
            part = stream.decompress(data, step)
            data = stream.unconsumed_tail
            if not part and not stream.eof:
                raise EOFError("it ends early")
            decoded.add(part)
        data = stream.unused_data


def _clean(text: str) -> str:
    """The text, with what is not UTF-8 replaced, so that it can be printed and pickled."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
