"""The `application/vnd.amazon.eventstream` encoding: frames become messages, messages become frames.

Every rule is the Amazon Event Stream Specification's, https://smithy.io/2.0/aws/amazon-eventstream.html.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID
from zlib import crc32

import attrs

from .._errors import EventStreamError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HeaderValue: TypeAlias = bool | int | bytes | str | datetime | UUID
"""What a header may hold. A timestamp is an aware datetime, to the millisecond."""

MAX_HEADERS_LENGTH = 128 * 1024
"""The most bytes that a frame's encoded headers may take."""

MAX_PAYLOAD_LENGTH = 24 * 1024 * 1024
"""The most bytes that a frame's payload may take."""

_PRELUDE = struct.Struct("!III")
_LENGTHS = struct.Struct("!II")
_CRC = struct.Struct("!I")
_SIZE = struct.Struct("!H")
_OVERHEAD = _PRELUDE.size + _CRC.size

_TRUE, _FALSE, _BYTE, _SHORT, _INTEGER, _LONG, _BYTE_ARRAY, _STRING, _TIMESTAMP, _UUID = range(10)
_INT_SIZES = {_BYTE: 1, _SHORT: 2, _INTEGER: 4, _LONG: 8, _TIMESTAMP: 8}
_MAX_NAME_SIZE = 2**8 - 1
_MAX_VALUE_SIZE = 2**15 - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def _payload_repr(payload: bytes) -> str:
    return f"<{len(payload)} bytes>"


@attrs.define
class Message:
    """One frame's content."""

    headers: Mapping[str, HeaderValue]
    """By name; read-only when decoded."""
    payload: bytes = attrs.field(default=b"", repr=_payload_repr)


class EventStreamDecoder:
    """Turns a stream's bytes, cut anywhere, into messages.

    `feed` it and iterate; iterating ends where the fed bytes do, and may begin again after more. A broken frame
    raises EventStreamError, after the messages before it, and from then on every call raises it: the
    specification forbids reading on.

    Lengths are checked as soon as a frame's first 12 bytes are there. The specification leaves limits to the
    service; they are checked here all the same, so that no prelude can make the caller hold much more than 24 MiB.
    """

    def __init__(self) -> None:
        # A frame that lies whole in what was fed is read from there; only one that spans two feeds is put together.
        self._data = b""
        self._at = 0
        self._begun = bytearray()
        self._failure: EventStreamError | None = None
        self._total = 0
        self._headers_end = 0
        self._headers_block = b""
        self._headers: Mapping[str, HeaderValue] = MappingProxyType({})

    def feed(self, data: bytes) -> None:
        """Take the stream's next bytes, any number of them."""
        if self._failure is not None:
            raise self._failure
        self._data = self._data[self._at :] + data if self._at < len(self._data) else bytes(data)
        self._at = 0

    def __iter__(self) -> Iterator[Message]:
        while (message := self._next()) is not None:
            yield message

    def close(self) -> None:
        """Say that the stream has ended. Iterate first: bytes left over are an unfinished frame's.

        Raises EventStreamError if there are any.
        """
        left = len(self._begun) + len(self._data) - self._at
        if self._failure is None and left:
            expected = f" of {self._total}" if self._total else ""
            self._failure = EventStreamError(f"The stream ended inside a frame, after {left}{expected} bytes")
        if self._failure is not None:
            raise self._failure

    def _next(self) -> Message | None:
        if self._failure is not None:
            raise self._failure
        try:
            return self._whole() if not self._begun else self._completed()
        except EventStreamError as error:
            self._failure = error
            self._data = b""
            self._at = 0
            self._begun.clear()
            raise

    def _whole(self) -> Message | None:
        """The next frame, if all of it was fed at once; otherwise its beginning is set aside."""
        start, left = self._at, len(self._data) - self._at
        if left >= _PRELUDE.size:
            self._read_prelude(self._data, start)
        if not self._total or left < self._total:
            self._move(left)
            return None
        self._at += self._total
        return self._read_frame(memoryview(self._data)[start : self._at])

    def _completed(self) -> Message | None:
        """The frame that was begun, once it is complete."""
        if not self._total:
            self._move(_PRELUDE.size - len(self._begun))
            if len(self._begun) < _PRELUDE.size:
                return None
            self._read_prelude(self._begun, 0)
        self._move(self._total - len(self._begun))
        if len(self._begun) < self._total:
            return None
        begun, self._begun = self._begun, bytearray()
        return self._read_frame(memoryview(begun))

    def _move(self, size: int) -> None:
        """Add the next bytes, as many as there are of `size`, to the frame that was begun."""
        end = min(self._at + size, len(self._data))
        self._begun += memoryview(self._data)[self._at : end]
        self._at = end

    def _read_prelude(self, data: bytes | bytearray, at: int) -> None:
        total, headers_length, expected = _PRELUDE.unpack_from(data, at)
        if (actual := crc32(data[at : at + _LENGTHS.size])) != expected:
            raise _wrong_crc("prelude", actual, expected)
        payload_length = total - headers_length - _OVERHEAD
        if headers_length > MAX_HEADERS_LENGTH:
            raise EventStreamError(f"A frame claims {headers_length} bytes of headers, more than {MAX_HEADERS_LENGTH}")
        if payload_length > MAX_PAYLOAD_LENGTH:
            raise EventStreamError(f"A frame claims {payload_length} bytes of payload, more than {MAX_PAYLOAD_LENGTH}")
        if payload_length < 0:
            raise EventStreamError(f"A frame of {total} bytes cannot hold {headers_length} bytes of headers")
        self._total = total
        self._headers_end = _PRELUDE.size + headers_length

    def _read_frame(self, frame: memoryview) -> Message:
        payload_end = self._total - _CRC.size
        self._total = 0
        (expected,) = _CRC.unpack_from(frame, payload_end)
        if (actual := crc32(frame[:payload_end])) != expected:
            raise _wrong_crc("message", actual, expected)
        block = bytes(frame[_PRELUDE.size : self._headers_end])
        payload = bytes(frame[self._headers_end : payload_end])
        # A stream's frames mostly repeat one header block; the same bytes need reading once.
        if block != self._headers_block:
            self._headers = MappingProxyType(_decode_headers(block))
            self._headers_block = block
        return Message(self._headers, payload)


def encode_message(headers: Mapping[str, HeaderValue], payload: bytes = b"") -> bytes:
    """The frame of one message.

    An int becomes an `integer` if it fits 32 bits, else a `long`; a datetime is cut to the millisecond.
    Raises ValueError for what the encoding cannot hold: a name that is empty or over 255 bytes, a value over
    32,767 bytes, an int over 64 bits, a naive datetime, over 128 KiB of headers or 24 MiB of payload. Raises
    TypeError for a value of another type.
    """
    block = b"".join(encode_header(name, value) for name, value in headers.items())
    if len(block) > MAX_HEADERS_LENGTH:
        raise ValueError(f"{len(block)} bytes of headers are more than {MAX_HEADERS_LENGTH}")
    if len(payload) > MAX_PAYLOAD_LENGTH:
        raise ValueError(f"{len(payload)} bytes of payload are more than {MAX_PAYLOAD_LENGTH}")
    lengths = _LENGTHS.pack(_OVERHEAD + len(block) + len(payload), len(block))
    head = b"".join((lengths, _CRC.pack(crc32(lengths)), block))
    return b"".join((head, payload, _CRC.pack(crc32(payload, crc32(head)))))


def _wrong_crc(part: str, actual: int, expected: int) -> EventStreamError:
    return EventStreamError(f"A frame's {part} checksum is 0x{actual:08x}, not 0x{expected:08x} as it says")


def _decode_headers(block: bytes) -> dict[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {}
    at = 0
    while at < len(block):
        name, at = _decode_text(block, at + 1, block[at])
        if not name:
            raise EventStreamError("A header has no name")
        if name in headers:
            raise EventStreamError(f"The header {name!r} is there twice")
        (kind,) = _cut(block, at, 1)
        headers[name], at = _decode_value(block, at + 1, kind, name)
    return headers


def _decode_value(block: bytes, at: int, kind: int, name: str) -> tuple[HeaderValue, int]:
    if kind == _STRING:
        (size,) = _SIZE.unpack(_cut(block, at, _SIZE.size))
        return _decode_text(block, at + _SIZE.size, size)
    if kind in (_TRUE, _FALSE):
        return kind == _TRUE, at
    if kind == _BYTE_ARRAY:
        (size,) = _SIZE.unpack(_cut(block, at, _SIZE.size))
        at += _SIZE.size
        return _cut(block, at, size), at + size
    if kind == _UUID:
        return UUID(bytes=_cut(block, at, 16)), at + 16
    if kind not in _INT_SIZES:
        raise EventStreamError(f"The header {name!r} is of type {kind}, not one of 0 to {_UUID}")
    size = _INT_SIZES[kind]
    number = int.from_bytes(_cut(block, at, size), "big", signed=True)
    if kind != _TIMESTAMP:
        return number, at + size
    try:
        return _EPOCH + number * _MILLISECOND, at + size
    except OverflowError as error:
        raise EventStreamError(f"The header {name!r} is {number} ms from 1970, outside the years 1 to 9999") from error


def _decode_text(block: bytes, at: int, size: int) -> tuple[str, int]:
    try:
        return _cut(block, at, size).decode(), at + size
    except UnicodeDecodeError as error:
        raise EventStreamError("A header is not UTF-8") from error


def _cut(block: bytes, at: int, size: int) -> bytes:
    piece = block[at : at + size]
    if len(piece) < size:
        raise EventStreamError("The headers end inside a header")
    return piece


def encode_header(name: str, value: HeaderValue) -> bytes:
    encoded = name.encode()
    if not 0 < len(encoded) <= _MAX_NAME_SIZE:
        raise ValueError(f"The header name {name!r} takes {len(encoded)} bytes, not 1 to {_MAX_NAME_SIZE}")
    return bytes((len(encoded),)) + encoded + _encode_value(name, value)


def _encode_value(name: str, value: HeaderValue) -> bytes:
    match value:
        case bool():
            return bytes((_TRUE if value else _FALSE,))
        case int():
            kind = _INTEGER if value.bit_length() < 32 else _LONG
            return _encode_int(name, kind, value)
        case bytes():
            return _encode_sized(name, _BYTE_ARRAY, value)
        case str():
            return _encode_sized(name, _STRING, value.encode())
        case datetime():
            if value.utcoffset() is None:
                raise ValueError(f"The header {name!r} is a datetime without a time zone")
            return _encode_int(name, _TIMESTAMP, (value - _EPOCH) // _MILLISECOND)
        case UUID():
            return bytes((_UUID,)) + value.bytes
        case _:  # pyright: ignore[reportUnnecessaryComparison]  # callers without a type checker reach this
            raise TypeError(f"The header {name!r} is of type {type(value).__name__}, which no header can hold")


def _encode_int(name: str, kind: int, value: int) -> bytes:
    try:
        return bytes((kind,)) + value.to_bytes(_INT_SIZES[kind], "big", signed=True)
    except OverflowError as error:
        raise ValueError(f"The header {name!r} is an int over 64 bits") from error


def _encode_sized(name: str, kind: int, value: bytes) -> bytes:
    if len(value) > _MAX_VALUE_SIZE:
        raise ValueError(f"The header {name!r} takes {len(value)} bytes, more than {_MAX_VALUE_SIZE}")
    return bytes((kind,)) + _SIZE.pack(len(value)) + value
