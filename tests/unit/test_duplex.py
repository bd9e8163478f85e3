"""Streams both ways, against a server that checks every signature with code of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import h2.errors
import pytest
import pytest_asyncio
from tests.event_verifier import Frame, Verifier, frames
from tests.http2_server import Http2Server, Peer

from aiosagemaker import Credentials, RetryConfig, SageMakerRuntimeClient, TimeoutConfig
from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.errors import (
    ArgumentError,
    ConnectionClosed,
    EventStreamError,
    InputValidationError,
    InternalStreamFailure,
    ModelStreamError,
    ReadTimeout,
    SdkError,
)
from aiosagemaker.hooks import Call, Hooks, Outcome
from aiosagemaker.sagemaker_runtime import BidirectionalDataType, RequestPayloadPart, ResponsePayloadPart

KEYS = Credentials("AKIDEXAMPLE", "a-secret", "a-token")
Serve = Callable[["Side"], Awaitable[None]]


class Side:
    """The service's side of one stream: verified events in, events out."""

    def __init__(self, peer: Peer, number: int) -> None:
        self.peer = peer
        self.number = number
        self.verifier = Verifier("a-secret", peer.headers[number])
        self._taken = 0

    async def begin(self) -> None:
        """Answer with the head."""
        headers = {"x-amzn-requestid": "r-1", "x-amzn-invoked-production-variant": "blue"}
        await self.peer.answer(self.number, headers=headers)

    async def receive(self) -> Frame | None:
        """The next event; None at the end. Raises what the verifier does."""
        while True:
            data = bytes(self.peer.data[self.number])[self._taken :]
            found, _ = frames(data)
            if found:
                self._taken += len(found[0])
                return self.verifier.open(found[0])
            seen = len(self.peer.data[self.number])
            await self.peer.until(
                lambda seen=seen: (
                    len(self.peer.data[self.number]) > seen
                    or self.number in self.peer.ended
                    or self.number in self.peer.resets
                )
            )
            if len(self.peer.data[self.number]) == seen:
                raise ConnectionError("the request ended without its last frame")

    async def send(self, payload: bytes, *, end: bool = False, **headers: str) -> None:
        """Send a part."""
        told = {":message-type": "event", ":event-type": "PayloadPart", **headers}
        await self.peer.send(self.number, encode_message(told, payload), end=end)

    async def fail(self, kind: str, **members: str) -> None:
        """End with an error of the stream's."""
        told = {":message-type": "exception", ":exception-type": kind, ":content-type": "application/json"}
        await self.peer.send(self.number, encode_message(told, json.dumps(members).encode()), end=True)


async def echo(side: Side) -> None:
    """Send back what comes, and end when the client does."""
    await side.begin()
    while (event := await side.receive()) is not None:
        kind = {"DataType": str(event.headers["DataType"])} if "DataType" in event.headers else {}
        await side.send(event.payload, **kind)
    await side.peer.send(side.number, b"", end=True)


@asynccontextmanager
async def serving(serve: Serve, count: int = 1, **settings: Any) -> AsyncIterator[SageMakerRuntimeClient]:
    """A client of a server that serves so many streams, one after another or at once."""

    async def script(peer: Peer) -> None:
        for number in range(count):
            await peer.request(number + 1)
            await serve(Side(peer, sorted(peer.headers)[number]))

    async with (
        Http2Server(script) as server,
        SageMakerRuntimeClient(
            **{
                "region": "us-east-1",
                "credentials": KEYS,
                "endpoint_url": f"http://127.0.0.1:{server.port}",
                "timeouts": TimeoutConfig(connect=5, read=5),
                "retry": RetryConfig(max_attempts=1),
                **settings,
            }
        ) as client,
    ):
        yield client


@pytest_asyncio.fixture
async def client() -> AsyncIterator[SageMakerRuntimeClient]:
    async with serving(echo) as made:
        yield made


async def test_both_ways(client: SageMakerRuntimeClient) -> None:
    """Parts go and come while neither side has ended, and the answer's head is there from the beginning."""
    async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
        assert stream.response.invoked_production_variant == "blue"
        assert stream.response.response_metadata.request_id == "r-1"
        for number in range(20):
            await stream.send(RequestPayloadPart(bytes=str(number).encode()))
            assert await anext(stream) == ResponsePayloadPart(bytes=str(number).encode())
        await stream.end()
        assert [part async for part in stream] == []


async def test_text_and_bytes(client: SageMakerRuntimeClient) -> None:
    """Bytes and text are sent as the payload of a part; text says that it is text."""
    async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
        await stream.send(b"\x00\xff")
        await stream.send("grüß dich")
        await stream.end()
        first, second = [part async for part in stream]
    assert (first.bytes, first.data_type) == (b"\x00\xff", None)
    assert (second.bytes, second.data_type) == ("grüß dich".encode(), BidirectionalDataType.UTF8)


async def test_what_is_sent() -> None:
    """The request's head has the members, the content type, and the mark that its events are signed."""
    seen: dict[str, str] = {}

    async def serve(side: Side) -> None:
        seen.update(side.peer.headers[side.number])
        await echo(side)

    async with serving(serve) as client:
        call = client.invoke_endpoint_with_bidirectional_stream(
            endpoint_name="e", target_variant="blue", model_invocation_path="v1/listen", model_query_string="a=b&c=d"
        )
        async with call as stream:
            await stream.end()
            assert [part async for part in stream] == []
    assert seen[":method"] == "POST"
    assert seen[":path"] == "/endpoints/e/invocations-bidirectional-stream"
    assert seen["content-type"] == "application/vnd.amazon.eventstream"
    assert seen["x-amz-content-sha256"] == "STREAMING-AWS4-HMAC-SHA256-EVENTS"
    assert seen["x-amzn-sagemaker-target-variant"] == "blue"
    assert seen["x-amzn-sagemaker-model-invocation-path"] == "v1/listen"
    assert seen["x-amzn-sagemaker-model-query-string"] == "a=b&c=d"
    assert seen["x-amz-security-token"] == "a-token"
    assert seen["user-agent"].startswith("aiosagemaker/")


async def test_address() -> None:
    """Without an address of the user's own it goes to the service's port for HTTP/2."""
    async with SageMakerRuntimeClient(region="us-east-1", credentials=KEYS) as client:
        request = client._namespace["InvokeEndpointWithBidirectionalStreamRequest"](endpoint_name="e")
        prepared = await client._session.prepare("InvokeEndpointWithBidirectionalStream", request)
    assert (prepared.url.host, prepared.url.port) == ("runtime.sagemaker.us-east-1.amazonaws.com", 8443)


async def test_one_task_writes_and_another_reads(client: SageMakerRuntimeClient) -> None:
    """Two tasks may share a stream, and a third may write too: each event leaves whole and in the chain's order."""
    async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:

        async def write(mark: bytes) -> None:
            for number in range(50):
                await stream.send(mark * 1000 + str(number).encode())

        async def read() -> list[bytes]:
            return [part.bytes or b"" async for part in stream]

        reading = asyncio.create_task(read())
        await asyncio.gather(write(b"a"), write(b"b"))
        await stream.end()
        received = await reading
    for mark in (b"a", b"b"):
        assert [part for part in received if part.startswith(mark)] == [
            mark * 1000 + str(number).encode() for number in range(50)
        ]


async def test_ten_thousand_events(client: SageMakerRuntimeClient) -> None:
    """Ten thousand events pass, and the server finds no wrong signature."""
    async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:

        async def write() -> None:
            for _ in range(10_000):
                await stream.send(b"x" * 100)
            await stream.end()

        writing = asyncio.create_task(write())
        assert sum([len(part.bytes or b"") async for part in stream]) == 1_000_000
        await writing


async def test_streams_at_once_share_a_connection() -> None:
    """Several streams of a client go over one connection."""
    peers: set[int] = set()

    async def script(peer: Peer) -> None:
        peers.add(id(peer))
        await peer.request(3)
        await asyncio.gather(*(echo(Side(peer, number)) for number in peer.headers))

    async with (
        Http2Server(script) as server,
        SageMakerRuntimeClient(
            region="us-east-1", credentials=KEYS, endpoint_url=f"http://127.0.0.1:{server.port}"
        ) as client,
    ):

        async def talk(text: str) -> str:
            async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
                await stream.send(text)
                await stream.end()
                return "".join([(part.bytes or b"").decode() async for part in stream])

        assert await asyncio.gather(talk("one"), talk("two"), talk("three")) == ["one", "two", "three"]
    assert len(peers) == 1


@pytest.mark.parametrize("error", [ModelStreamError, InternalStreamFailure])
async def test_errors_in_the_stream(error: type[SdkError]) -> None:
    """What the service ends the stream with is raised by its own class, after the parts that came before."""

    async def serve(side: Side) -> None:
        await side.begin()
        await side.send(b"part")
        await side.fail(error.__name__, Message="the model is gone", ErrorCode="ModelInvocationTimeExceeded")

    async with (
        serving(serve) as client,
        client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        assert (await anext(stream)).bytes == b"part"
        with pytest.raises(error, match="the model is gone"):
            await anext(stream)


async def test_a_refusal() -> None:
    """A refusal is raised on entering, by the model's class."""

    async def serve(side: Side) -> None:
        await side.peer.answer(side.number, 400, {"x-amzn-errortype": "InputValidationError"})
        await side.peer.send(side.number, b'{"Message": "no such endpoint", "ErrorCode": "E"}', end=True)

    async with serving(serve) as client:
        with pytest.raises(InputValidationError, match="no such endpoint") as caught:
            await client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e").__aenter__()
    assert caught.value.error_code == "E"


async def test_retried_until_the_head() -> None:
    """Like any other call it is retried until the answer's head is there: signed anew, with the service's time."""
    answers = iter([503, 403, 200])
    dates: list[str] = []

    async def serve(side: Side) -> None:
        dates.append(side.peer.headers[side.number]["x-amz-date"])
        match next(answers):
            case 503:
                await side.peer.answer(side.number, 503, {"x-amzn-errortype": "ServiceUnavailableError"})
                await side.peer.send(side.number, b"{}", end=True)
            case 403:
                late = datetime(2030, 1, 1, tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
                headers = {"x-amzn-errortype": "InvalidSignatureException", "date": late}
                await side.peer.answer(side.number, 403, headers)
                await side.peer.send(side.number, b'{"message": "Signature expired"}', end=True)
            case _:
                await echo(side)

    async with (
        serving(serve, 3, retry=RetryConfig(max_attempts=3)) as client,
        client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        await stream.send(b"after all")
        assert (await anext(stream)).bytes == b"after all"
        assert stream.response.response_metadata.attempts == 3
    assert dates[2].startswith("20300101T")


async def test_a_stream_refused_by_the_connection_is_tried_again() -> None:
    """A stream that the server did not look at is opened again."""
    first = True

    async def serve(side: Side) -> None:
        nonlocal first
        if first:
            first = False
            await side.peer.reset(side.number, h2.errors.ErrorCodes.REFUSED_STREAM)
            return
        await echo(side)

    async with (
        serving(serve, 2, retry=RetryConfig(max_attempts=2)) as client,
        client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        await stream.end()
        assert [part async for part in stream] == []


async def test_damage_at_each_byte() -> None:
    """A frame that is damaged at any byte is an EventStreamError, never a part."""
    good = encode_message({":message-type": "event", ":event-type": "PayloadPart"}, b"payload")
    for at in range(len(good)):
        bad = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]

        async def serve(side: Side, bad: bytes = bad) -> None:
            await side.begin()
            await side.peer.send(side.number, bad, end=True)

        async with (
            serving(serve) as client,
            client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
        ):
            with pytest.raises(EventStreamError):
                await anext(stream)


@pytest.mark.parametrize("cut", ["drop", "end"])
async def test_cut_inside_a_frame(cut: str) -> None:
    """A connection, or a stream, that ends inside a frame is an error."""
    frame = encode_message({":message-type": "event", ":event-type": "PayloadPart"}, b"payload")

    async def serve(side: Side) -> None:
        await side.begin()
        await side.peer.send(side.number, frame + frame[:20], end=cut == "end")
        if cut == "drop":
            await asyncio.sleep(0.05)
            side.peer.drop()

    async with (
        serving(serve) as client,
        client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        assert (await anext(stream)).bytes == b"payload"
        with pytest.raises((EventStreamError, ConnectionClosed)):
            await anext(stream)
        with pytest.raises((EventStreamError, ConnectionClosed)):
            await anext(stream)


async def test_a_silent_model() -> None:
    """A model that says nothing for `read` seconds ends the wait, by the setting's name."""

    async def serve(side: Side) -> None:
        await side.begin()

    async with (
        serving(serve, timeouts=TimeoutConfig(connect=5, read=0.2)) as client,
        client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        with pytest.raises(ReadTimeout, match=r"TimeoutConfig\.read"):
            await anext(stream)


async def test_leaving_early_resets_the_stream() -> None:
    """Leaving the block before both sides have ended says so to the server."""
    resets: dict[int, int] = {}

    async def serve(side: Side) -> None:
        await side.begin()
        await side.peer.until(lambda: bool(side.peer.resets))
        resets.update(side.peer.resets)

    async with serving(serve) as client:
        async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
            await stream.send(b"part")
        await asyncio.sleep(0.05)
    assert resets == {1: h2.errors.ErrorCodes.CANCEL}


async def test_a_cancelled_send_spoils_the_sending() -> None:
    """A frame that left in part, or was signed and did not leave, would break the chain: nothing more can be sent."""

    async def serve(side: Side) -> None:
        side.peer.acknowledges = False
        await side.begin()

    async with (
        serving(serve) as client,
        client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream,
    ):
        task = asyncio.create_task(stream.send(b"x" * 200_000))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(ConnectionClosed):
            await stream.send(b"more")


async def test_hooks_are_told_of_its_end() -> None:
    """What an event could not be sent for is told as the stream's error, unless reading finds the service's."""

    class Ends(Hooks):
        def __init__(self) -> None:
            self.errors: list[Any] = []

        def stream_ended(self, call: Call, outcome: Outcome) -> None:
            self.errors.append(outcome.error)

    async def serve(side: Side) -> None:
        await side.begin()
        await side.fail("ModelStreamError", Message="the model is gone", ErrorCode="ModelInvocationTimeExceeded")

    async def send_on(stream: Any) -> None:
        while True:
            await stream.send(b"more")
            await asyncio.sleep(0)

    hooks = Ends()
    async with serving(serve, 2, hooks=[hooks]) as client:
        for read in (False, True):
            async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
                with pytest.raises(ConnectionClosed) as unsent:
                    await send_on(stream)
                if read:
                    with pytest.raises(ModelStreamError) as caught:
                        await anext(stream)
            told = caught.value if read else unsent.value
            assert hooks.errors.pop() is told


async def test_after_the_end(client: SageMakerRuntimeClient) -> None:
    """After `end` nothing can be sent, and `end` may be called again."""
    async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
        await stream.end()
        await stream.end()
        with pytest.raises(ConnectionClosed, match="ended"):
            await stream.send(b"more")


async def test_what_it_does_not_take(client: SageMakerRuntimeClient) -> None:
    """An event that the operation does not stream is refused before anything is sent, and the stream goes on."""
    other: Any = ResponsePayloadPart(bytes=b"")
    async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
        with pytest.raises(ArgumentError, match="RequestPayloadPart"):
            await stream.send(other)
        await stream.send(b"fine")
        assert (await anext(stream)).bytes == b"fine"


async def test_outside_of_its_block(client: SageMakerRuntimeClient) -> None:
    """A stream that was not entered can neither be written nor read."""
    stream = client.invoke_endpoint_with_bidirectional_stream(endpoint_name="e")
    for wrong in (stream.send(b""), stream.end(), anext(stream)):
        with pytest.raises(ArgumentError, match="async with"):
            await wrong


async def test_unsigned() -> None:
    """A client that does not sign sends its events as they are."""
    received: list[bytes] = []

    async def script(peer: Peer) -> None:
        number = await peer.request()
        assert "authorization" not in peer.headers[number]
        await peer.answer(number)
        await peer.until(lambda: number in peer.ended)
        received.extend(Frame(frame).payload for frame in frames(peer.data[number])[0])
        await peer.send(number, b"", end=True)

    from aiosagemaker._http.signing import UNSIGNED

    async with Http2Server(script) as server:
        client = SageMakerRuntimeClient(region="us-east-1", endpoint_url=f"http://127.0.0.1:{server.port}")
        unsigned = client._over(client._session.having(signer=UNSIGNED))
        async with unsigned.invoke_endpoint_with_bidirectional_stream(endpoint_name="e") as stream:
            await stream.send(b"plain")
            await stream.end()
            assert [part async for part in stream] == []
        await unsigned.close()
    assert received == [b"plain"]
