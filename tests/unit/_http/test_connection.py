"""One connection takes one request and gives its answer, or says at once what became of it."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from tests.integration.fault_server import answer, chunked

from aiosagemaker import SizedStream, errors
from aiosagemaker._http.body import PIECE, Content, TooLargeError
from aiosagemaker._http.connection import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Pair:
    """A connection, and the server's end of it."""

    def __init__(self, connection: Connection, server: socket.socket) -> None:
        self.connection = connection
        self.server = server
        self.loop = asyncio.get_running_loop()

    async def read(self, size: int = 65_536) -> bytes:
        return await self.loop.sock_recv(self.server, size)

    async def write(self, data: bytes) -> None:
        await self.loop.sock_sendall(self.server, data)

    async def answered(self) -> None:
        """Wait for the answer's end, or its failure."""
        while not self.connection.done and self.connection.failure is None:
            await asyncio.wait_for(self.connection.progress(), 1)


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Pair]:
    """A connection that is idle."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    transport, connection = await loop.create_connection(lambda: Connection(None, loop, "way"), sock=ours)  # type: ignore[arg-type]  # set next
    connection.transport = transport
    yield Pair(connection, theirs)
    connection.abort()
    await connection.closed()
    theirs.close()


async def test_exchange(pair: Pair) -> None:
    """An answer's body goes where it was asked for, and the connection serves again."""
    for number in range(3):
        content = Content(None)
        pair.connection.start(1.0, content)
        pair.connection.write(b"request")
        assert await pair.read() == b"request"
        await pair.write(answer(b"body %d" % number))
        await pair.answered()
        assert content.join() == b"body %d" % number
        assert pair.connection.head.code == 200
        assert pair.connection.finish()
        assert pair.connection.is_alive()


@pytest.mark.parametrize(
    "data",
    [
        answer(b"body") + b"HTT",
        chunked(b"body") + b"H",
        answer(b"body") + b"\r\n",
        answer(b"", headers=["Connection: close"]),
        answer(b"").replace(b"1.1", b"1.0"),
        answer(b"", status="204 No Content") + b"x",
        answer(b"body", status="304 Not Modified"),
    ],
)
async def test_not_to_be_used_again(pair: Pair, data: bytes) -> None:
    """A connection on which more came than the answer, or that is to be closed, serves no second request."""
    pair.connection.start(1.0, Content(None))
    await pair.write(data)
    await pair.answered()
    assert not pair.connection.finish()


@pytest.mark.parametrize("late", [True, False])
async def test_what_comes_unasked(pair: Pair, late: bool) -> None:
    """What comes between two exchanges ends the connection, seen by the event loop or not."""
    await pair.write(answer())
    if late:
        await asyncio.sleep(0.02)
    assert not pair.connection.is_alive()


@pytest.mark.parametrize("half", [True, False])
async def test_an_end_that_nobody_saw(pair: Pair, half: bool) -> None:
    """A connection that the server has just closed is not alive, before the event loop knows."""
    assert pair.connection.is_alive()
    if half:
        pair.server.shutdown(socket.SHUT_WR)
    else:
        pair.server.close()
    assert not pair.connection.is_alive()


@pytest.mark.parametrize("size", [1, PIECE, 50 * PIECE + 1])
@pytest.mark.parametrize("form", [bytes, memoryview, SizedStream])
async def test_pouring(pair: Pair, size: int, form: Any) -> None:
    """A body of any size and form arrives whole, written as the connection has room."""
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]

    async def chunks() -> AsyncIterator[bytes]:
        yield data[: size // 2]
        yield data[size // 2 :]

    pair.connection.start(1.0, Content(None))
    pair.connection.pour(SizedStream(chunks, size) if form is SizedStream else form(data))
    received = b""
    while len(received) < size:
        received += await pair.read()
        assert pair.connection.transport.get_write_buffer_size() <= 3 * PIECE
    assert received == data
    await pair.write(answer(b"ok"))
    await pair.answered()
    assert pair.connection.finish()


async def test_an_answer_before_the_body_is_out(pair: Pair) -> None:
    """A server that answers while the body is still being sent is heard, and the rest is not sent."""
    content = Content(None)
    pair.connection.start(1.0, content)
    pair.connection.pour(bytes(1000 * PIECE))
    await pair.write(answer(b"too large", status="413 Too Large"))
    await pair.answered()
    assert content.join() == b"too large"
    assert pair.connection.head.code == 413
    assert not pair.connection.finish()
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


async def test_a_body_that_fails(pair: Pair) -> None:
    """A stream that fails while it is sent ends the exchange with its own error."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        raise ValueError("no more")

    pair.connection.start(None, Content(None))
    pair.connection.pour(SizedStream(chunks, 10))
    await pair.answered()
    assert isinstance(pair.connection.failure, errors.BodyReadError)


async def test_silence(pair: Pair) -> None:
    """`read` is the time without a byte, from when the request is out."""
    pair.connection.start(0.06, Content(None))
    started = pair.loop.time()
    waiting = asyncio.create_task(pair.answered())
    for byte in answer()[:4]:
        await asyncio.sleep(0.04)
        await pair.write(bytes([byte]))
    await waiting
    assert isinstance(pair.connection.failure, errors.ReadTimeout)
    assert "TimeoutConfig.read" in str(pair.connection.failure)
    assert 0.2 < pair.loop.time() - started < 0.4


async def test_no_silence_while_sending(pair: Pair) -> None:
    """Sending a body takes as long as it takes; the server's silence begins after it."""
    pair.connection.start(0.02, Content(None))
    pair.connection.pour(bytes(100 * PIECE))
    waiting = asyncio.create_task(pair.answered())
    await asyncio.sleep(0.1)
    assert pair.connection.failure is None
    received = 0
    while received < 100 * PIECE:
        received += len(await pair.read())
    await pair.write(answer())
    await waiting
    assert pair.connection.done


async def test_one_timer(pair: Pair) -> None:
    """The timer of one exchange serves the next, and a shorter wait is not missed."""
    pair.connection.start(5.0, Content(None))
    await pair.write(answer())
    await pair.answered()
    pair.connection.finish()
    first = pair.connection._timer
    pair.connection.start(5.0, Content(None))
    await pair.write(answer())
    await pair.answered()
    assert pair.connection._timer is first
    pair.connection.finish()
    pair.connection.start(0.02, Content(None))
    await pair.answered()
    assert isinstance(pair.connection.failure, errors.ReadTimeout)


@pytest.mark.parametrize("reading", [True, False])
async def test_backpressure(pair: Pair, reading: bool) -> None:
    """Without a place for it a body is read only as fast as it is taken."""
    size = 10 * 2**20
    pair.connection.start(1.0, None)
    sending = asyncio.create_task(pair.write(answer(bytes(size))))
    received = 0
    while reading and received < size:
        if part := pair.connection.take():
            received += len(part)
        else:
            await pair.connection.progress()
    await asyncio.sleep(0.1)
    assert sending.done() is reading
    assert pair.connection.done is reading
    assert pair.connection.finish() is reading
    sending.cancel()


@pytest.mark.parametrize("declared", [True, False])
async def test_limit(pair: Pair, declared: bool) -> None:
    """A body over the limit ends the exchange as soon as that is known."""
    content = Content(100)
    pair.connection.start(1.0, content)
    await pair.write(answer(b"x" * (1 if declared else 101), length=1000))
    await pair.answered()
    assert isinstance(pair.connection.failure, TooLargeError)


async def test_an_end_without_an_answer(pair: Pair) -> None:
    """A connection that ended before the request says so, whenever it is asked."""
    pair.server.close()
    await asyncio.sleep(0.02)
    pair.connection.start(1.0, Content(None))
    pair.connection.write(b"request")
    assert isinstance(pair.connection.failure, errors.ConnectionClosed)


@pytest.mark.parametrize(
    "lengths", [["4", "4"], ["4", "5"], ["4, 4"], ["+4"], ["-4"], ["0x4"], ["4_0"], ["\u0664"], ["4 4"], [""], ["4,"]]
)
async def test_a_length_that_is_none(lengths: list[str], pair: Pair) -> None:
    """A Content-Length that is not one number of digits is no usable answer, whichever parser aiohttp has."""
    pair.connection.start(1.0, Content(None))
    head = "".join(f"Content-Length: {length}\r\n" for length in lengths)
    await pair.write(f"HTTP/1.1 200 OK\r\n{head}\r\nbody".encode())
    await pair.answered()
    assert pair.connection.failure is not None
    assert not pair.connection.finish()
