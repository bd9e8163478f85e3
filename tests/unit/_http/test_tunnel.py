"""A tunnel leads to the host that was asked for, and to nobody else, or says why not."""

from __future__ import annotations

import asyncio
import ssl
import traceback
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import trustme
from tests.unit._http.connect_proxy import connect_proxy
from yarl import URL

from aiosagemaker._http.proxies import Proxies
from aiosagemaker._http.tunnel import tunnel
from aiosagemaker.config import HttpConfig
from aiosagemaker.errors import ConnectError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from aiosagemaker._http.proxies import Proxy

    Start = Callable[[ssl.SSLContext | None], Awaitable[int]]


class Heard(asyncio.Protocol):
    """What a connection was handed over with, and what comes after."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


@pytest_asyncio.fixture
async def greeter() -> AsyncIterator[Start]:
    """Servers that greet at once, echo one message, and close; called with a TLS context or None for their port."""
    servers = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello ")
        writer.write(await reader.readexactly(4))
        writer.close()

    async def start(tls: ssl.SSLContext | None) -> int:
        server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


def by(url: str) -> Proxy:
    return Proxies(HttpConfig(proxy=url)).find(URL("https://localhost"))


@pytest.mark.parametrize("inner", [False, True])
@pytest.mark.parametrize("outer", [False, True])
async def test_through(
    greeter: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inner: bool, outer: bool
) -> None:
    """What is said goes through, with TLS to the host and with TLS to the proxy; nothing that comes early is lost."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(served)
    port = await greeter(served if inner else None)
    async with connect_proxy(tls=served if outer else None) as proxy:
        tls = ssl.create_default_context() if inner else None
        around = ssl.create_default_context() if outer else None
        transport, arrivals = await tunnel(by(proxy.url), "localhost", port, tls, outer=around)
        await asyncio.sleep(0.05)
        heard = Heard()
        arrivals.hand_over(transport, heard)
        heard.transport.write(b"echo")
        await asyncio.wait_for(heard.lost.wait(), 2)
        heard.transport.abort()
        assert heard.data == b"hello echo"
        assert [request.head for request in proxy.requests] == [
            f"CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
        ]


async def test_credentials() -> None:
    """The proxy gets its credentials, and no error shows them, with its frames' locals neither."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with connect_proxy(refusal) as proxy:
        given = by(proxy.url.replace("//", "//me:pw@"))
        with pytest.raises(ConnectError, match=r"^the proxy answered 407 Proxy Authentication Required$") as caught:
            await tunnel(given, "::1", 443, None)
    assert [request.head for request in proxy.requests] == [
        "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n"
    ]
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "Proxy-Authorization" in shown
    assert "bWU6cHc" not in shown


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "no usable answer"),
        (b"HTTP/1.1 200 OK\r\n", "no usable answer"),
        (b"x" * 20_000, "no usable answer"),
        (b"220 smtp.example\r\n\r\n", "the proxy answered smtp.example"),
        (b"HTTP/1.1\r\n\r\n", "the proxy answered nothing"),
    ],
)
async def test_no_proxy(answer: bytes, said: str) -> None:
    """What does not answer as a proxy is an error, and its connection is closed."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if len(answer) < 100:
            writer.write_eof()
        await reader.read()
        ended.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ConnectError, match=said):
        await asyncio.wait_for(tunnel(by(f"http://127.0.0.1:{port}"), "localhost", 443, None), 2)
    await asyncio.wait_for(ended.wait(), 2)
    server.close()
    await server.wait_closed()
