"""The transport knows of every request whether it may have been sent, and takes no connection from another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from yarl import URL

from aiosagemaker import errors
from aiosagemaker._http.contract import TransportRequest
from aiosagemaker._http.transport import Transport
from aiosagemaker.config import HttpConfig, TimeoutConfig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosagemaker._http.exchange import Exchange


def a_request(url: URL | str, headers: Any = None, body: Any = b"") -> TransportRequest:
    given = headers or {}
    return TransportRequest("POST", URL(url), given, body, TimeoutConfig(connect=1, read=1), lambda: given)


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[Transport]:
    """A transport with one connection."""
    transport = Transport(HttpConfig(max_connections=1))
    yield transport
    await transport.close()


async def test_sent(transport: Transport, server: Any) -> None:
    """A request that was cancelled says whether it may have been sent, and what it waited for."""
    server.gate = asyncio.Event()
    first, second = a_request(server.url), a_request(server.url)
    sending = asyncio.create_task(transport.send(first))
    waiting = asyncio.create_task(transport.send(second))
    await asyncio.sleep(0.1)
    assert len(server.received) == 1
    assert (first.sent, second.sent) == (True, False)
    assert (first.waiting_for, "max_connections" in second.waiting_for) == ("", True)
    waiting.cancel()
    sending.cancel()
    await asyncio.gather(sending, waiting, return_exceptions=True)
    assert (first.sent, second.sent) == (True, False)
    server.gate.set()
    answer = await transport.send(a_request(server.url))
    assert answer.status == 200


async def test_signed_once_and_late(transport: Transport, server: Any) -> None:
    """A request is signed once, and not before it is its turn to be sent."""
    signed: list[int] = []
    server.gate = asyncio.Event()

    def request(number: int) -> TransportRequest:
        return TransportRequest(
            "POST", URL(server.url), {}, b"", TimeoutConfig(), lambda: {"X-N": str(signed.append(number) or number)}
        )

    sending = [asyncio.create_task(transport.send(request(number))) for number in (1, 2)]
    await server.arrived.wait()
    assert signed == [1]
    server.gate.set()
    await asyncio.gather(*sending)
    assert signed == [1, 2]
    assert [received.headers["X-N"] for received in server.received] == ["1", "2"]


async def test_abort_of_another(transport: Transport, server: Any) -> None:
    """An exchange that has ended cannot close the connection that another request has by now."""
    held: list[Exchange] = []
    begin = transport._begin

    async def begun(request: TransportRequest, exchange: Exchange) -> Any:
        held.append(exchange)
        return await begin(request, exchange)

    transport._begin = begun  # type: ignore[method-assign]  # an exchange is otherwise its request's alone
    await transport.send(a_request(server.url))
    await transport.send(a_request(server.url))
    first, second = held
    assert second.held() is not None
    assert first.held() is None
    first.abort()
    assert (await transport.send(a_request(server.url))).status == 200


@pytest.mark.parametrize("size", [0, 10, 100_000])
async def test_no_headers_of_its_own(transport: Transport, server: Any, size: int) -> None:
    """A request has the headers that were given and those that HTTP needs, and no others."""
    given = {"User-Agent": "u"} | ({"Content-Type": "text/csv"} if size else {})
    await transport.send(a_request(URL(server.url), given, bytes(size)))
    (received,) = server.received
    assert {name.lower() for name in received.headers} == {name.lower() for name in (*given, "Host", "Content-Length")}
    assert received.headers["Content-Length"] == str(size)


async def test_closed(transport: Transport, server: Any) -> None:
    """A closed transport says so, and that nothing was sent."""
    await transport.close()
    with pytest.raises(errors.ClientClosedError):
        await transport.send(a_request(server.url))
    assert not server.received


@pytest.mark.parametrize("headers", [{"X-A": "a\nb"}, {"X-A": 7}, {"X A": "b\r\n"}])
async def test_unsendable(transport: Transport, server: Any, headers: Any) -> None:
    """Headers that HTTP cannot carry are a TransportError, and nothing reaches the server."""
    with pytest.raises(errors.TransportError):
        await transport.send(a_request(URL(server.url), headers, b""))
    assert not server.received


@pytest.mark.parametrize("url", ["ftp://example.com/", "http:///path", "https://"])
async def test_unusable_url(transport: Transport, url: str) -> None:
    """A URL that is not HTTP's is an EndpointResolutionError."""
    with pytest.raises(errors.EndpointResolutionError):
        await transport.send(a_request(url))


async def test_open(transport: Transport, server: Any) -> None:
    """An answer that is open holds its connection; one that is unusable from its head on holds none."""
    server.answer(b"body")
    server.answer(headers={f"X-{number}": "1" for number in range(200)})
    server.answer()
    url = URL(server.url)
    opened = await transport.open(a_request(url))
    assert await opened.chunk() == b"body"
    assert await opened.chunk() == b""
    opened.close()
    with pytest.raises(errors.TransportError):
        await transport.open(a_request(url))
    assert (await transport.send(a_request(url))).status == 200
