"""Streams over HTTP/2, against a server that says each frame."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import h2.errors
import pytest
import trustme
from tests.http2_server import Http2Server, Peer

from aiosagemaker._http.http2 import Http2Connection
from aiosagemaker.errors import ConnectError, ConnectionClosed, ConnectTimeout, ReadTimeout, TlsError

HEADERS = [(":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", "/")]
Script = Callable[[Peer], Awaitable[None]]


@asynccontextmanager
async def connected(
    script: Script, *, read_timeout: float | None = 5.0
) -> AsyncIterator[tuple[Http2Connection, Http2Server]]:
    """A connection to a server that follows a script."""
    async with Http2Server(script) as server:
        connection = await Http2Connection.connect(
            "127.0.0.1", server.port, tls=None, timeout=5.0, read_timeout=read_timeout
        )
        try:
            yield connection, server
        finally:
            await connection.close()


async def echoes(peer: Peer) -> None:
    """Answer each stream with what it sends, as it comes."""
    number = await peer.request()
    await peer.answer(number, headers={"x-amzn-requestid": "r"})
    seen = 0
    while True:
        await peer.until(lambda seen=seen: len(peer.data[number]) > seen or number in peer.ended)
        data = bytes(peer.data[number][seen:])
        seen += len(data)
        ended = number in peer.ended and seen == len(peer.data[number])
        await peer.send(number, data, end=ended)
        if ended:
            return


async def silent(peer: Peer) -> None:
    """Take everything, and say nothing."""


async def test_both_ways() -> None:
    """What is sent comes back while the request goes on, and the end of one side is not the end of the other."""
    async with connected(echoes) as (connection, _):
        stream = connection.open(HEADERS)
        await stream.send(b"one")
        assert await stream.head() == (200, {"x-amzn-requestid": "r"})
        assert await stream.read() == b"one"
        await stream.send(b"two")
        assert await stream.read() == b"two"
        await stream.end()
        assert await stream.read() == b""
        assert await stream.read() == b""
        stream.close()
        assert not connection.busy


async def test_more_than_a_window_either_way() -> None:
    """Several megabytes pass in both directions at once, though no window is that large."""
    size = 5_000_000
    async with connected(echoes) as (connection, _):
        stream = connection.open(HEADERS)

        async def write() -> None:
            for _ in range(size // 50_000):
                await stream.send(b"x" * 50_000)
            await stream.end()

        writing = asyncio.create_task(write())
        received = 0
        while data := await stream.read():
            received += len(data)
        await writing
        assert received == size


async def test_a_slow_reader_slows_the_server() -> None:
    """What is not taken is not acknowledged: the server gets no further than the window."""

    async def floods(peer: Peer) -> None:
        number = await peer.request()
        await peer.answer(number)
        await peer.send(number, b"y" * 3_000_000, end=True)

    async with connected(floods) as (connection, server):
        stream = connection.open(HEADERS)
        await stream.head()
        await asyncio.sleep(0.2)
        assert server.peers[0].h2.local_flow_control_window(1) == 0
        received = 0
        while data := await stream.read():
            received += len(data)
        assert received == 3_000_000


async def test_streams_share_a_connection() -> None:
    """Several streams at once, each with its own answer."""

    async def answers(peer: Peer) -> None:
        await peer.request(3)
        for number in sorted(peer.headers, reverse=True):
            await peer.answer(number)
            await peer.send(number, str(number).encode(), end=True)

    async with connected(answers) as (connection, _):
        streams = [connection.open(HEADERS) for _ in range(3)]
        assert [await stream.read() for stream in streams] == [b"1", b"3", b"5"]


async def test_a_window_that_never_opens() -> None:
    """A server that takes nothing ends the sending after `read` seconds, by the setting's name."""

    async def takes_nothing(peer: Peer) -> None:
        peer.acknowledges = False

    async with connected(takes_nothing, read_timeout=0.3) as (connection, _):
        stream = connection.open(HEADERS)
        with pytest.raises(ReadTimeout, match=r"no window for 0\.3 s \(TimeoutConfig\.read\)") as caught:
            await stream.send(b"x" * 100_000)
        assert "PING" not in str(caught.value)


async def test_silence() -> None:
    """A server that says nothing ends the wait after `read` seconds; as it answers a PING, it is not called dead."""
    async with connected(silent, read_timeout=0.3) as (connection, server):
        stream = connection.open(HEADERS)
        with pytest.raises(ReadTimeout, match=r"no part of the answer came for 0\.3 s") as caught:
            await stream.head()
        assert "PING" not in str(caught.value)
        assert server.peers[0].pings == 1


async def test_a_dead_connection() -> None:
    """Where not even a PING is answered, the error says so."""

    async def dead(peer: Peer) -> None:
        peer.answers_pings = False

    async with connected(dead, read_timeout=0.3) as (connection, _):
        stream = connection.open(HEADERS)
        with pytest.raises(ReadTimeout, match="a PING was not answered"):
            await stream.head()


@pytest.mark.parametrize(
    ("code", "maybe_sent"), [(h2.errors.ErrorCodes.REFUSED_STREAM, False), (h2.errors.ErrorCodes.INTERNAL_ERROR, True)]
)
async def test_a_reset_stream(code: h2.errors.ErrorCodes, maybe_sent: bool) -> None:
    """RST_STREAM is an error with its code; only a refused stream was surely not looked at."""

    async def resets(peer: Peer) -> None:
        await peer.reset(await peer.request(), code)

    async with connected(resets) as (connection, _):
        stream = connection.open(HEADERS)
        with pytest.raises(ConnectionClosed, match=code.name) as caught:
            await stream.head()
        assert caught.value.maybe_sent is maybe_sent
        with pytest.raises(ConnectionClosed):
            await stream.send(b"more")
        assert connection.usable


async def test_a_server_that_has_heard_enough() -> None:
    """RST_STREAM with NO_ERROR after a whole answer takes nothing from the answer (RFC 9113, 8.1)."""

    async def enough(peer: Peer) -> None:
        number = await peer.request()
        await peer.answer(number, 413)
        await peer.send(number, b"too large")
        await peer.reset(number, h2.errors.ErrorCodes.NO_ERROR)

    async with connected(enough) as (connection, _):
        stream = connection.open(HEADERS)
        assert (await stream.head())[0] == 413
        assert await stream.read() == b"too large"
        assert await stream.read() == b""
        with pytest.raises(ConnectionClosed, match="ended the stream"):
            await stream.send(b"more")


async def test_going_away_lets_the_begun_end() -> None:
    """After GOAWAY a stream that the server knows goes on to its end, and no other is opened."""

    async def leaves(peer: Peer) -> None:
        number = await peer.request()
        await peer.answer(number)
        await peer.go_away(number)
        await peer.until(lambda: number in peer.ended)
        await peer.send(number, bytes(peer.data[number]), end=True)

    async with connected(leaves) as (connection, _):
        stream = connection.open(HEADERS)
        await stream.head()
        await asyncio.sleep(0.05)
        assert not connection.usable
        await stream.send(b"still there")
        await stream.end()
        assert await stream.read() == b"still there"
        assert await stream.read() == b""


async def test_going_away_from_what_it_did_not_look_at() -> None:
    """A stream beyond the last that GOAWAY names was surely not acted on."""

    async def leaves(peer: Peer) -> None:
        await peer.request()
        await peer.go_away(0)

    async with connected(leaves) as (connection, _):
        stream = connection.open(HEADERS)
        with pytest.raises(ConnectionClosed, match="going away") as caught:
            await stream.head()
        assert caught.value.maybe_sent is False


async def test_going_away_with_an_error() -> None:
    """GOAWAY with an error ends what was begun, with the code's name."""

    async def leaves(peer: Peer) -> None:
        await peer.go_away(await peer.request(), int(h2.errors.ErrorCodes.ENHANCE_YOUR_CALM))

    async with connected(leaves) as (connection, _):
        stream = connection.open(HEADERS)
        with pytest.raises(ConnectionClosed, match="ENHANCE_YOUR_CALM") as caught:
            await stream.head()
        assert caught.value.maybe_sent is True


async def test_a_lost_connection() -> None:
    """A connection that ends takes every stream with it, in the middle of whatever it waits for."""

    async def drops(peer: Peer) -> None:
        number = await peer.request(2)
        await peer.answer(number)
        peer.drop()

    async with connected(drops) as (connection, _):
        streams = [connection.open(HEADERS) for _ in range(2)]
        for stream in streams:
            with pytest.raises(ConnectionClosed) as caught:
                await stream.read()
            assert caught.value.maybe_sent is True
        assert not connection.usable


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(40), b"\xff" * 30])
async def test_what_is_not_http2(garbage: bytes) -> None:
    """A server that breaks the rules is a typed error at once."""

    async def talks(peer: Peer) -> None:
        await peer.request()
        peer.writer.write(garbage)
        await peer.writer.drain()

    async with connected(talks) as (connection, _):
        stream = connection.open(HEADERS)
        with pytest.raises(ConnectionClosed, match=r"rules of HTTP/2|closed the connection"):
            await stream.head()


async def test_leaving_early() -> None:
    """A stream that is closed before its end is reset, and the connection serves the next one."""

    async def goes_on(peer: Peer) -> None:
        number = await peer.request()
        await peer.answer(number)
        await peer.send(number, b"part")
        await peer.until(lambda: number in peer.resets)
        second = await peer.request(2)
        await peer.answer(second)
        await peer.send(second, b"second", end=True)

    async with connected(goes_on) as (connection, server):
        stream = connection.open(HEADERS)
        assert await stream.read() == b"part"
        stream.close()
        other = connection.open(HEADERS)
        assert await other.read() == b"second"
        assert server.peers[0].resets == {1: h2.errors.ErrorCodes.CANCEL}


@pytest.mark.parametrize("step", ["head", "read", "send"])
async def test_cancellation(step: str) -> None:
    """A caller that is cancelled in any wait leaves the connection whole for others."""

    async def waits(peer: Peer) -> None:
        peer.acknowledges = False
        number = await peer.request()
        if step == "read":
            await peer.answer(number)
        second = await peer.request(2)
        await peer.answer(second)
        await peer.send(second, b"fine", end=True)

    async with connected(waits) as (connection, _):
        stream = connection.open(HEADERS)
        wait: Any = {"head": stream.head, "read": stream.read, "send": lambda: stream.send(b"x" * 100_000)}[step]
        task = asyncio.create_task(wait())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        stream.close()
        other = connection.open(HEADERS)
        assert await other.read() == b"fine"


def tls_context(*, alpn: list[str], authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    context.set_alpn_protocols(alpn)
    return context


def client_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols(["h2"])
    return context


async def test_over_tls() -> None:
    """With TLS the protocol is agreed on by ALPN."""
    authority = trustme.CA()
    async with Http2Server(echoes, tls=tls_context(alpn=["h2"], authority=authority)) as server:
        connection = await Http2Connection.connect(
            "localhost", server.port, tls=client_context(authority), timeout=5, read_timeout=5
        )
        stream = connection.open(HEADERS)
        await stream.send(b"over TLS")
        await stream.end()
        assert await stream.read() == b"over TLS"
        await connection.close()


async def test_a_server_without_http2() -> None:
    """A server that does not agree on HTTP/2 gets no request."""
    authority = trustme.CA()
    async with Http2Server(silent, tls=tls_context(alpn=["http/1.1"], authority=authority)) as server:
        with pytest.raises(TlsError, match="does not speak HTTP/2"):
            await Http2Connection.connect(
                "localhost", server.port, tls=client_context(authority), timeout=5, read_timeout=5
            )


async def test_an_untrusted_server() -> None:
    """A certificate that nobody vouches for is refused before anything is sent."""
    async with Http2Server(silent, tls=tls_context(alpn=["h2"], authority=trustme.CA())) as server:
        with pytest.raises(TlsError):
            await Http2Connection.connect(
                "localhost", server.port, tls=client_context(trustme.CA()), timeout=5, read_timeout=5
            )


async def test_no_server(unused_tcp_port: int) -> None:
    """Where nobody listens, it is a ConnectError."""
    with pytest.raises(ConnectError):
        await Http2Connection.connect("127.0.0.1", unused_tcp_port, tls=None, timeout=5, read_timeout=5)


async def test_a_handshake_that_never_ends() -> None:
    """The connection's time covers the TLS handshake, by the setting's name."""

    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with pytest.raises(ConnectTimeout, match=r"TimeoutConfig\.connect"):
            await Http2Connection.connect(
                "127.0.0.1", port, tls=client_context(trustme.CA()), timeout=0.2, read_timeout=5
            )


async def test_closing_ends_what_waits() -> None:
    """Closing the connection ends every wait with an error."""
    async with connected(silent) as (connection, _):
        stream = connection.open(HEADERS)
        task = asyncio.create_task(stream.head())
        await asyncio.sleep(0.05)
        await connection.close()
        with pytest.raises(ConnectionClosed, match="closed"):
            await task
