"""The transport knows of every request whether it may have been sent, and takes no connection from another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from yarl import URL

from aiosagemaker import errors
from aiosagemaker._http.exchange import Exchange
from aiosagemaker._http.transport import Transport
from aiosagemaker.config import HttpConfig, TimeoutConfig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[Transport]:
    """A transport with one connection."""
    transport = Transport(HttpConfig(max_connections=1), TimeoutConfig(connect=1, read=1))
    yield transport
    await transport.close()


async def test_exchange(transport: Transport, server: Any) -> None:
    """A request that was cancelled says whether it may have been sent."""
    server.gate = asyncio.Event()
    first, second = Exchange(), Exchange()
    url = URL(server.url)
    sending = asyncio.create_task(transport.send("POST", url, {}, b"", first))
    waiting = asyncio.create_task(transport.send("POST", url, {}, b"", second))
    await asyncio.sleep(0.1)
    assert len(server.received) == 1
    assert (first.sent, second.sent) == (True, False)
    waiting.cancel()
    sending.cancel()
    await asyncio.gather(sending, waiting, return_exceptions=True)
    assert (first.sent, second.sent) == (True, False)
    server.gate.set()
    answer = await transport.send("POST", url, {}, b"")
    assert answer.status == 200


async def test_abort_of_another(transport: Transport, server: Any) -> None:
    """An exchange that has ended cannot close the connection that another request has by now."""
    first, second = Exchange(), Exchange()
    url = URL(server.url)
    await transport.send("POST", url, {}, b"", first)
    await transport.send("POST", url, {}, b"", second)
    assert second.held() is not None
    assert first.held() is None
    first.abort()
    assert (await transport.send("POST", url, {}, b"")).status == 200


@pytest.mark.parametrize("size", [0, 10, 100_000])
async def test_no_headers_of_its_own(transport: Transport, server: Any, size: int) -> None:
    """A request has the headers that were given and those that HTTP needs, and no others."""
    given = {"User-Agent": "u"} | ({"Content-Type": "text/csv"} if size else {})
    await transport.send("POST", URL(server.url), given, bytes(size))
    (received,) = server.received
    assert {name.lower() for name in received.headers} == {name.lower() for name in (*given, "Host", "Content-Length")}
    assert received.headers["Content-Length"] == str(size)


async def test_closed(transport: Transport, server: Any) -> None:
    """A closed transport says so, and that nothing was sent."""
    await transport.close()
    with pytest.raises(errors.ClientClosedError):
        await transport.send("POST", URL(server.url), {}, b"")
    assert not server.received


@pytest.mark.parametrize("headers", [{"X-A": "a\nb"}, {"X-A": 7}, {"X A": "b\r\n"}])
async def test_unsendable(transport: Transport, server: Any, headers: Any) -> None:
    """Headers that HTTP cannot carry are a TransportError, and nothing reaches the server."""
    with pytest.raises(errors.TransportError):
        await transport.send("POST", URL(server.url), headers, b"")
    assert not server.received


@pytest.mark.parametrize("url", ["ftp://example.com/", "http:///path", "https://"])
async def test_unusable_url(transport: Transport, url: str) -> None:
    """A URL that is not HTTP's is an EndpointResolutionError."""
    with pytest.raises(errors.EndpointResolutionError):
        await transport.send("POST", URL(url), {}, b"")


async def test_open(transport: Transport, server: Any) -> None:
    """An answer that is open holds its connection; one that is unusable from its head on holds none."""
    server.answer(b"body")
    server.answer(headers={f"X-{number}": "1" for number in range(200)})
    server.answer()
    url = URL(server.url)
    opened = await transport.open("POST", url, {}, b"")
    assert await opened.chunk() == b"body"
    assert await opened.chunk() == b""
    opened.close()
    with pytest.raises(errors.TransportError):
        await transport.open("POST", url, {}, b"")
    assert (await transport.send("POST", url, {}, b"")).status == 200
