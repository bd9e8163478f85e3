"""Both sides of a stream, ours against ours."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from aiosagemaker._http.http2 import Http2Connection
from aiosagemaker.errors import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from aiosagemaker._http.http2_stream import Http2Stream

HEADERS = [(":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", "/p"), ("x-a", "1")]


@asynccontextmanager
async def served(serve: Callable[[Http2Stream], Awaitable[None]]) -> AsyncIterator[Http2Connection]:
    """A connection to a server of our own, which answers each request with a function."""
    tasks: set[asyncio.Task[None]] = set()

    def accept(stream: Http2Stream) -> None:
        async def run() -> None:
            await serve(stream)

        tasks.add(asyncio.create_task(run()))

    server = await asyncio.get_running_loop().create_server(lambda: Http2Connection(5.0, accept), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connection = await Http2Connection.connect("127.0.0.1", port, tls=None, timeout=5, read_timeout=5)
    try:
        yield connection
    finally:
        await connection.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()


async def test_the_server_goes_on_after_the_client() -> None:
    """A client that has ended its request still gets the whole answer."""

    async def count(stream: Http2Stream) -> None:
        length = 0
        while data := await stream.read():
            length += len(data)
        await stream.respond(200, [("x-path", stream.headers[":path"])])
        await stream.send(str(length).encode())
        await stream.end()

    async with served(count) as connection:
        stream = connection.open(HEADERS)
        await stream.send(b"x" * 3_000_000)
        await stream.end()
        assert await stream.head() == (200, {"x-path": "/p"})
        assert await stream.read() == b"3000000"
        assert await stream.read() == b""


async def test_the_server_ends_first() -> None:
    """A client whose server has ended may not go on sending."""

    async def refuse(stream: Http2Stream) -> None:
        await stream.respond(403, [])
        await stream.end()
        await stream.read()

    async with served(refuse) as connection:
        stream = connection.open(HEADERS)
        assert (await stream.head())[0] == 403
        assert await stream.read() == b""
        with pytest.raises(ConnectionClosed, match="ended the stream"):
            await stream.send(b"more")
        stream.close()


async def test_a_client_that_leaves() -> None:
    """The server notices a client that resets its stream in whatever it waits for."""
    noticed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def wait(stream: Http2Stream) -> None:
        await stream.respond(200, [])
        try:
            await stream.read()
        except ConnectionClosed as error:
            noticed.set_result(error)

    async with served(wait) as connection:
        stream = connection.open(HEADERS)
        await stream.head()
        stream.close()
        assert "CANCEL" in str(await asyncio.wait_for(noticed, 5))
