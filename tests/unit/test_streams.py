"""Streams of events over HTTP: entered, read, left and broken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.errors import ArgumentError, EventStreamError, ModelStreamError

if TYPE_CHECKING:
    from aiosagemaker import SageMakerRuntimeClient

PART = {":message-type": "event", ":event-type": "PayloadPart"}
FAILED = {":message-type": "exception", ":exception-type": "ModelStreamError"}


def stream_of(runtime: SageMakerRuntimeClient, server: Any, *messages: bytes) -> Any:
    headers = {"Content-Type": "application/vnd.amazon.eventstream", "x-Amzn-Invoked-Production-Variant": "blue"}
    server.answer(b"".join(messages), headers=headers)
    return runtime.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"")


def parts(*payloads: bytes) -> list[bytes]:
    return [encode_message(PART, payload) for payload in payloads]


async def test_events_in_their_order(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Inside its block a stream has the head's members, and gives its events once, in order."""
    async with stream_of(runtime, server, *parts(b"a", b"b")) as stream:
        assert stream.response.invoked_production_variant == "blue"
        assert [event.bytes async for event in stream] == [b"a", b"b"]
        assert [event async for event in stream] == []


async def test_outside_of_its_block(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A stream sends nothing before it is entered, says so when it is read, and is entered once."""
    stream = stream_of(runtime, server, *parts(b"a"))
    with pytest.raises(ArgumentError, match="inside `async with`"):
        _ = stream.response
    with pytest.raises(ArgumentError, match="inside `async with`"):
        await anext(stream)
    assert server.received == []
    async with stream:
        pass
    with pytest.raises(ArgumentError, match="entered once"):
        await stream.__aenter__()
    assert len(server.received) == 1


async def test_lines(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Lines are joined over the borders of events, the last one without its end too, and are bounded."""
    async with stream_of(runtime, server, *parts(b"on", b"e\r\ntw", b"o\nthree")) as stream:
        assert [line async for line in stream.lines()] == ["one", "two", "three"]
    async with stream_of(runtime, server, *parts(b"12345678\n")) as stream:
        with pytest.raises(EventStreamError):
            _ = [line async for line in stream.lines(max_length=4)]


async def test_server_sent_events(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Server-sent events are those of the joined payloads; one that is cut off is dropped."""
    async with stream_of(runtime, server, *parts(b"event: x\nda", b"ta: 1\n\ndata: 2\n\ndata: 3")) as stream:
        events = [(event.event, event.data) async for event in stream.events()]
    assert events == [("x", "1"), ("message", "2")]


async def test_an_error_of_the_service(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """An error in the stream is the model's class, comes after the events before it, and again at each reading."""
    broken = encode_message(FAILED, json.dumps({"Message": "boom", "ErrorCode": "StreamBroken"}).encode())
    async with stream_of(runtime, server, *parts(b"a"), broken) as stream:
        assert (await anext(stream)).bytes == b"a"
        for _ in range(2):
            with pytest.raises(ModelStreamError) as caught:
                await anext(stream)
            assert (caught.value.message, caught.value.error_code) == ("boom", "StreamBroken")


async def test_an_end_inside_an_event(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A stream that ends inside an event is damaged, not ended."""
    async with stream_of(runtime, server, parts(b"abc")[0][:-3]) as stream:
        with pytest.raises(EventStreamError):
            await anext(stream)
