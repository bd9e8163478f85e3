"""Connections over HTTP/2: what leaves, what is shared, and what is refused."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme
from tests.http2_server import Http2Server, Peer
from tests.unit._http.connect_proxy import connect_proxy
from tests.unit._http.outgoing import outgoing

from aiosagemaker._http.http2_transport import Http2Transport
from aiosagemaker.config import HttpConfig, TimeoutConfig
from aiosagemaker.errors import ClientClosedError, ConnectError, TlsError

if TYPE_CHECKING:
    from aiosagemaker._http.contract import TransportRequest

PATIENT = TimeoutConfig(connect=5, read=5)


async def answers(peer: Peer) -> None:
    """Answer every stream with its own number, once it has ended."""
    for number in range(1, 20, 2):
        await peer.until(lambda number=number: number in peer.ended)
        await peer.answer(number, headers={"x-number": str(number)})
        await peer.send(number, b"body", end=True)


def request(port: int, **headers: str) -> TransportRequest:
    return outgoing(f"http://127.0.0.1:{port}/a%2Fb?c=d", headers, timeouts=PATIENT)


async def test_what_leaves() -> None:
    """The pseudo-headers say method and address, and no header goes out that HTTP/2 has no use for."""
    async with Http2Server(answers) as server:
        transport = Http2Transport(HttpConfig())
        sent = request(server.port, Host="h", Connection="close", **{"X-Amz-Date": "d"})
        response = await transport.send(sent)
        await transport.close()
        (peer,) = server.peers
        assert peer.headers[1] == {
            ":method": "POST",
            ":scheme": "http",
            ":authority": f"127.0.0.1:{server.port}",
            ":path": "/a%2Fb?c=d",
            "x-amz-date": "d",
        }
    assert (response.status, response.headers["x-number"], response.body) == (200, "1", b"body")
    assert sent.sent


async def test_calls_at_once_share_a_connection() -> None:
    """Requests to one address go over one connection, those that begin at once too."""
    async with Http2Server(answers) as server:
        transport = Http2Transport(HttpConfig())
        opened = await asyncio.gather(*(transport.send(request(server.port)) for _ in range(3)))
        assert sorted(each.headers["x-number"] for each in opened) == ["1", "3", "5"]
        assert len(server.peers) == 1
        await transport.close()


async def test_nothing_after_its_end() -> None:
    """A transport that is closed sends nothing, and the request says that nothing left."""
    async with Http2Server(answers) as server:
        transport = Http2Transport(HttpConfig())
        await transport.close()
        sent = request(server.port)
        with pytest.raises(ClientClosedError):
            await transport.open(sent)
        assert (sent.sent, server.peers) == (False, [])


async def test_no_server(unused_tcp_port: int) -> None:
    """Where nothing listens, nothing was sent, and the next request tries anew."""
    transport = Http2Transport(HttpConfig())
    for _ in range(2):
        sent = request(unused_tcp_port)
        with pytest.raises(ConnectError):
            await transport.open(sent)
        assert not sent.sent
    await transport.close()


@pytest.mark.parametrize("configured", [True, False])
async def test_a_proxy(monkeypatch: pytest.MonkeyPatch, configured: bool) -> None:
    """A request goes through the proxy of the configuration, or else of the environment."""
    async with Http2Server(answers) as server, connect_proxy() as proxy:
        if not configured:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("NO_PROXY", "")
        transport = Http2Transport(HttpConfig(proxy=proxy.url if configured else None))
        assert (await transport.send(request(server.port))).body == b"body"
        assert [request.head.splitlines()[0] for request in proxy.requests] == [
            f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"
        ]
        await transport.close()


@pytest.mark.parametrize("verify", [True, False])
async def test_a_proxy_over_tls(verify: bool) -> None:
    """The way to a proxy proves what the configuration asks of every connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    async with Http2Server(answers) as server, connect_proxy(tls=context) as proxy:
        transport = Http2Transport(HttpConfig(proxy=proxy.url, verify=verify))
        if verify:
            with pytest.raises(TlsError):
                await transport.send(request(server.port))
        else:
            assert (await transport.send(request(server.port))).body == b"body"
        assert bool(proxy.requests) is not verify
        await transport.close()


@pytest.mark.parametrize("verify", [True, False])
async def test_tls(verify: bool) -> None:
    """A certificate that nobody vouches for is refused, unless verification is off; both speak HTTP/2 by ALPN."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    trustme.CA().issue_cert("localhost").configure_cert(context)
    async with Http2Server(answers, tls=context) as server:
        transport = Http2Transport(HttpConfig(verify=verify))
        sent = outgoing(f"https://localhost:{server.port}/", timeouts=PATIENT)
        if verify:
            with pytest.raises(ConnectError):
                await transport.send(sent)
        else:
            assert (await transport.send(sent)).body == b"body"
        await transport.close()
