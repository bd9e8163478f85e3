from __future__ import annotations

import base64
import itertools
import json
import pickle
import struct
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from aiosagemaker._protocols.event_stream import (
    MAX_HEADERS_LENGTH,
    MAX_PAYLOAD_LENGTH,
    EventStreamDecoder,
    EventStreamError,
    HeaderValue,
    Message,
    encode_message,
)
from aiosagemaker.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VECTORS = Path(__file__).parents[4] / "shared/vectors/event-stream/frames.json"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GOOD = encode_message({":message-type": "event", "n": 1}, b"payload")

needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="the shared vectors are not beside the repository")


def vectors(kind: str) -> list[dict[str, Any]]:
    return json.loads(VECTORS.read_text())[kind] if VECTORS.exists() else []


def vector_frame(vector: dict[str, Any]) -> bytes:
    if "bytes_hex" in vector:
        return bytes.fromhex(vector["bytes_hex"])
    fill: bytes = bytes([vector["fill_byte"]]) * vector["fill_count"]
    return bytes.fromhex(vector["prefix_hex"]) + fill + bytes.fromhex(vector["suffix_hex"])


def vector_message(vector: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    headers = {
        name: base64.b64decode(value["bytes_b64"]) if isinstance(value, dict) else value
        for name, value in vector["headers"].items()
    }
    return headers, base64.b64decode(vector["payload_b64"])


def raw_headers(headers: Mapping[str, HeaderValue]) -> dict[str, object]:
    """As botocore and the vectors give them: a timestamp in milliseconds, a UUID as its bytes."""
    return {
        name: value.bytes
        if isinstance(value, UUID)
        else (value - EPOCH) // timedelta(milliseconds=1)
        if isinstance(value, datetime)
        else value
        for name, value in headers.items()
    }


def decode(*chunks: bytes) -> list[Message]:
    decoder = EventStreamDecoder()
    messages: list[Message] = []
    for chunk in chunks:
        decoder.feed(chunk)
        messages += decoder
    decoder.close()
    return messages


def prelude(total: int, headers: int) -> bytes:
    lengths = struct.pack("!II", total, headers)
    return lengths + struct.pack("!I", crc32(lengths))


def frame(headers: bytes, payload: bytes = b"") -> bytes:
    head = prelude(16 + len(headers) + len(payload), len(headers)) + headers + payload
    return head + struct.pack("!I", crc32(head))


names = st.text(min_size=1, max_size=40).filter(lambda name: len(name.encode()) < 256)
times = st.datetimes(timezones=st.just(UTC)).map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000))
values = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=300),
    st.text(max_size=300),
    times,
    st.uuids(),
)
messages = st.tuples(st.dictionaries(names, values, max_size=6), st.binary(max_size=300))


@needs_vectors
@pytest.mark.parametrize("vector", vectors("positive"))
def test_good_vector(vector: dict[str, Any]) -> None:
    """A good frame gives its headers and payload, wherever it is cut in two."""
    data = vector_frame(vector)
    for cut in range(len(data) + 1):
        (message,) = decode(data[:cut], data[cut:])
        assert (raw_headers(message.headers), message.payload) == vector_message(vector)


@needs_vectors
@pytest.mark.parametrize("vector", vectors("negative"), ids=lambda vector: vector["error"])
def test_bad_vector(vector: dict[str, Any]) -> None:
    """A bad frame is refused with EventStreamError, wherever it is cut in two."""
    data = vector_frame(vector)
    cuts = range(len(data) + 1) if len(data) < 1000 else (0, 1, 11, 12, 13, 65536, len(data) - 1, len(data))
    for cut in cuts:
        with pytest.raises(EventStreamError):
            decode(data[:cut], data[cut:])


@given(st.lists(messages, max_size=4), st.data())
def test_round_trip(sent: list[tuple[dict[str, HeaderValue], bytes]], data: st.DataObject) -> None:
    """Encoded messages decode to themselves, with values of the same types, however the stream is cut."""
    stream = b"".join(encode_message(headers, payload) for headers, payload in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    bounds = [0, *cuts, len(stream)]
    received = decode(*(stream[start:end] for start, end in itertools.pairwise(bounds)))
    assert [(dict(message.headers), message.payload) for message in received] == sent
    for message, (headers, _) in zip(received, sent, strict=True):
        assert [type(message.headers[name]) for name in headers] == [type(value) for value in headers.values()]


@pytest.mark.parametrize("number", [0, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**32, 2**63 - 1, -(2**63)])
def test_ints_of_every_size(number: int) -> None:
    """An int of up to 64 bits comes back as it was, at the ends of the wire's two sizes too."""
    (message,) = decode(encode_message({"n": number}))
    assert message.headers["n"] == number


@given(messages)
def test_botocore_reads_what_is_encoded(sent: tuple[dict[str, HeaderValue], bytes]) -> None:
    """Botocore's decoder reads an encoded message as the message it was."""
    buffer = EventStreamBuffer()
    buffer.add_data(encode_message(*sent))
    received = next(buffer)
    assert (received.headers, received.payload) == (raw_headers(sent[0]), sent[1])


def test_one_byte_at_a_time() -> None:
    """A message comes out with its last byte, not before and not later."""
    decoder = EventStreamDecoder()
    for byte in GOOD[:-1]:
        decoder.feed(bytes([byte]))
        assert list(decoder) == []
    decoder.feed(GOOD[-1:])
    assert [message.payload for message in decoder] == [b"payload"]
    decoder.close()


def test_headers_that_change_between_frames() -> None:
    """Each message has its own frame's headers, whether they repeat or change."""
    sent = [{"a": 1}, {"a": 1}, {"b": 2}, {}, {"a": 1}]
    received = decode(b"".join(map(encode_message, sent)))
    assert [dict(message.headers) for message in received] == sent


def test_decoded_headers_are_read_only() -> None:
    """A consumer cannot change the headers that other messages of the stream share."""
    (message,) = decode(GOOD)
    with pytest.raises(TypeError):
        message.headers["n"] = 2  # type: ignore[index]


def test_payload_is_not_in_the_repr() -> None:
    """A message's repr gives the payload's size only: what a model answers is sensitive."""
    assert "payload'" not in repr(Message({}, b"payload'"))
    assert "8 bytes" in repr(Message({}, b"payload'"))


@pytest.mark.parametrize(
    ("total", "headers"),
    [
        pytest.param(2**31, 0, id="2 GiB"),
        pytest.param(2**32 - 1, 2**32 - 1, id="all ones"),
        pytest.param(16 + MAX_PAYLOAD_LENGTH + 1, 0, id="payload one over"),
        pytest.param(16 + MAX_HEADERS_LENGTH + 1, MAX_HEADERS_LENGTH + 1, id="headers one over"),
        pytest.param(0, 0, id="empty"),
        pytest.param(15, 0, id="less than its own overhead"),
        pytest.param(40, 25, id="headers beyond the frame"),
    ],
)
def test_a_false_length_is_refused_at_once(total: int, headers: int) -> None:
    """A prelude with a right checksum and a wrong length is refused with its twelfth byte, without allocating."""
    data = prelude(total, headers)
    decoder = EventStreamDecoder()
    decoder.feed(data[:11])
    assert list(decoder) == []
    decoder.feed(data[11:])
    tracemalloc.start()
    try:
        with pytest.raises(EventStreamError):
            list(decoder)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("at", range(12))
def test_a_damaged_prelude_is_refused_at_once(at: int) -> None:
    """A prelude with any byte changed is refused with its twelfth byte, before its lengths are believed."""
    data = bytearray(GOOD[:12])
    data[at] ^= 1
    decoder = EventStreamDecoder()
    decoder.feed(bytes(data))
    with pytest.raises(EventStreamError, match="prelude checksum"):
        list(decoder)


def test_the_largest_frame_passes() -> None:
    """A frame at both limits is encoded and decoded, one byte more is not encoded."""
    headers: dict[str, HeaderValue] = {f"{n:05}": b"x" * (MAX_HEADERS_LENGTH // 4 - 9) for n in range(4)}
    payload = bytes(MAX_PAYLOAD_LENGTH)
    (message,) = decode(encode_message(headers, payload))
    assert dict(message.headers) == headers
    assert message.payload == payload
    with pytest.raises(ValueError, match="payload"):
        encode_message({}, payload + b"x")
    with pytest.raises(ValueError, match="headers"):
        encode_message({**headers, "x": True})


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(b"\x01a\x0a", id="type 10"),
        pytest.param(b"\x01a\xff", id="type 255"),
        pytest.param(b"\x00\x00", id="no name"),
        pytest.param(b"\x01a\x00\x01a\x01", id="twice"),
        pytest.param(b"\x05a", id="name cut"),
        pytest.param(b"\x01a", id="type cut"),
        pytest.param(b"\x01a\x04\x00\x00", id="integer cut"),
        pytest.param(b"\x01a\x07\x00", id="size cut"),
        pytest.param(b"\x01a\x07\x00\x05abcd", id="string cut"),
        pytest.param(b"\x01a\x06\xff\xffabcd", id="bytes cut"),
        pytest.param(b"\x01a\x09" + bytes(15), id="uuid cut"),
        pytest.param(b"\x01\xff\x00", id="name not UTF-8"),
        pytest.param(b"\x01a\x07\x00\x01\xff", id="string not UTF-8"),
        pytest.param(b"\x01a\x08\x7f" + b"\xff" * 7, id="timestamp beyond the year 9999"),
        pytest.param(b"\x01a\x08\x80" + bytes(7), id="timestamp before the year 1"),
    ],
)
def test_malformed_headers(headers: bytes) -> None:
    """Headers that are not what the encoding allows are refused, although the checksums are right."""
    with pytest.raises(EventStreamError):
        decode(frame(headers, b"payload long enough to be read as a header's rest"))


@given(st.binary(max_size=60))
def test_any_header_bytes(headers: bytes) -> None:
    """Whatever bytes the headers are, they are refused with EventStreamError or decoded to what can be sent again."""
    try:
        messages = decode(frame(headers))
    except EventStreamError:
        return
    assert decode(encode_message(messages[0].headers)) == messages


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_any_damaged_byte(at: int, change: int) -> None:
    """A frame with any one byte changed is refused."""
    damaged = bytearray(GOOD)
    damaged[at] ^= change
    with pytest.raises(EventStreamError):
        decode(bytes(damaged))


@pytest.mark.parametrize("length", range(1, len(GOOD)))
def test_an_end_inside_a_frame(length: int) -> None:
    """A stream that ends inside a frame is an error, after the messages before it."""
    decoder = EventStreamDecoder()
    decoder.feed(GOOD + GOOD[:length])
    assert [message.payload for message in decoder] == [b"payload"]
    with pytest.raises(EventStreamError, match="ended"):
        decoder.close()


def test_an_end_between_frames() -> None:
    """A stream that ends after a whole frame, or before the first, ends cleanly."""
    assert decode() == []
    assert len(decode(GOOD, GOOD)) == 2


def test_nothing_is_read_after_an_error() -> None:
    """Messages before a broken frame come out first; from then on every call raises, good frames fed or not."""
    decoder = EventStreamDecoder()
    decoder.feed(GOOD + GOOD[:-1] + b"!" + GOOD)
    reading: Iterator[Message] = iter(decoder)
    assert next(reading).payload == b"payload"
    with pytest.raises(EventStreamError, match="checksum"):
        next(reading)
    with pytest.raises(EventStreamError, match="checksum"):
        decoder.feed(GOOD)
    with pytest.raises(EventStreamError, match="checksum"):
        list(decoder)
    with pytest.raises(EventStreamError, match="checksum"):
        decoder.close()


def test_what_the_error_says() -> None:
    """The error is a TransportError that may have been acted on, is not to be retried, and survives pickling."""
    error = pickle.loads(pickle.dumps(EventStreamError("broken")))
    assert isinstance(error, TransportError)
    assert str(error) == "broken"
    assert error.maybe_sent
    assert not error.retryable


def test_feeding_inside_the_loop() -> None:
    """The stream may be fed between two messages of one iteration."""
    decoder = EventStreamDecoder()
    decoder.feed(GOOD)
    payloads: list[bytes] = []
    for message in decoder:
        payloads.append(message.payload)
        if len(payloads) == 1:
            decoder.feed(encode_message({}, b"second"))
    assert payloads == [b"payload", b"second"]


def test_a_timestamp_of_another_zone() -> None:
    """A timestamp is the same moment after the journey, cut to the millisecond, in UTC."""
    sent = datetime(2026, 3, 1, 12, 0, 0, 123999, tzinfo=timezone(timedelta(hours=5)))
    (message,) = decode(encode_message({"t": sent}))
    assert message.headers["t"] == datetime(2026, 3, 1, 7, 0, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("", "x", id="no name"),
        pytest.param("n" * 256, "x", id="long name"),
        pytest.param("n", "x" * 2**15, id="long string"),
        pytest.param("n", b"x" * 2**15, id="long bytes"),
        pytest.param("n", 2**63, id="big int"),
        pytest.param("n", -(2**63) - 1, id="small int"),
        pytest.param("n", datetime(2026, 3, 1), id="naive datetime"),
    ],
)
def test_what_cannot_be_encoded(name: str, value: HeaderValue) -> None:
    """A header that the encoding cannot hold is a ValueError, not a frame that no decoder reads."""
    with pytest.raises(ValueError, match="header"):
        encode_message({name: value})


def test_a_value_of_no_header_type() -> None:
    """A value of a type that no header has is a TypeError that names the header."""
    with pytest.raises(TypeError, match=r"'ratio'.*float"):
        encode_message({"ratio": 0.5})  # type: ignore[dict-item]
