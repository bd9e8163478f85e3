"""An answer is complete, unharmed and of bounded size, or it is an error."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from .._protocols.message import HttpResponse
from .._shapes.maps import Headers
from ..errors import ResponseParseError, TransportError

if TYPE_CHECKING:
    import aiohttp

_MAX_HEADERS = 128
"""As many as aiohttp takes since it has a limit; before that there is none."""
_WBITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class _TooLargeError(Exception):
    """A body is over the limit."""


class _Content:
    """The bytes of a body so far. Its repr, which a traceback's reader may see, shows none of them.

    A BytesIO hands its own buffer out, so that a large body is there once; a list of parts, joined, would be twice.
    """

    __slots__ = ("buffer", "limit", "size")

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.buffer = io.BytesIO()
        self.size = 0

    def add(self, part: bytes) -> None:
        self.buffer.write(part)
        self.size += len(part)
        if self.limit is not None and self.size > self.limit:
            raise _TooLargeError

    def join(self) -> bytes:
        return self.buffer.getvalue()


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
    checksum, encoding = headers.get("x-amz-crc32"), headers.get("Content-Encoding")
    if checksum is not None and not fault and checksum != str(zlib.crc32(content.join())):
        raise TransportError(f"the body's CRC-32 is not {checksum[:40]}, as x-amz-crc32 has it", maybe_sent=True)
    if encoding and content.size and not fault:
        content, fault = _decode(content, encoding)
    answer.body = content.join()
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


def _decode(content: _Content, encoding: str) -> tuple[_Content, str]:
    """The body without its content codings (RFC 9110, 8.4), and what is wrong with it, or nothing."""
    for coding in reversed(encoding.lower().split(",")):
        name = coding.strip()
        if name in ("", "identity"):
            continue
        if name not in _WBITS:
            return content, f"the answer's content coding {name[:40]!r} was not asked for"
        decoded = _Content(content.limit)
        try:
            _inflate(content.join(), decoded, _WBITS[name])
        except _TooLargeError:
            return decoded, f"the answer's body is larger than {content.limit} bytes once decoded"
        except (zlib.error, EOFError) as error:
            return content, f"the answer's body is not {name} ({error})"
        content = decoded
    return content, ""


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
