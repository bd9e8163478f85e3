"""The connections of one client: where they go, how many there are, and how long an idle one is kept."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import re
import ssl
import weakref
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from .._errors import ClientClosedError, ConfigError, ConnectionClosed, EndpointResolutionError
from .._threads import in_thread
from .._values import show_url
from .connection import Connection
from .proxies import Proxies, ProxyHeaders
from .surface import Connector, Way

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from yarl import URL

    from .._config.config import HttpConfig
    from .contract import TransportRequest

_LOOK_AGAIN = 0.01
"""How often, in seconds, it is seen whether the last connections have been made that an ending loop still needs."""
_TARGET = re.compile(r"[!-~]+")

_inherited: list[object] = []
"""What a forked child has of its parent's connections. Letting go of them would take them from the parent's loop."""


class Target(NamedTuple):
    """Where a request goes, by its address."""

    way: Way
    line: str
    """The request-target (RFC 9112, 3.2)."""
    host: str
    """The Host header's value."""
    proxy_lines: str
    """The headers for a proxy that reads the request."""

    def __repr__(self) -> str:
        return f"<Target {self.way.key}>"


class Pool:
    """Made inside a running event loop, and bound to it."""

    def __init__(self, http: HttpConfig) -> None:
        self.loop = asyncio.get_running_loop()
        self.closed = False
        self.keepalive = http.keepalive
        self._http = http
        self._proxies = Proxies(http)
        self._free = asyncio.Semaphore(http.max_connections)
        self._connector: Connector | None = None
        self._setting_up = asyncio.Lock()
        self._open: set[Connection] = set()
        self._connecting = 0
        self._idle: dict[str, deque[Connection]] = {}
        self._sweeping: asyncio.TimerHandle | None = None
        self._process = os.getpid()
        self.target = functools.lru_cache(maxsize=256)(self._find_target)
        self._end_of_loop = _end_of_loop(weakref.ref(self))
        with contextlib.suppress(StopIteration):
            # Begun, it belongs to the loop, which closes it before it ends.
            self._end_of_loop.__anext__().send(None)

    async def take(self, target: Target, request: TransportRequest) -> Connection:
        """A connection that is alive, and this request's alone until `give_back`.

        Waiting for one that is free is bounded by nobody but the caller; making one, by `request.timeouts.connect`.

        Raises:
            ClientClosedError: the pool is closed.
            SdkError: there is no connection to be had.
            Exception: whatever aiohttp and the operating system raise.
        """
        if self._free.locked():
            count = self._http.max_connections
            request.waiting_for = f"a free connection: all {count} (HttpConfig.max_connections) are in use"
        await self._free.acquire()
        try:
            if self.closed:
                raise ClientClosedError("the client was closed")
            idle = self._idle.get(target.way.key)
            while idle:
                connection = idle.pop()
                if connection.is_alive() and self.loop.time() - connection.idle_since <= self.keepalive:
                    return connection
                self._discard(connection)
            if self._connector is None and _has_files(self._http):
                request.waiting_for = "the files that HttpConfig.ca_bundle (AWS_CA_BUNDLE) and client_cert name"
            self._connecting += 1
            try:
                if self._connector is None or len(self._open) >= self._http.max_connections:
                    await self._make_room()
                request.waiting_for = "a connection to be made"
                return await self._connect(target.way, request.timeouts.connect)
            finally:
                self._connecting -= 1
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """End the exchange. The connection is kept for the next one if nothing speaks against it."""
        if connection.finish() and self.keepalive and not self.closed:
            connection.idle_since = self.loop.time()
            idle = self._idle.get(connection.way)
            if idle is None:
                idle = self._idle[connection.way] = deque()
            idle.append(connection)
            if self._sweeping is None:
                self._sweeping = self.loop.call_later(self.keepalive, self._sweep)
        else:
            self._discard(connection)
        self._free.release()

    async def _connect(self, way: Way, limit: float | None) -> Connection:
        assert self._connector is not None
        transport = await self._connector.connect(way, limit)
        connection = Connection(transport, self.loop, way.key)
        transport.set_protocol(connection)
        self._open.add(connection)
        if self.closed:
            self._discard(connection)
            raise ClientClosedError("the client was closed")
        return connection

    async def _make_room(self) -> None:
        """Make what makes connections, and let the number of open ones be one below what may be."""
        async with self._setting_up:
            if self._connector is None:
                self._connector = Connector(
                    await self._tls_settings(), resolver=self._http.resolver, connector=self._http.connector
                )
        if len(self._open) >= self._http.max_connections:
            oldest = min(
                (each for each in self._idle.values() if each), key=lambda each: each[0].idle_since, default=None
            )
            if oldest is not None:
                self._discard(oldest.popleft())

    async def _tls_settings(self) -> ssl.SSLContext | bool:
        if not _has_files(self._http):
            return self._http.verify
        # Reading files may take its time, or for ever: then neither the event loop nor the program's exit waits.
        reading = in_thread(functools.partial(tls_settings, self._http), "aiosagemaker TLS files")
        return await asyncio.wrap_future(reading)

    def _discard(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.abort()

    def _sweep(self) -> None:
        """Close what has been idle for too long."""
        self._sweeping = None
        now, first = self.loop.time(), None
        for idle in self._idle.values():
            while idle and now - idle[0].idle_since >= self.keepalive:
                self._discard(idle.popleft())
            if idle and (first is None or idle[0].idle_since < first):
                first = idle[0].idle_since
        if first is not None:
            self._sweeping = self.loop.call_at(first + self.keepalive, self._sweep)

    def _find_target(self, url: URL) -> Target:
        host, scheme = url.raw_host, url.scheme
        if scheme not in ("http", "https") or not host:
            raise EndpointResolutionError(f"not a usable URL: {show_url(str(url))}")
        if ":" in host:
            host = f"[{host}]"
        if not url.is_default_port():
            host = f"{host}:{url.port}"
        proxy, credentials = self._proxies.find(url)
        line, proxy_lines = url.raw_path_qs, ""
        if proxy is not None and scheme == "http":
            # The proxy reads the request. Inside TLS it sees nothing of it but the CONNECT that opens the way.
            line = f"http://{host}{line}"
            proxy_lines = "".join(f"{name}: {value}\r\n" for name, value in credentials.items())
            credentials = ProxyHeaders()
        if not _TARGET.fullmatch(line) or not _TARGET.fullmatch(host):
            raise EndpointResolutionError(f"not a usable URL: {show_url(str(url))}")
        origin = url.origin()
        return Target(Way(str(origin), origin, proxy, credentials), line, host, proxy_lines)

    async def close(self) -> None:
        """Close every connection. An answer that is being read ends in an error."""
        connections = list(self._open)
        self.abandon()
        await self._end(connections)
        with contextlib.suppress(RuntimeError):  # it runs: the loop is about to end
            await self._end_of_loop.aclose()

    async def retire(self) -> None:
        """Keep nothing any more, as the event loop ends. Whoever waits for an answer gets it, and may ask again."""
        self.keepalive = 0
        for idle in self._idle.values():
            while idle:
                self._discard(idle.popleft())
        while (waits := self._waits()) or self._connecting:
            await (asyncio.wait(waits) if waits else asyncio.sleep(_LOOK_AGAIN))
        connections = list(self._open)
        self._let_go()
        await self._end(connections)

    def _waits(self) -> list[asyncio.Future[None]]:
        return [waiter for connection in self._open if (waiter := connection.waiter) is not None]

    async def _end(self, connections: list[Connection]) -> None:
        connector, self._connector = self._connector, None
        if connector is not None:
            await connector.close()
        if connections:
            await asyncio.wait([asyncio.ensure_future(connection.closed()) for connection in connections], timeout=1)

    def abandon(self) -> None:
        """Close every connection now, from inside or outside the event loop, which may have ended.

        In a child of the process that made them nothing is closed: they are the parent's.
        """
        self.closed = True
        if os.getpid() != self._process:
            _inherited.append(self)
            return
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        self._let_go()

    def _let_go(self) -> None:
        connections = list(self._open)
        self._open.clear()
        self._idle.clear()
        for connection in connections:
            if not self.loop.is_closed():
                connection.fail(ConnectionClosed("the client was closed"))
            connection.abort()


async def _end_of_loop(reference: weakref.ref[Pool]) -> AsyncGenerator[None]:
    """Closes a pool when its event loop ends, as asyncio.run and its like end one, if nobody has done so before."""
    try:
        yield
    finally:
        pool = reference()
        if pool is not None and not pool.closed:
            await pool.retire()


def _has_files(http: HttpConfig) -> bool:
    return http.client_cert is not None or (http.ca_bundle is not None and http.verify)


def tls_settings(http: HttpConfig) -> ssl.SSLContext | bool:
    """What a connection must prove, as aiohttp's `ssl` takes it: True is its own context, which checks against the
    system's authorities.

    Raises:
        ConfigError: the CA bundle or the client certificate cannot be used.
    """
    if not _has_files(http):
        return http.verify
    setting, path = "HttpConfig.ca_bundle (AWS_CA_BUNDLE)", http.ca_bundle
    try:
        # TLS 1.2 is the least that Python's default context speaks.
        context = ssl.create_default_context(cafile=http.ca_bundle if http.verify else None)
        if http.client_cert is not None:
            pair = http.client_cert if isinstance(http.client_cert, tuple) else (http.client_cert, None)
            setting, path = "HttpConfig.client_cert", pair[0]
            context.load_cert_chain(pair[0], pair[1])
    except (OSError, ssl.SSLError) as error:
        reason = "it is a folder, not a file" if isinstance(error, IsADirectoryError) else error
        raise ConfigError(f"{setting}: {path} cannot be used: {reason}") from error
    context.set_alpn_protocols(["http/1.1"])
    if not http.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
