"""What large bodies cost in memory."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiosagemaker import Credentials, SageMakerRuntimeClient, SizedStream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

MB = 1024 * 1024
BODY = 25 * MB


class Sink:
    """A server that reads a body away, keeping none of it, and answers with as many bytes as it was told."""

    def __init__(self) -> None:
        self.answer = 0
        self.received = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().lower().split("\r\n")
                length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
                self.received = 0
                while self.received < length:
                    self.received += len(await reader.read(64 * 1024))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % self.answer)
                piece = bytes(64 * 1024)
                for start in range(0, self.answer, len(piece)):
                    writer.write(piece[: self.answer - start])
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest_asyncio.fixture
async def sink() -> AsyncIterator[Sink]:
    """The server."""
    made = Sink()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    made.url = f"http://{host}:{port}"
    yield made
    server.close()


@pytest_asyncio.fixture
async def runtime(sink: Sink) -> AsyncIterator[SageMakerRuntimeClient]:
    """A client that has made a call, so that what it keeps for good is there."""
    credentials = Credentials("AKIDEXAMPLE", "secret")
    async with SageMakerRuntimeClient(region="us-east-1", endpoint_url=sink.url, credentials=credentials) as client:
        await client.invoke_endpoint(endpoint_name="e", body=b"warm")
        yield client


async def peak_of(use: Callable[[], Any]) -> int:
    """The most memory that was in use at once."""
    tracemalloc.start()
    try:
        await use()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
async def test_sending_a_large_body(runtime: SageMakerRuntimeClient, sink: Sink, form: Callable[[Any], Any]) -> None:
    """A body of 25 MB is neither copied nor written at once: beside it a call needs hardly anything."""
    body = form(bytes(BODY))
    peak = await peak_of(lambda: runtime.invoke_endpoint(endpoint_name="e", body=body))
    assert sink.received == BODY
    assert peak < 2 * MB


async def test_receiving_a_large_body(runtime: SageMakerRuntimeClient, sink: Sink) -> None:
    """An answer of 25 MB costs little more than its own size."""
    sink.answer = BODY
    sizes = []

    async def call() -> None:
        response = await runtime.invoke_endpoint(endpoint_name="e", body=b"")
        sizes.append(len(response.body))

    peak = await peak_of(call)
    assert sizes == [BODY]
    assert peak < 1.5 * BODY


async def test_a_stream_is_never_whole(runtime: SageMakerRuntimeClient, sink: Sink) -> None:
    """A hundred megabytes leave from a stream through memory that stays flat."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(MB)

    body = SizedStream(chunks, 100 * MB)
    peak = await peak_of(lambda: runtime.invoke_endpoint(endpoint_name="e", body=body))
    assert sink.received == 100 * MB
    assert peak < 6 * MB
