"""Messages of an event stream as events, and events as messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiosagemaker._protocols.event_stream import EventStreamDecoder, encode_message
from aiosagemaker._protocols.events import EventReader, EventWriter
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker._protocols.rest_json import RestJson
from aiosagemaker._shapes.maps import Headers
from aiosagemaker.errors import ArgumentError, EventStreamError, InternalStreamFailure, ServiceError
from aiosagemaker.sagemaker import ListEndpointsRequest
from aiosagemaker.sagemaker_runtime import RequestPayloadPart, ResponsePayloadPart
from aiosagemaker.sagemaker_runtime.models import NAMESPACE

OPERATION = NAMESPACE.operation("InvokeEndpointWithBidirectionalStream")


def message(headers: dict[str, Any], payload: bytes = b"") -> Any:
    decoder = EventStreamDecoder()
    decoder.feed(encode_message(headers, payload))
    return next(iter(decoder))


@pytest.fixture
def reader() -> EventReader:
    """Of an answer whose head named its request."""
    head = HttpResponse(200, Headers([("x-amzn-requestid", "r-1")]), b"")
    return EventReader(RestJson(), OPERATION, head)


@pytest.fixture
def writer() -> EventWriter:
    """Of the requests' stream."""
    return EventWriter(NAMESPACE, "RequestStreamEvent")


def test_an_event(reader: EventReader) -> None:
    """An event has its payload and those of its headers that the model names."""
    told = {":message-type": "event", ":event-type": "PayloadPart", "DataType": "UTF8", "Other": "x"}
    assert reader.read(message(told, b"abc")) == ResponsePayloadPart(bytes=b"abc", data_type="UTF8")


def test_an_unknown_event(reader: EventReader) -> None:
    """An event of a type that the model does not know is left out, and the next one is read."""
    assert reader.read(message({":message-type": "event", ":event-type": "Newer"}, b"{}")) is None
    known = message({":message-type": "event", ":event-type": "PayloadPart"}, b"a")
    assert reader.read(known) == ResponsePayloadPart(bytes=b"a")


def test_an_exception(reader: EventReader) -> None:
    """An exception is the model's class, with the request id of the head, and cannot be sent again safely."""
    told = {":message-type": "exception", ":exception-type": "InternalStreamFailure"}
    with pytest.raises(InternalStreamFailure, match="boom") as caught:
        reader.read(message(told, json.dumps({"Message": "boom"}).encode()))
    assert (caught.value.request_id, caught.value.maybe_sent) == ("r-1", True)


def test_an_error(reader: EventReader) -> None:
    """An error that no model knows has its code and its words."""
    told = {":message-type": "error", ":error-code": "Melted", ":error-message": "too hot"}
    with pytest.raises(ServiceError, match="too hot") as caught:
        reader.read(message(told))
    assert caught.value.code == "Melted"


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({":message-type": "riddle"}, "riddle"),
        ({}, "None"),
        ({":message-type": "event"}, ":event-type"),
        ({":message-type": "event", ":event-type": ""}, ":event-type"),
        ({":message-type": "exception"}, ":exception-type"),
        ({":message-type": "error"}, ":error-code"),
    ],
)
def test_what_is_no_event(headers: dict[str, Any], words: str, reader: EventReader) -> None:
    """A message without what says its kind is an error that names what is missing."""
    with pytest.raises(EventStreamError, match=words):
        reader.read(message(headers))


@pytest.mark.parametrize(
    ("given", "payload", "kind"),
    [
        (b"ab", b"ab", None),
        (bytearray(b"ab"), b"ab", None),
        (memoryview(b"ab"), b"ab", None),
        ("ä", "ä".encode(), "UTF8"),
        (RequestPayloadPart(bytes=b"x", data_type="BINARY"), b"x", "BINARY"),
    ],
)
def test_what_is_written(given: Any, payload: bytes, kind: str | None, writer: EventWriter) -> None:
    """Bytes and text are the payload of the first type of event, text marked as such; an event is as it is."""
    decoder = EventStreamDecoder()
    decoder.feed(writer.write(given))
    (written,) = decoder
    headers = dict(written.headers)
    assert written.payload == payload
    assert headers.pop("DataType", None) == kind
    assert headers == {
        ":message-type": "event",
        ":event-type": "PayloadPart",
        ":content-type": "application/octet-stream",
    }


@pytest.mark.parametrize("given", [5, None, ListEndpointsRequest(), ResponsePayloadPart(bytes=b"a")])
def test_what_is_not_taken(given: Any, writer: EventWriter) -> None:
    """What the stream has no type for is refused with the names of those that it has."""
    with pytest.raises(ArgumentError, match=f"RequestPayloadPart takes no {type(given).__name__}"):
        writer.write(given)
