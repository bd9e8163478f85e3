"""Requests that are ready in the same turn of the event loop leave together, and none that need not."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from tests.unit._http.outgoing import outgoing

from aiosagemaker._http.body import Content
from aiosagemaker._http.burst import MOST, Burst
from aiosagemaker._http.connection import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosagemaker._http.contract import TransportRequest


class Exchanges:
    """Connections with a request for each, and the servers' ends of them."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.servers: list[socket.socket] = []
        self.requests: list[TransportRequest] = []
        self.burst = Burst(asyncio.get_running_loop())

    async def open(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            ours, theirs = socket.socketpair()
            theirs.setblocking(False)
            transport, connection = await loop.create_connection(lambda: Connection(None, loop, "way"), sock=ours)  # type: ignore[arg-type]  # set next
            connection.transport = transport
            self.connections.append(connection)
            self.servers.append(theirs)
            self.requests.append(outgoing("http://127.0.0.1"))

    def begin(self, number: int) -> None:
        connection = self.connections[number]
        connection.start(1.0, Content(None))
        self.burst.add(connection, b"request %d" % number, self.requests[number])

    def received(self) -> list[bytes]:
        """What each server has by now."""
        found = []
        for server in self.servers:
            try:
                found.append(server.recv(100))
            except BlockingIOError:
                found.append(b"")
        return found

    async def close(self) -> None:
        for connection, server in zip(self.connections, self.servers, strict=True):
            connection.abort()
            await connection.closed()
            server.close()


@pytest_asyncio.fixture
async def exchanges() -> AsyncIterator[Exchanges]:
    made = Exchanges()
    yield made
    await made.close()


async def test_together(exchanges: Exchanges) -> None:
    """Requests of one turn of the loop are written when it ends, each on its own connection, and count as sent then."""
    await exchanges.open(3)
    for number in range(3):
        exchanges.begin(number)
    assert exchanges.received() == [b"", b"", b""]
    assert not any(request.sent for request in exchanges.requests)
    await asyncio.sleep(0)
    assert exchanges.received() == [b"request 0", b"request 1", b"request 2"]
    assert all(request.sent for request in exchanges.requests)
    exchanges.connections[0].finish()
    await asyncio.sleep(0)
    assert exchanges.received() == [b"", b"", b""]


async def test_no_more_than_so_many(exchanges: Exchanges) -> None:
    """Where many are ready, so many at a time leave without waiting for the others."""
    await exchanges.open(2 * MOST + 1)
    for number in range(2 * MOST + 1):
        exchanges.begin(number)
        assert sum(map(bool, exchanges.received())) == (MOST if number % MOST == MOST - 1 else 0)
    await asyncio.sleep(0)
    assert exchanges.received()[-1] == b"request %d" % (2 * MOST)


async def test_an_exchange_that_ended(exchanges: Exchanges) -> None:
    """A request whose exchange ends before its turn is never written, whatever becomes of the others."""
    await exchanges.open(2)
    for number in range(2):
        exchanges.begin(number)
    assert not exchanges.connections[0].finish()
    await asyncio.sleep(0)
    assert exchanges.received() == [b"", b"request 1"]
    assert [request.sent for request in exchanges.requests] == [False, True]


@pytest.mark.parametrize("spoke", [False, True])
async def test_a_connection_that_ended(exchanges: Exchanges, spoke: bool) -> None:
    """What ends, or is spoken on, before its request is written fails the request as one that was not sent."""
    await exchanges.open(1)
    exchanges.begin(0)
    (connection,) = exchanges.connections
    progress = connection.progress()
    if spoke:
        connection.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    else:
        connection.eof_received()
    await asyncio.wait_for(progress, 1)
    said = "the server spoke before it was asked" if spoke else "the server closed the connection before the answer"
    assert str(connection.failure) == said
    await asyncio.sleep(0)
    assert exchanges.received() == [b""]
    assert not exchanges.requests[0].sent
    assert not connection.finish()
