"""Damage after an answer's head is a typed error at once: nobody waits for what cannot come any more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from tests.integration.fault_server import FaultServer, Peer, Script, answer, chunked, keeps, sends, serves
from tests.unit._http.outgoing import outgoing

from aiosagemaker import (
    Credentials,
    HttpConfig,
    RetryConfig,
    SageMakerRuntimeClient,
    SizedStream,
    TimeoutConfig,
    errors,
)
from aiosagemaker._http.transport import Transport
from aiosagemaker._protocols.event_stream import encode_message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ON_EVERY_EVENT_LOOP = True

EVENT = encode_message(
    {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}, b"one"
)
TIMEOUTS = TimeoutConfig(connect=1, read=2, attempt=3, operation=4)
AT_ONCE = 0.5
"""In seconds: far less than any of the limits, and enough for a machine that is busy."""

# What comes after a good chunk.
DAMAGE = {
    "a size of letters": b"xyz\r\nhello\r\n",
    "a negative size": b"-5\r\nhello\r\n",
    "a size with a prefix": b"0x5\r\nhello\r\n",
    "no size": b"\r\nhello\r\n",
    "two sizes": b"5 5\r\nhello\r\n",
    "a chunk that is longer than its size": b"3\r\nhello\r\n",
    "a chunk with one byte more": b"5\r\nhelloX\r\n",
    "a chunk without its end": b"5\r\nhello5\r\nhello\r\n",
    "a lone CR after a size": b"5\rhello\r\n",
    "a lone CR after a chunk": b"5\r\nhello\r5\r\nhello",
    "a trailer without a name": b"0\r\n: a\r\n\r\n",
    "a trailer that is none": b"0\r\njunk\r\n\r\n",
    "a lone CR in a trailer": b"0\r\nX: a\rb\r\n\r\n",
    "a trailer of 20 kB": b"0\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    "5,000 trailers": b"0\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
    "another answer": b"0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
}
ENDINGS = {"silent": keeps, "closing": sends}


@pytest_asyncio.fixture
async def runtime(faults: FaultServer) -> AsyncIterator[SageMakerRuntimeClient]:
    """A client of the fault server."""
    async with SageMakerRuntimeClient(
        region="us-east-1",
        endpoint_url=faults.url,
        credentials=Credentials("AKIDEXAMPLE", "secret"),
        timeouts=TIMEOUTS,
        retry=RetryConfig(mode="off"),
        http=HttpConfig(max_connections=1),
    ) as client:
        yield client


async def events(client: SageMakerRuntimeClient) -> list[bytes]:
    """All events of a stream."""
    async with client.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
        return [event.bytes async for event in stream]


@pytest.mark.parametrize("streamed", [False, True], ids=["call", "stream"])
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", DAMAGE)
async def test_damaged_chunks(
    faults: FaultServer, runtime: SageMakerRuntimeClient, name: str, ending: str, streamed: bool
) -> None:
    """A malformed chunk ends a call and a stream at once, whatever the server does next, and frees the connection."""
    data = chunked(EVENT, end=DAMAGE[name])
    faults.plan = [ENDINGS[ending](data), serves()]
    started = time.monotonic()
    with pytest.raises(errors.TransportError) as caught:
        await (events(runtime) if streamed else runtime.invoke_endpoint(endpoint_name="e", body=b""))
    assert time.monotonic() - started < AT_ONCE
    assert not isinstance(caught.value, errors.ReadTimeout)
    assert caught.value.maybe_sent
    assert (await runtime.invoke_endpoint(endpoint_name="e", body=b"")).http_status == 200
    assert faults.connections == 2


@pytest.mark.parametrize("cut", range(0, 60, 7))
@pytest.mark.parametrize("streamed", [False, True], ids=["call", "stream"])
async def test_damage_in_pieces(faults: FaultServer, runtime: SageMakerRuntimeClient, streamed: bool, cut: int) -> None:
    """Damage is found wherever the answer was cut on its way, and what came before it is not lost."""
    data = chunked(EVENT, end=b"xyz\r\n")
    faults.plan = [keeps(data[: len(data) - cut], data[len(data) - cut :], pause=0.01)]
    with pytest.raises(errors.TransportError) as caught:
        await (events(runtime) if streamed else runtime.invoke_endpoint(endpoint_name="e", body=b""))
    assert not isinstance(caught.value, errors.ReadTimeout)


async def test_what_came_before_the_damage(faults: FaultServer, runtime: SageMakerRuntimeClient) -> None:
    """The events before the damage are delivered, then its error, again and again."""
    faults.plan = [keeps(chunked(EVENT, end=b""), b"xyz\r\n", pause=0.02)]
    async with runtime.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
        assert (await anext(stream)).bytes == b"one"
        for _ in range(2):
            with pytest.raises(errors.TransportError, match="not HTTP"):
                await anext(stream)


@pytest.mark.parametrize("script", [keeps(chunked(EVENT, end=b"")), keeps(answer(EVENT, length=1000))])
async def test_a_stream_that_falls_silent(faults: FaultServer, runtime: SageMakerRuntimeClient, script: Script) -> None:
    """`read` bounds each wait for bytes of a stream, and its error names it."""
    faults.plan = [script]
    hasty = runtime.with_config(timeouts=TimeoutConfig(read=0.1))
    async with hasty.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
        assert (await anext(stream)).bytes == b"one"
        started = time.monotonic()
        with pytest.raises(errors.ReadTimeout, match=r"TimeoutConfig\.read"):
            await anext(stream)
    assert 0.08 < time.monotonic() - started < AT_ONCE


async def test_a_slow_stream_is_not_silent(faults: FaultServer, runtime: SageMakerRuntimeClient) -> None:
    """A stream may take as long as it likes, byte by byte."""

    async def trickles(peer: Peer) -> None:
        await peer.request()
        data = chunked(EVENT)
        for start in range(0, len(data), 10):
            await peer.write(data[start : start + 10])
            await peer.pause(0.03)

    faults.plan = [trickles]
    hasty = runtime.with_config(timeouts=TimeoutConfig(read=0.15, attempt=0.5))
    assert await events(hasty) == [b"one"]


async def test_a_stream_that_just_ends(faults: FaultServer, runtime: SageMakerRuntimeClient) -> None:
    """A stream with neither a length nor chunks is not complete because its connection ends."""
    faults.plan = [sends(b"HTTP/1.1 200 OK\r\n\r\n" + EVENT)]
    with pytest.raises(errors.ConnectionClosed, match="does not say whether it is complete"):
        await events(runtime)


@pytest.mark.parametrize("status", ["413 Too Large", "400 Bad Request", "403 Forbidden"])
@pytest.mark.parametrize("closing", [True, False])
@pytest.mark.parametrize("form", ["bytes", "stream"])
async def test_an_early_refusal(
    faults: FaultServer, runtime: SageMakerRuntimeClient, status: str, closing: bool, form: str
) -> None:
    """A server that refuses a body while it is sent is heard, and the connection is not used again."""
    asked: list[int] = []

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield bytes(2**20)

    async def refuses(peer: Peer) -> None:
        await peer.read_some()
        await peer.write(answer(b'{"Message":"too large"}', status=status))
        if not closing:
            await peer.pause(1)

    faults.plan = [refuses, serves()]
    body = bytes(100 * 2**20) if form == "bytes" else SizedStream(chunks, 100 * 2**20, sha256="0" * 64)
    started = time.monotonic()
    with pytest.raises(errors.SdkError) as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=body)
    assert time.monotonic() - started < AT_ONCE
    # A server that closes with the body unread resets the connection, which may overtake its answer.
    assert isinstance(caught.value, errors.ServiceError) or closing
    assert len(asked) < 50
    assert (await runtime.invoke_endpoint(endpoint_name="e", body=b"")).http_status == 200
    assert faults.connections == 2


async def test_an_early_success(faults: FaultServer, runtime: SageMakerRuntimeClient) -> None:
    """A server that answers well before it has the whole body is read while the body goes on."""
    size = 20 * 2**20

    async def echoes(peer: Peer) -> None:
        await peer.read_some()
        await peer.write(answer(b"", length=size))
        for _ in range(20):
            await peer.read_some()
            await peer.write(bytes(2**20))
        await peer.closed()

    faults.plan = [echoes]
    response = await runtime.invoke_endpoint(endpoint_name="e", body=bytes(2 * size))
    assert len(response.body) == size


# An answer without a body, and what would be one.
BODILESS: dict[str, tuple[str, bytes]] = {
    "204": ("POST", b"HTTP/1.1 204 No Content\r\n\r\n"),
    "304": ("GET", b"HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n"),
    "HEAD with a length": ("HEAD", answer(b"", length=1000)),
    "HEAD with chunks": ("HEAD", chunked(end=b"")),
}


@pytest.mark.parametrize("name", BODILESS)
async def test_answers_without_a_body(faults: FaultServer, name: str) -> None:
    """An answer that has no body is complete with its head, and its connection serves the next request."""
    method, data = BODILESS[name]
    faults.plan = [sends(data, repeat=True)]
    transport = Transport(HttpConfig())
    for _ in range(2):
        response = await transport.send(outgoing(faults.url, method=method, timeouts=TIMEOUTS))
        assert response.body == b""
    await transport.close()
    assert faults.connections == 1


async def test_headers_of_the_caller(faults: FaultServer) -> None:
    """Nothing that a caller gives as a header reaches the server as anything else."""
    faults.plan = [serves()]
    transport = Transport(HttpConfig())
    for send in (transport.send, transport.open):
        with pytest.raises(errors.TransportError, match="cannot be sent"):
            await send(outgoing(faults.url, {"X-A": "b\r\nX-Evil: 1"}))
    await transport.close()
    assert not faults.requests
