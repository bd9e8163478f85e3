"""What is used of aiohttp, one test each, so that a version that changes it fails by the name of what it changed."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import socket
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver
from yarl import URL

from aiosagemaker import HttpConfig, errors
from aiosagemaker._http import surface
from aiosagemaker._http.surface import BUFFER, Connector, Way, check_surface, parser
from aiosagemaker.errors import InvalidConfigError

if TYPE_CHECKING:
    from collections.abc import Callable


class Protocol:
    """Notes what a StreamReader asks of it."""

    connected = True

    def __init__(self) -> None:
        self._reading_paused = False
        self.asked: list[str] = []

    def pause_reading(self) -> None:
        self._reading_paused = True
        self.asked.append("pause")

    def resume_reading(self, *_: Any, **__: Any) -> None:
        self._reading_paused = False
        self.asked.append("resume")


def read(data: bytes, **options: Any) -> tuple[Any, Any, Protocol, Any]:
    """A head, its body, the protocol and the parser."""
    protocol = Protocol()
    reader = parser(protocol, Protocol(), **options)
    messages, upgraded, _ = reader.feed_data(data)
    assert not upgraded
    (head, body), *_ = messages
    return head, body, protocol, reader


def test_head() -> None:
    """`HttpResponseParser` gives status, reason, headers, and whether the connection can be kept."""
    head, body, _, _ = read(b"HTTP/1.1 404 Not Found\r\nX-A: b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert (head.code, head.reason, head.should_close, head.chunked) == (404, "Not Found", True, False)
    assert head.headers["x-a"] == "b"
    assert head.headers.getall("Content-Length") == ["0"]
    assert body.is_eof()


def test_body() -> None:
    """`StreamReader.read_nowait` gives what there is, and `is_eof` tells the end."""
    _, body, _, reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
    assert body.read_nowait() == b"ab"
    assert body.read_nowait() == b""
    assert not body.is_eof()
    reader.feed_data(b"cd")
    assert body.is_eof()
    assert body.read_nowait() == b"cd"
    assert body.exception() is None


def test_chunks() -> None:
    """`chunked` tells of chunks, and the body is without them."""
    head, body, _, _ = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
    assert head.chunked
    assert body.is_eof()
    assert body.read_nowait() == b"ab"


def test_damage() -> None:
    """`feed_data` raises for a malformed chunk, or the body's `exception` tells of it."""
    _, body, _, reader = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
    try:
        reader.feed_data(b"xyz\r\n")
    except Exception:
        return
    assert body.exception() is not None


def test_end_of_the_connection() -> None:
    """`feed_eof` ends a body without a length, and raises for one that is too short."""
    _, body, _, reader = read(b"HTTP/1.1 200 OK\r\n\r\nab")
    assert not body.is_eof()
    reader.feed_eof()
    assert body.is_eof()
    _, _, _, reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
    with pytest.raises(Exception, match="Not enough data"):
        reader.feed_eof()


def test_interim_answers() -> None:
    """Interim answers come as messages before the real one."""
    protocol = Protocol()
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
    data = hints + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    messages, _, _ = parser(protocol, Protocol()).feed_data(data)
    assert [head.code for head, _ in messages] == [100, 103, 200]


def test_no_body() -> None:
    """`response_with_body` leaves out what an answer to a HEAD only speaks of."""
    _, body, _, _ = read(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", response_with_body=False)
    assert body.is_eof()


def test_no_decoding() -> None:
    """`auto_decompress` off leaves a content coding alone."""
    _, body, _, _ = read(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab")
    assert body.read_nowait() == b"ab"


def test_flow_control() -> None:
    """A StreamReader that has enough calls `pause_reading`, and `resume_reading` once it has room again."""
    _, body, protocol, reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
    for _ in range(3):
        reader.feed_data(bytes(BUFFER))
    assert "pause" in protocol.asked
    protocol.asked.clear()
    assert len(body.read_nowait()) == 3 * BUFFER
    assert protocol.asked[:1] == ["resume"]


def test_not_http() -> None:
    """`feed_data` raises for what is not HTTP."""
    with pytest.raises(aiohttp.http.HttpProcessingError):
        parser(Protocol(), Protocol()).feed_data(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def test_connect(server: Any) -> None:
    """`TCPConnector.connect` gives a connection whose transport can be taken over, and which it then forgets."""
    connector = Connector(True)
    url = URL(server.url)
    transport = await connector.connect(Way("", url.origin(), None, {}), 1.0)
    received: list[bytes] = []
    ended = asyncio.get_running_loop().create_future()

    class Reads(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            received.append(data)

        def connection_lost(self, exc: Exception | None) -> None:
            ended.set_result(exc)

    transport.set_protocol(Reads())
    transport.write(b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    await connector.close()
    await asyncio.wait_for(ended, 1)
    assert b"".join(received).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_connect_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a connection is bounded from the host's name on."""

    async def resolve(*_: object, **__: object) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    monkeypatch.setattr("aiohttp.connector.DefaultResolver", aiohttp.ThreadedResolver)
    connector = Connector(True)
    with pytest.raises(errors.ConnectTimeout, match=r"within 0\.05 s \(TimeoutConfig\.connect\)"):
        await connector.connect(Way("", URL("http://host.example"), None, {}), 0.05)
    await connector.close()


def test_client_request() -> None:
    """`ClientRequest` takes what `Connector` gives it."""
    taken = inspect.signature(aiohttp.ClientRequest.__init__).parameters
    assert {"loop", "proxy", "proxy_headers"} <= set(taken)


def no_parser(*_: object, **__: object) -> Any:
    raise TypeError("unexpected keyword argument 'read_until_eof'")


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "another parser": lambda patch: patch.setattr(surface, "parser", no_parser),
    "no connect": lambda patch: patch.delattr(aiohttp.TCPConnector.__mro__[1], "connect"),
    "no protocol": lambda patch: patch.delattr(surface._Lease, "protocol"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_another_aiohttp(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """An aiohttp that lacks what is used is an ImportError that names it and its version."""
    check_surface()
    BROKEN[name](monkeypatch)
    with pytest.raises(ImportError, match=f"does not work with aiohttp {aiohttp.__version__}: "):
        check_surface()


class Resolver(AbstractResolver):
    """Every host is this machine."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closed = False

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        self.asked.append(host)
        address = {"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0}
        return [{**address, "flags": socket.AI_NUMERICHOST}]

    async def close(self) -> None:
        self.closed = True


@pytest.mark.filterwarnings("ignore::aiosagemaker._http.endpoint_rules.InsecureEndpointWarning")
@pytest.mark.parametrize("made", [True, False])
async def test_a_resolver_of_ones_own(made: bool, server: Any, make_client: Any) -> None:
    """It is asked for the endpoint's host, given ready or made by a function."""
    resolver = Resolver()
    url = server.url.replace("127.0.0.1", "sagemaker.test")
    http = HttpConfig(resolver=(lambda: resolver) if made else resolver)
    await make_client(endpoint_url=url, http=http).list_endpoints()
    assert resolver.asked == ["sagemaker.test"]
    assert repr(http.resolver) not in repr(http)
    assert pickle.loads(pickle.dumps(http)).resolver is None


@pytest.mark.filterwarnings("ignore::aiosagemaker._http.endpoint_rules.InsecureEndpointWarning")
@pytest.mark.parametrize("made", [True, False])
async def test_a_connector_of_ones_own(made: bool, server: Any, make_client: Any) -> None:
    """It makes the connections; one that was given ready is left open, one that was made for the client is closed."""
    resolver = Resolver()
    connector = aiohttp.TCPConnector(resolver=resolver)
    url = server.url.replace("127.0.0.1", "sagemaker.test")
    client = make_client(endpoint_url=url, http=HttpConfig(connector=(lambda: connector) if made else connector))
    for _ in range(3):
        await client.list_endpoints()
    assert resolver.asked == ["sagemaker.test"]
    await client.close()
    assert connector.closed is made
    await connector.close()


@pytest.mark.parametrize("name", ["connector", "resolver"])
async def test_what_is_neither(name: str, make_client: Any) -> None:
    """Another object is named with the setting."""
    client = make_client(http=HttpConfig(**{name: lambda: 7}))
    with pytest.raises(InvalidConfigError, match=rf"HttpConfig\.{name} .* not 7"):
        await client.list_endpoints()
