"""The transport goes its way in order, and knows of every request whether it may have been sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from tests.unit._http.outgoing import outgoing
from yarl import URL

from aiosagemaker import errors
from aiosagemaker._http.contract import TransportRequest
from aiosagemaker._http.transport import Transport
from aiosagemaker.config import HttpConfig, TimeoutConfig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[Transport]:
    """A transport with one connection."""
    transport = Transport(HttpConfig(max_connections=1))
    yield transport
    await transport.close()


async def test_sent(transport: Transport, server: Any) -> None:
    """A request that was cancelled says whether it may have been sent."""
    server.gate = asyncio.Event()
    first, second = outgoing(server.url), outgoing(server.url)
    sending = asyncio.create_task(transport.send(first))
    waiting = asyncio.create_task(transport.send(second))
    await asyncio.sleep(0.1)
    assert len(server.received) == 1
    assert (first.sent, second.sent) == (True, False)
    assert "max_connections" in second.waiting_for
    waiting.cancel()
    sending.cancel()
    await asyncio.gather(sending, waiting, return_exceptions=True)
    assert (first.sent, second.sent) == (True, False)
    server.gate.set()
    answer = await transport.send(outgoing(server.url))
    assert answer.status == 200


async def test_order(transport: Transport, server: Any) -> None:
    """A request is signed when it has its connection, once, and is sent as signed."""
    server.gate = asyncio.Event()
    signed: list[str] = []

    def request(name: str) -> TransportRequest:
        def sign() -> dict[str, str]:
            signed.append(name)
            return {"X-Signature": name}

        return TransportRequest("POST", URL(server.url), {"X-Unsigned": "1"}, b"", TimeoutConfig(), sign)

    tasks = [asyncio.create_task(transport.send(request(name))) for name in ("first", "second")]
    await asyncio.sleep(0.05)
    assert signed == ["first"]
    server.gate.set()
    await asyncio.gather(*tasks)
    assert signed == ["first", "second"]
    assert [received.headers["X-Signature"] for received in server.received] == signed
    assert "X-Unsigned" not in server.received[0].headers


async def test_calls_made_together(server: Any) -> None:
    """Requests that are ready at the same time are all signed before the first of them is written."""
    transport = Transport(HttpConfig())
    await asyncio.gather(*(transport.send(outgoing(server.url)) for _ in range(5)))
    sent: list[bool] = []

    def sign() -> dict[str, str]:
        sent.extend(request.sent for request in requests)
        return {}

    requests = [TransportRequest("POST", URL(server.url), {}, b"", TimeoutConfig(), sign) for _ in range(5)]
    await asyncio.gather(*map(transport.send, requests))
    assert sent == [False] * 25
    assert len(server.received) == 10
    await transport.close()


async def test_a_signature_that_fails(transport: Transport, server: Any) -> None:
    """What signing raises is raised, nothing is sent, and the connection serves the next request."""

    def sign() -> dict[str, str]:
        raise errors.NoCredentialsError("none")

    request = TransportRequest("POST", URL(server.url), {}, b"", TimeoutConfig(), sign)
    with pytest.raises(errors.NoCredentialsError):
        await transport.send(request)
    assert not request.sent
    assert (await transport.send(outgoing(server.url))).status == 200
    assert len(server.received) == 1


@pytest.mark.parametrize("size", [0, 10, 100_000])
async def test_no_headers_of_its_own(transport: Transport, server: Any, size: int) -> None:
    """A request has the headers that were given and those that HTTP needs, and no others."""
    given = {"User-Agent": "u"} | ({"Content-Type": "text/csv"} if size else {})
    await transport.send(outgoing(server.url, given, bytes(size)))
    (received,) = server.received
    assert {name.lower() for name in received.headers} == {name.lower() for name in (*given, "Host", "Content-Length")}
    assert received.headers["Content-Length"] == str(size)
    assert received.body == bytes(size)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_methods(transport: Transport, server: Any, method: str) -> None:
    """Any method goes out, and the answer to a HEAD has no body."""
    server.answer(b"body")
    server.answer(b"body")
    for _ in range(2):
        answer = await transport.send(outgoing(server.url, method=method))
        assert answer.status == 200
        assert answer.body == (b"" if method == "HEAD" else b"body")
    assert [received.method for received in server.received] == [method] * 2


async def test_closed(transport: Transport, server: Any) -> None:
    """A closed transport says so, and that nothing was sent."""
    await transport.close()
    with pytest.raises(errors.ClientClosedError):
        await transport.send(outgoing(server.url))
    assert not server.received


@pytest.mark.parametrize("headers", [{"X-A": "a\nb"}, {"X-A": 7}, {"X A": "b\r\n"}])
async def test_unsendable(transport: Transport, server: Any, headers: Any) -> None:
    """Headers that HTTP cannot carry are a TransportError, and nothing reaches the server."""
    request = outgoing(server.url, headers)
    with pytest.raises(errors.TransportError) as caught:
        await transport.send(request)
    assert not server.received
    assert not request.sent
    assert not caught.value.maybe_sent


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "http:///path", "https://", URL("http://a/b c", encoded=True), "http://a b/"]
)
async def test_unusable_url(transport: Transport, url: Any) -> None:
    """A URL that is not HTTP's is an EndpointResolutionError."""
    with pytest.raises(errors.EndpointResolutionError):
        await transport.send(outgoing(url))


async def test_open(transport: Transport, server: Any) -> None:
    """An answer that is open holds its connection; one that is unusable from its head on holds none."""
    server.answer(b"body")
    server.answer(headers={f"X-{number}": "1" for number in range(200)})
    server.answer()
    opened = await transport.open(outgoing(server.url))
    assert await opened.chunk() == b"body"
    assert await opened.chunk() == b""
    opened.close()
    with pytest.raises(errors.TransportError):
        await opened.chunk()
    with pytest.raises(errors.TransportError):
        await transport.open(outgoing(server.url))
    assert (await transport.send(outgoing(server.url))).status == 200


async def test_open_and_read(transport: Transport, server: Any) -> None:
    """An open answer can be read whole, and is closed then."""
    server.answer(b"body", status=400)
    opened = await transport.open(outgoing(server.url))
    assert (await opened.read()).body == b"body"
    opened.close()
    assert (await transport.send(outgoing(server.url))).status == 400


@pytest.mark.parametrize(
    ("response", "document", "freely", "allowed"),
    [
        (10, 5, True, 10),
        (10, 5, False, 5),
        (5, 10, False, 5),
        (None, 5, False, 5),
        (5, None, False, 5),
        (None, None, False, 1000),
        (None, 5, True, 1000),
    ],
)
async def test_limits(server: Any, response: int | None, document: int | None, freely: bool, allowed: int) -> None:
    """A document of the service's own is held to a limit of its own, beside that of every answer."""
    transport = Transport(HttpConfig(max_response_size=response, max_document_size=document))
    for size in (allowed, allowed + 1):
        server.answer(bytes(size))
    requests = [outgoing(server.url) for _ in range(2)]
    for request in requests:
        request.answers_freely = freely
    assert len((await transport.send(requests[0])).body) == allowed
    if allowed < 1000:
        with pytest.raises(errors.ResponseParseError, match=f"larger than {allowed} bytes"):
            await transport.send(requests[1])
    await transport.close()


def test_default_limits() -> None:
    """By default a document may be less large than what a model says."""
    http = HttpConfig()
    assert http.max_document_size is not None
    assert http.max_response_size is not None
    assert http.max_document_size < http.max_response_size
