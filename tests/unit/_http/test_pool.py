"""Connections are kept as long as they should be, are never more than they may be, and end when nobody needs them."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from tests.integration.fault_server import FaultServer, keeps, serves
from tests.unit._http.outgoing import outgoing
from yarl import URL

from aiosagemaker import errors
from aiosagemaker._http.pool import Pool, tls_settings
from aiosagemaker._http.transport import Transport
from aiosagemaker.config import HttpConfig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest_asyncio.fixture
async def faults() -> AsyncIterator[FaultServer]:
    """A server that counts connections."""
    server = FaultServer()
    server.plan = [serves()]
    await server.start()
    yield server
    await server.stop()


async def until(condition: Any) -> None:
    """Wait for what is about to be."""
    async with asyncio.timeout(1):
        while not condition():  # noqa: ASYNC110 - what is waited for sets no event
            await asyncio.sleep(0.005)


async def test_kept(faults: FaultServer) -> None:
    """Calls one after the other share a connection; calls at once have one each, up to the limit."""
    transport = Transport(HttpConfig(max_connections=3))
    for _ in range(3):
        await transport.send(outgoing(faults.url))
    assert faults.connections == 1
    await asyncio.gather(*(transport.send(outgoing(faults.url)) for _ in range(9)))
    assert faults.connections == 3
    await transport.close()
    await until(lambda: faults.open == 0)


async def test_not_kept(faults: FaultServer) -> None:
    """With a keepalive of 0 every request has a connection of its own, and the server is told."""
    transport = Transport(HttpConfig(keepalive=0))
    for _ in range(2):
        await transport.send(outgoing(faults.url))
    assert faults.connections == 2
    assert faults.requests[0].header("Connection") == "close"
    await until(lambda: faults.open == 0)
    await transport.close()


async def test_keepalive(faults: FaultServer) -> None:
    """An idle connection is closed after `keepalive`, whether anyone calls or not."""
    transport = Transport(HttpConfig(keepalive=0.05))
    await transport.send(outgoing(faults.url))
    await until(lambda: faults.open == 0)
    await transport.send(outgoing(faults.url))
    assert faults.connections == 2
    await transport.close()


async def test_the_latest_is_used_first(faults: FaultServer) -> None:
    """What is not needed ages: the connection used last is used next."""
    transport = Transport(HttpConfig(keepalive=0.1))
    await asyncio.gather(*(transport.send(outgoing(faults.url)) for _ in range(3)))
    for _ in range(8):
        await transport.send(outgoing(faults.url))
        await asyncio.sleep(0.02)
    assert faults.connections == 3
    assert faults.open == 1
    await transport.close()


async def test_room_for_another_server(faults: FaultServer) -> None:
    """Idle connections to one server make room for those to another."""
    other = FaultServer()
    other.plan = [serves()]
    await other.start()
    transport = Transport(HttpConfig(max_connections=2))
    await asyncio.gather(*(transport.send(outgoing(faults.url)) for _ in range(2)))
    await transport.send(outgoing(other.url))
    await until(lambda: faults.open + other.open == 2)
    assert (faults.open, other.open) == (1, 1)
    await transport.close()
    await other.stop()


async def test_the_oldest_makes_room(faults: FaultServer) -> None:
    """Of the idle connections it is the one idle for longest that makes room."""
    others = [FaultServer(), FaultServer()]
    for other in others:
        other.plan = [serves()]
        await other.start()
    transport = Transport(HttpConfig(max_connections=2))
    for server in (faults, *others, others[0]):
        await transport.send(outgoing(server.url))
    assert [server.connections for server in (faults, *others)] == [1, 1, 1]
    await transport.close()
    for other in others:
        await other.stop()


async def test_a_loop_that_was_busy(faults: FaultServer) -> None:
    """A connection that was idle for too long is not used, though the event loop had no time to close it."""
    transport = Transport(HttpConfig(keepalive=0.05))
    await transport.send(outgoing(faults.url))
    time.sleep(0.06)  # noqa: ASYNC251 - what is tested is a loop that stands still
    await transport.send(outgoing(faults.url))
    assert faults.connections == 2
    await transport.close()


async def test_cancelled_while_waiting(faults: FaultServer) -> None:
    """Whoever gives up waiting for a connection takes none with it."""
    faults.plan = [keeps(), serves()]
    transport = Transport(HttpConfig(max_connections=1))
    holding = asyncio.create_task(transport.send(outgoing(faults.url)))
    await until(lambda: faults.requests)
    waiting = [asyncio.create_task(transport.send(outgoing(faults.url))) for _ in range(5)]
    await asyncio.sleep(0.01)
    for task in (*waiting[:3], holding, waiting[4]):
        task.cancel()
    assert (await waiting[3]).status == 200
    assert (await transport.send(outgoing(faults.url))).status == 200
    assert faults.connections == 2
    await transport.close()


async def test_closing_under_a_waiting_call(faults: FaultServer) -> None:
    """A call that waits for a connection of a client that is closed says that nothing was sent."""
    faults.plan = [keeps()]
    transport = Transport(HttpConfig(max_connections=1))
    tasks = [asyncio.create_task(transport.send(outgoing(faults.url))) for _ in range(3)]
    await until(lambda: faults.requests)
    await transport.close()
    first, *others = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(first, errors.ConnectionClosed)
    assert [type(other) for other in others] == [errors.ClientClosedError] * 2


def test_loops_that_end(recwarn: pytest.WarningsRecorder) -> None:
    """A pool that nobody closed is closed with its event loop, and nobody is warned."""

    async def main() -> FaultServer:
        faults = FaultServer()
        faults.plan = [serves()]
        await faults.start()
        kept.append(Transport(HttpConfig()))
        await kept[-1].send(outgoing(faults.url))
        held.append(await kept[-1].open(outgoing(faults.url)))
        return faults

    kept: list[Transport] = []
    held: list[Any] = []
    warnings.simplefilter("always")
    for _ in range(3):
        asyncio.run(main())
        assert all(connection.lost for transport in kept for connection in transport._pool._open)
    kept.clear()
    held.clear()
    gc.collect()
    said = [str(warning.message) for warning in recwarn]
    assert [text for text in said if "raddr" in text or "transport" in text or "aiohttp" in text] == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
async def test_forks(faults: FaultServer) -> None:
    """A child that lets go of its parent's connections takes nothing from the parent."""
    transport = Transport(HttpConfig(max_connections=1))
    await transport.send(outgoing(faults.url))
    child = os.fork()
    if not child:
        try:
            transport.abandon()
            del transport
            gc.collect()
        finally:
            os._exit(0)
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    assert status == 0
    started = asyncio.get_running_loop().time()
    assert (await transport.send(outgoing(faults.url))).status == 200
    assert asyncio.get_running_loop().time() - started < 0.5
    assert faults.connections == 1
    await transport.close()


@pytest.mark.parametrize(
    ("url", "line", "host", "origin"),
    [
        ("https://host.example", "/", "host.example", "https://host.example"),
        ("https://host.example:443/a?b=c#d", "/a?b=c", "host.example", "https://host.example"),
        ("http://host.example:8080/", "/", "host.example:8080", "http://host.example:8080"),
        ("http://[::1]:80/%20", "/%20", "[::1]", "http://[::1]"),
        ("https://user@host.example/", "/", "host.example", "https://host.example"),
    ],
)
async def test_targets(url: str, line: str, host: str, origin: str) -> None:
    """A request goes to its address's host, by the path and query alone."""
    pool = Pool(HttpConfig())
    target = pool.target(URL(url, encoded=True))
    assert (target.line, target.host, str(target.way.origin)) == (line, host, origin)
    await pool.close()


async def test_targets_by_proxy() -> None:
    """A proxy reads a plain request's whole address and its credentials; of TLS it gets both by its CONNECT alone."""
    pool = Pool(HttpConfig(proxy="http://me:pw@proxy.example:3128"))
    plain, secure = (pool.target(URL(f"{scheme}://host.example/a")) for scheme in ("http", "https"))
    assert (plain.line, secure.line) == ("http://host.example/a", "/a")
    assert plain.proxy_lines == "Proxy-Authorization: Basic bWU6cHc=\r\n"
    assert (secure.proxy_lines, plain.way.proxy_headers) == ("", {})
    assert secure.way.proxy_headers == {"Proxy-Authorization": "Basic bWU6cHc="}
    assert "bWU6cHc" not in repr((plain, secure))
    await pool.close()


async def test_a_server_that_speaks_first(faults: FaultServer) -> None:
    """What comes before anything was asked is no answer."""

    async def speaks(peer: Any) -> None:
        await peer.write(b"220 smtp.example ready\r\n")
        await peer.closed()

    faults.plan = [speaks]
    transport = Transport(HttpConfig())
    with pytest.raises(errors.TransportError):
        await transport.send(outgoing(faults.url))
    await transport.close()


def test_tls(tmp_path: Path) -> None:
    """Without files aiohttp's own context serves; what cannot be read is a ConfigError that names it."""
    assert tls_settings(HttpConfig()) is True
    assert tls_settings(HttpConfig(verify=False)) is False
    for path in (tmp_path, tmp_path / "none.pem"):
        with pytest.raises(errors.ConfigError, match=str(path)):
            tls_settings(HttpConfig(ca_bundle=path))
    context = tls_settings(
        HttpConfig(ca_bundle=ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")
    )
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname


async def test_a_bundle_that_cannot_be_read(tmp_path: Path) -> None:
    """The CA bundle is read when the first connection needs it, and its error is the call's."""
    transport = Transport(HttpConfig(ca_bundle=tmp_path))
    for _ in range(2):
        with pytest.raises(errors.ConfigError, match="folder"):
            await transport.send(outgoing("https://host.example"))
    await transport.close()


HUNG = """
import asyncio, sys
from aiosagemaker import Credentials, HttpConfig, SageMakerClient, TimeoutConfig, errors

async def main():
    settings = {"region": "us-east-1", "endpoint_url": "https://127.0.0.1:1", "credentials": Credentials("a", "s")}
    limits = TimeoutConfig(operation=1)
    async with SageMakerClient(**settings, http=HttpConfig(ca_bundle=sys.argv[1]), timeouts=limits) as client:
        try:
            await client.list_endpoints()
        except errors.OperationTimeout as error:
            print(error)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs os.mkfifo")
def test_file_that_hangs(tmp_path: Path) -> None:
    """A CA bundle whose reading does not end holds up neither the call beyond its time nor the program's exit."""
    os.mkfifo(tmp_path / "pipe")
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", HUNG, str(tmp_path / "pipe")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environ)
    assert ended.stderr == ""
    assert "took longer than 1 s" in ended.stdout
    assert "HttpConfig.ca_bundle (AWS_CA_BUNDLE)" in ended.stdout
