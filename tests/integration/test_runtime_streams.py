"""Streamed answers from a real model server: whole, as they arrive, and never cut short unseen."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import struct
import tracemalloc
import zlib
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiosagemaker import Credentials, HttpConfig, RetryConfig, SageMakerRuntimeClient, TimeoutConfig
from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.errors import (
    ArgumentError,
    ConnectionClosed,
    EventStreamError,
    ReadTimeout,
    ResponseParseError,
    SdkError,
    ServiceError,
)
from aiosagemaker.sagemaker_runtime import InternalStreamFailure, ModelError, ModelStreamError, PayloadPart

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    Script = Callable[["Connection"], Awaitable[None]]

CHUNKED = "Transfer-Encoding: chunked\r\n"


def part(data: bytes) -> bytes:
    """The frame of one PayloadPart."""
    headers = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
    return encode_message(headers, data)


def exception(kind: str, **members: Any) -> bytes:
    """The frame of an exception."""
    headers = {":message-type": "exception", ":exception-type": kind, ":content-type": "application/json"}
    return encode_message(headers, json.dumps(members).encode())


def cut(data: bytes, seed: int, pieces: int) -> Iterable[bytes]:
    """The data, cut at random places."""
    at = [0, *sorted(random.Random(seed).sample(range(1, len(data)), pieces - 1)), len(data)]
    return (data[start:end] for start, end in itertools.pairwise(at))


class Connection:
    """The server's side of one connection: requests come in, and the script writes what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.written = 0

    async def request(self) -> bool:
        """Take one request; whether there was one."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return False
        length = next(
            (int(line[15:]) for line in head.decode().split("\r\n") if line.lower().startswith("content-length:")), 0
        )
        await self.reader.readexactly(length)
        return True

    async def head(self, headers: str = CHUNKED, status: str = "200 OK") -> None:
        """Write an answer's head."""
        await self.raw(f"HTTP/1.1 {status}\r\nx-amzn-RequestId: request-1\r\n{headers}\r\n".encode())

    async def raw(self, data: bytes) -> None:
        """Write bytes as they are, once the client has taken what was written before."""
        self.writer.write(data)
        await self.writer.drain()
        self.written += len(data)

    async def chunk(self, data: bytes) -> None:
        """Write one chunk of a chunked answer."""
        await self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        """Write the end of a chunked answer."""
        await self.raw(b"0\r\n\r\n")


class ModelServer:
    """A server on loopback whose answers are scripts. The last script answers every further request too."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.connections = 0
        self.requests = 0
        self.gone = asyncio.Event()
        self.url = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.url = f"http://{host}:{port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: Any = asyncio.current_task()
        self._tasks.add(task)
        self.connections += 1
        connection = Connection(reader, writer)
        try:
            while await connection.request():
                self.requests += 1
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                await script(connection)
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self.gone.set()
            writer.close()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest_asyncio.fixture
async def model() -> AsyncIterator[ModelServer]:
    """A model server."""
    server = ModelServer()
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def make_runtime(model: ModelServer) -> AsyncIterator[Callable[..., SageMakerRuntimeClient]]:
    """Clients of the model server."""
    made: list[SageMakerRuntimeClient] = []

    def make(**overrides: Any) -> SageMakerRuntimeClient:
        settings: dict[str, Any] = {
            "region": "us-east-1",
            "endpoint_url": model.url,
            "credentials": Credentials("AKIDEXAMPLE", "secret"),
            **overrides,
        }
        made.append(SageMakerRuntimeClient(**settings))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def runtime(make_runtime: Callable[..., SageMakerRuntimeClient]) -> SageMakerRuntimeClient:
    """A client of the model server."""
    return make_runtime()


def answers(*pieces: bytes, headers: str = CHUNKED, ends: bool = True) -> Script:
    """A script of one chunked answer."""

    async def script(connection: Connection) -> None:
        await connection.head(headers)
        for piece in pieces:
            await connection.chunk(piece)
        if ends:
            await connection.end()
        else:
            connection.writer.close()

    return script


def open_stream(client: SageMakerRuntimeClient) -> Any:
    return client.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"hello")


async def read(client: SageMakerRuntimeClient) -> list[bytes]:
    async with open_stream(client) as stream:
        return [each.bytes async for each in stream]


async def test_parts_cut_anywhere(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """A thousand parts come out whole and in order, wherever the connection cuts their bytes."""
    chance = random.Random(4)
    parts = [chance.randbytes(chance.randrange(300)) for _ in range(1000)]
    for seed in range(3):
        model.scripts = [answers(*cut(b"".join(map(part, parts)), seed, 1500))]
        assert await read(runtime) == parts
    assert model.connections == 1


async def test_parts_arrive_as_they_are_sent(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """The first part reaches the reader before the server writes the second."""
    received = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.chunk(part(b"one"))
        await received.wait()
        await connection.chunk(part(b"two"))
        await connection.end()

    model.scripts = [script]
    async with open_stream(runtime) as stream:
        assert await anext(stream) == PayloadPart(bytes=b"one")
        received.set()
        assert [each.bytes async for each in stream] == [b"two"]


async def test_the_response_of_a_stream(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """The members in the answer's headers, and its metadata, are there before the first part."""
    headers = (
        "X-Amzn-SageMaker-Content-Type: text/plain\r\nx-Amzn-Invoked-Production-Variant: blue\r\n"
        "X-Amzn-SageMaker-Custom-Attributes: a=1\r\n" + CHUNKED
    )
    model.scripts = [answers(headers=headers)]
    async with open_stream(runtime) as stream:
        response = stream.response
        assert response.content_type == "text/plain"
        assert response.invoked_production_variant == "blue"
        assert response.custom_attributes == "a=1"
        assert response.http_status == 200
        assert response.response_metadata.request_id == "request-1"
        assert response.response_metadata.attempts == 1
        assert [each async for each in stream] == []


async def test_many_bytes_in_little_memory(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """A hundred megabytes stream through memory that stays flat."""
    frame = part(bytes(64 * 1024))

    async def script(connection: Connection) -> None:
        await connection.head()
        for _ in range(1600):
            await connection.chunk(frame)
        await connection.end()

    model.scripts = [script]
    total = 0
    tracemalloc.start()
    try:
        async with open_stream(runtime) as stream:
            async for each in stream:
                total += len(each.bytes)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == 1600 * 64 * 1024
    assert peak < 4 * 1024 * 1024


async def test_a_slow_reader_holds_the_server_back(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """What a reader does not take stays with the server, but for what the sockets hold."""
    frame = part(bytes(1024 * 1024))
    connections: list[Connection] = []

    async def script(connection: Connection) -> None:
        connections.append(connection)
        await connection.head()
        for _ in range(100):
            await connection.chunk(frame)
        await connection.end()

    model.scripts = [script]
    tracemalloc.start()
    try:
        async with open_stream(runtime) as stream:
            await anext(stream)
            before = -1
            while connections[0].written != before:
                before = connections[0].written
                await asyncio.sleep(0.05)  # until the server is stuck
            assert before < 50 * len(frame)
            assert tracemalloc.get_traced_memory()[1] < 10 * 1024 * 1024
            assert len([each async for each in stream]) == 99
    finally:
        tracemalloc.stop()


def with_length(data: bytes, length: int) -> Script:
    async def script(connection: Connection) -> None:
        await connection.head(f"Content-Length: {length}\r\n")
        await connection.raw(data)
        if length != len(data):
            connection.writer.close()

    return script


async def test_a_stream_with_a_length(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """An answer may say its length instead of being chunked."""
    data = part(b"one") + part(b"two")
    model.scripts = [with_length(data, len(data))]
    assert await read(runtime) == [b"one", b"two"]


@pytest.mark.parametrize("framing", ["chunked", "length", "reset"])
@pytest.mark.parametrize("at", [0, 5, 12, 30, -1, None])
async def test_a_stream_that_is_cut(
    runtime: SageMakerRuntimeClient, model: ModelServer, framing: str, at: int | None
) -> None:
    """A connection that ends before its answer is an error, between two frames too, after the parts before it."""
    whole, tail = part(b"one"), b"" if at is None else part(b"two")[:at]

    async def reset(connection: Connection) -> None:
        await connection.head()
        await connection.chunk(whole + tail)
        connection.writer.transport.abort()

    model.scripts = [
        {
            "chunked": answers(whole, tail or b"", ends=False) if tail else answers(whole, ends=False),
            "length": with_length(whole + tail, len(whole + tail) + 1),
            "reset": reset,
        }[framing]
    ]
    parts: list[bytes] = []

    async def collect() -> None:
        async with open_stream(runtime) as stream:
            async for each in stream:
                parts.append(each.bytes)  # noqa: PERF401  # what came before the error counts

    with pytest.raises(ConnectionClosed) as caught:
        await collect()
    assert caught.value.maybe_sent
    # A reset may overtake what was sent before it.
    assert parts == [b"one"] or (framing == "reset" and not parts)
    assert model.requests == 1


@pytest.mark.parametrize("at", [1, 5, 11, 12, 30, -1])
async def test_an_answer_that_ends_inside_a_frame(runtime: SageMakerRuntimeClient, model: ModelServer, at: int) -> None:
    """An answer that is complete, with a frame that is not, is an error after the parts before it."""
    model.scripts = [answers(part(b"one"), part(b"two")[:at])]
    async with open_stream(runtime) as stream:
        assert (await anext(stream)).bytes == b"one"
        for _ in range(2):
            with pytest.raises(EventStreamError, match="ended inside a frame"):
                await anext(stream)


def damaged(frame: bytes, at: int) -> bytes:
    changed = bytearray(frame)
    changed[at] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("at", range(0, len(part(b"two")), 7))
async def test_a_damaged_frame(runtime: SageMakerRuntimeClient, model: ModelServer, at: int) -> None:
    """A frame with one wrong bit is an error, and the parts before it are delivered."""
    model.scripts = [answers(part(b"one") + damaged(part(b"two"), at) + part(b"three"))]
    async with open_stream(runtime) as stream:
        assert (await anext(stream)).bytes == b"one"
        with pytest.raises(EventStreamError) as caught:
            await anext(stream)
        assert (caught.value.maybe_sent, caught.value.retryable) == (True, False)


async def test_a_frame_that_claims_two_gigabytes(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """A frame's length is refused before anything is allocated for it."""
    lengths = struct.pack("!II", 2**31, 0)
    model.scripts = [answers(lengths + struct.pack("!I", zlib.crc32(lengths)))]
    tracemalloc.start()
    try:
        async with open_stream(runtime) as stream:
            with pytest.raises(EventStreamError, match="claims"):
                await anext(stream)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


async def test_model_stream_error(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """An error inside a stream is raised as its class, with its members, after the parts before it."""
    failure = exception("ModelStreamError", Message="gone", ErrorCode="StreamBroken")
    model.scripts = [answers(part(b"one") + failure + part(b"two"))]
    async with open_stream(runtime) as stream:
        assert (await anext(stream)).bytes == b"one"
        for _ in range(2):
            with pytest.raises(ModelStreamError) as caught:
                await anext(stream)
    error = caught.value
    assert (error.message, error.error_code, error.code, error.maybe_sent) == (
        "gone",
        "StreamBroken",
        "ModelStreamError",
        True,
    )
    assert (error.request_id, error.operation) == ("request-1", "InvokeEndpointWithResponseStream")
    assert model.requests == 1


@pytest.mark.parametrize(
    ("frame", "cls", "code", "message"),
    [
        (exception("InternalStreamFailure", Message="m"), InternalStreamFailure, "InternalStreamFailure", "m"),
        (exception("Novel", message="m"), ServiceError, "Novel", "m"),
        (encode_message({":message-type": "exception", ":exception-type": "Novel"}, b"?"), ServiceError, "Novel", "?"),
        (
            encode_message({":message-type": "error", ":error-code": "Broken", ":error-message": "m"}),
            ServiceError,
            "Broken",
            "m",
        ),
    ],
)
async def test_other_errors_in_a_stream(
    runtime: SageMakerRuntimeClient, model: ModelServer, frame: bytes, cls: type[ServiceError], code: str, message: str
) -> None:
    """Errors that the model names have their class, and others keep their code."""
    model.scripts = [answers(frame)]
    async with open_stream(runtime) as stream:
        with pytest.raises(ServiceError) as caught:
            await anext(stream)
    assert (type(caught.value), caught.value.code, caught.value.message) == (cls, code, message)


async def test_unknown_events_are_skipped(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """An event of a type that a newer service has does not break an older client."""
    unknown = encode_message({":message-type": "event", ":event-type": "Progress"}, b"50%")
    model.scripts = [answers(unknown + part(b"one") + unknown * 1000 + part(b"") + unknown)]
    assert await read(runtime) == [b"one", b""]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {":message-type": "novel"},
        {":message-type": 5},
        {":message-type": "event"},
        {":message-type": "event", ":event-type": 5},
        {":message-type": "exception"},
        {":message-type": "error"},
    ],
)
async def test_messages_that_are_not_events(
    runtime: SageMakerRuntimeClient, model: ModelServer, headers: dict[str, Any]
) -> None:
    """A message that does not say what it is is an error, not passed over."""
    model.scripts = [answers(encode_message(headers, b"x"))]
    async with open_stream(runtime) as stream:
        with pytest.raises(EventStreamError):
            await anext(stream)


LINES = ['{"token": "é漢🚀"}', "", '{"a": "\\r"}', "x" * 3000, "last without an end"]


async def test_lines(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """Lines come out whole wherever the parts cut them, inside a character too, with either line end."""
    text = f"{LINES[0]}\n{LINES[1]}\r\n{LINES[2]}\n{LINES[3]}\r\n{LINES[4]}".encode()
    for seed in range(5):
        model.scripts = [answers(b"".join(map(part, cut(text, seed, 200))))]
        async with open_stream(runtime) as stream:
            assert [line async for line in stream.lines()] == LINES


async def test_server_sent_events(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """Server-sent events come out whole wherever the parts cut them, each as soon as its empty line is there."""
    text = 'id: 7\ndata: {"t": "é🚀"}\n\n: ping\nevent: done\r\ndata: a\r\ndata: b\r\n\r\ndata: [DONE]\n\n'.encode()
    for seed in range(5):
        model.scripts = [answers(b"".join(map(part, cut(text, seed, 60))))]
        async with open_stream(runtime) as stream:
            events = [event async for event in stream.events()]
        assert [(event.event, event.data) for event in events] == [
            ("message", '{"t": "é🚀"}'),
            ("done", "a\nb"),
            ("message", "[DONE]"),
        ]


@pytest.mark.parametrize("form", ["lines", "events"])
async def test_text_of_a_stream_that_breaks(runtime: SageMakerRuntimeClient, model: ModelServer, form: str) -> None:
    """Text before a break is delivered, and the break is an error there too; so is a line without end."""
    model.scripts = [answers(part(b"data: a\n\n") + exception("ModelStreamError", Message="m"))]
    async with open_stream(runtime) as stream, aclosing(getattr(stream, form)()) as texts:
        assert await anext(texts)
        with pytest.raises(ModelStreamError):
            [text async for text in texts]
    model.scripts = [answers(part(b"x" * 1000))]
    async with open_stream(runtime) as stream:
        with pytest.raises(EventStreamError, match="longer than"):
            [text async for text in getattr(stream, form)(max_length=100)]


@pytest.mark.parametrize("how", ["break", "raise", "unread", "cancel"])
async def test_leaving_early_closes_the_connection(
    runtime: SageMakerRuntimeClient, model: ModelServer, how: str
) -> None:
    """A reader who leaves in the middle, however, lets the server know at once, and the client can go on."""
    reading = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.chunk(part(b"one"))
        await connection.reader.read()  # until the client closes

    async def use() -> None:
        async with open_stream(runtime) as stream:
            if how == "unread":
                return
            async for _ in stream:
                if how == "break":
                    break
                if how == "raise":
                    raise KeyError
                reading.set()

    model.scripts = [script]
    task = asyncio.ensure_future(use())
    if how == "cancel":
        await reading.wait()
        task.cancel()
    (end,) = await asyncio.gather(task, return_exceptions=True)
    assert type(end) is {"raise": KeyError, "cancel": asyncio.CancelledError}.get(how, type(None))
    await asyncio.wait_for(model.gone.wait(), 5)
    model.scripts = [answers(part(b"two"))]
    assert await read(runtime) == [b"two"]


async def test_streams_share_connections(
    make_runtime: Callable[..., SageMakerRuntimeClient], model: ModelServer
) -> None:
    """A stream gives its place among `max_connections` back, read to its end, left early or never begun."""
    client = make_runtime(http=HttpConfig(max_connections=1), retry=RetryConfig(mode="off"))
    for _ in range(3):
        model.scripts = [answers(part(b"one"), part(b"two"))]
        assert await read(client) == [b"one", b"two"]
        async with open_stream(client) as stream:
            await anext(stream)
        model.scripts = [answers(part(b"one"), ends=False)]
        with pytest.raises(ConnectionClosed):
            await read(client)
        model.scripts = [refusal("400 Bad Request", {"code": "ValidationError"})]
        with pytest.raises(ServiceError):
            await read(client)


def refusal(status: str, body: dict[str, Any], headers: str = "") -> Script:
    content = json.dumps(body).encode()

    async def script(connection: Connection) -> None:
        await connection.head(f"{headers}Content-Length: {len(content)}\r\n", status)
        await connection.raw(content)

    return script


async def test_refusals_are_as_of_any_call(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """An endpoint that refuses to stream is retried and raised as with any operation."""
    model.scripts = [refusal("503 Unavailable", {}), answers(part(b"one"))]
    async with open_stream(runtime) as stream:
        assert stream.response.response_metadata.attempts == 2
        assert (await anext(stream)).bytes == b"one"
    model.scripts = [refusal("424 Failed", {"Message": "m"}, "x-amzn-errortype: ModelError\r\n")]
    with pytest.raises(ModelError):
        await read(runtime)


async def test_an_encoded_stream(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """A content coding that was not asked for is told by its name, not as a damaged frame."""
    model.scripts = [answers(zlib.compress(part(b"one")), headers=f"Content-Encoding: deflate\r\n{CHUNKED}")]
    with pytest.raises(ResponseParseError, match="deflate"):
        await read(runtime)


async def test_a_silent_stream(make_runtime: Callable[..., SageMakerRuntimeClient], model: ModelServer) -> None:
    """A server that falls silent in the middle is given up after the read timeout."""

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.chunk(part(b"one"))
        await connection.reader.read()

    model.scripts = [script]
    async with open_stream(make_runtime(timeouts=TimeoutConfig(read=0.05))) as stream:
        assert (await anext(stream)).bytes == b"one"
        with pytest.raises(ReadTimeout):
            await anext(stream)
    await asyncio.wait_for(model.gone.wait(), 5)


async def test_a_client_that_is_closed_under_a_stream(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """Closing the client in the middle of a stream is an error to its reader, not an end."""

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.chunk(part(b"one"))
        await connection.reader.read()

    model.scripts = [script]
    async with open_stream(runtime) as stream:
        await anext(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        await runtime.close()
        with pytest.raises(ConnectionClosed, match="the client was closed"):
            await asyncio.wait_for(waiting, 5)


async def test_a_client_that_is_closed_under_a_call(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """Closing the client while an answer's body comes in is an error to the caller, who does not wait for ever."""
    begun = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.head("Content-Length: 100\r\n")
        await connection.raw(b"abc")
        begun.set()
        await connection.reader.read()

    model.scripts = [script]
    call = asyncio.ensure_future(runtime.invoke_endpoint(endpoint_name="e", body=b""))
    await begun.wait()
    await asyncio.sleep(0.05)  # until the head has been read
    await runtime.close()
    with pytest.raises(SdkError):
        await asyncio.wait_for(call, 5)


async def test_misuse(runtime: SageMakerRuntimeClient, model: ModelServer) -> None:
    """A stream is used inside `async with`, once; anything else says so, and sends nothing."""
    stream = open_stream(runtime)
    with pytest.raises(ArgumentError, match="async with"):
        await anext(stream)
    with pytest.raises(ArgumentError, match="async with"):
        _ = stream.response
    assert model.requests == 0
    model.scripts = [answers(part(b"one"), part(b"two"))]
    async with stream:
        assert (await anext(stream)).bytes == b"one"
    with pytest.raises(ArgumentError, match="async with"):
        await anext(stream)
    with pytest.raises(ArgumentError, match="once"):
        await stream.__aenter__()
    with pytest.raises(ArgumentError):
        runtime.invoke_endpoint_with_response_stream(endpoint="e")  # type: ignore[call-overload]  # on purpose
    finished = open_stream(runtime)
    async with finished:
        assert len([each async for each in finished]) == 2
        assert [each async for each in finished] == []
