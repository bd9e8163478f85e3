"""A body is written whole, as fast as there is room for it, or its writing ends and says why."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from aiosagemaker import SizedStream, errors
from aiosagemaker._http.body import PIECE
from aiosagemaker._http.outflow import Outflow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosagemaker._shapes.body import Body


class Line(asyncio.Protocol):
    """A socket's own end with an outflow on it, and the other end."""

    def __init__(self, other: socket.socket) -> None:
        self.loop = asyncio.get_running_loop()
        self.out = Outflow(self.loop)
        self.other = other
        self.told: asyncio.Future[BaseException | None] = self.loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def pause_writing(self) -> None:
        self.out.hold()

    def resume_writing(self) -> None:
        self.out.release()

    def connection_lost(self, exc: Exception | None) -> None:
        self.out.end()

    def pour(self, body: Body) -> None:
        self.out.pour(self.transport, body, self.told.set_result)

    async def read(self) -> bytes:
        return await self.loop.sock_recv(self.other, 65_536)


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    _, made = await asyncio.get_running_loop().create_connection(lambda: Line(theirs), sock=ours)
    yield made
    made.transport.abort()
    theirs.close()


async def test_whole(line: Line) -> None:
    """A large body arrives whole, and no more of it is held than there is room for."""
    body = bytes(range(256)) * (PIECE // 4)
    line.pour(body)
    assert line.out.is_pouring
    received = b""
    while len(received) < len(body):
        received += await line.read()
        assert line.transport.get_write_buffer_size() <= 3 * PIECE
    assert received == body
    assert await line.told is None
    assert not line.out.is_pouring


async def test_at_once(line: Line) -> None:
    """A body that there is room for is written at once, by nobody but the caller."""
    line.pour(b"small")
    assert not line.out.is_pouring
    assert await line.read() == b"small"
    assert not line.told.done()


async def test_stopped(line: Line) -> None:
    """What is stopped writes no more, says that some was left, and tells nobody."""
    line.pour(bytes(100 * PIECE))
    assert line.out.stop()
    assert not line.out.stop()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1
    assert not line.told.done()


async def test_the_connection_ends(line: Line) -> None:
    """A connection that ends in the middle of a body is what the writing fails with."""
    line.pour(bytes(100 * PIECE))
    line.transport.abort()
    assert isinstance(await line.told, errors.ConnectionClosed)


@pytest.mark.parametrize("failure", [ValueError("no more"), asyncio.CancelledError()])
async def test_a_stream_that_fails(line: Line, failure: BaseException) -> None:
    """A stream that breaks off ends the writing, also where it was only cancelled."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"
        raise failure

    line.pour(SizedStream(chunks, 10))
    told = await asyncio.wait_for(line.told, 1)
    assert told is None if isinstance(failure, asyncio.CancelledError) else isinstance(told, errors.BodyReadError)
