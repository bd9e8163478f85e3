"""The HTTP/2 connections of one client in one event loop, as a transport whose requests may go on for long."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

from .._errors import ClientClosedError
from .._protocols.message import HttpResponse
from .._shapes.maps import Headers
from .http2 import Http2Connection
from .pool import tls_settings
from .proxies import Proxies

if TYPE_CHECKING:
    from yarl import URL

    from .._config.config import HttpConfig, TimeoutConfig
    from .contract import TransportRequest
    from .http2_stream import Http2Stream

_HOP_BY_HOP = frozenset({"connection", "host", "keep-alive", "transfer-encoding"})
"""What HTTP/2 has no use for (RFC 9113, 8.2.2), and the host, which is `:authority`."""
_Address = tuple[str, str, int]


class Http2Answer:
    """An answer whose head has come, and a request that may still go on. It holds its stream until it is closed."""

    def __init__(self, stream: Http2Stream, head: HttpResponse) -> None:
        self._stream = stream
        self.head = head

    async def send(self, data: bytes) -> None:
        """Send the next bytes of the request. Raises TransportError."""
        await self._stream.send(data)

    async def end(self) -> None:
        """End the request; the answer goes on. Raises TransportError."""
        await self._stream.end()

    async def chunk(self) -> bytes:
        """The next bytes of the body; none once it has ended. Raises TransportError."""
        return await self._stream.read()

    async def read(self) -> HttpResponse:
        """The complete answer, which is then closed. Raises TransportError."""
        body = bytearray()
        try:
            while data := await self._stream.read():
                body += data
            return HttpResponse(self.head.status, self.head.headers, bytes(body))
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the stream. May be called again."""
        self._stream.close()


class Http2Transport:
    """Connections by address. A connection carries several streams; another is made when none takes one more."""

    def __init__(self, http: HttpConfig) -> None:
        self._http = http
        self._proxies = Proxies(http)
        self._tls: dict[str, ssl.SSLContext] = {}
        self._connections: dict[_Address, list[Http2Connection]] = {}
        self._connecting: dict[_Address, asyncio.Lock] = {}
        self._closed = False

    async def open(self, request: TransportRequest, /) -> Http2Answer:
        """Begin a request, and wait for the head of its answer.

        Raises:
            ConfigError: `h2` is not installed, or the TLS settings or the environment's proxy cannot be used.
            TransportError: there is no answer.
            ClientClosedError: the transport is closed.
        """
        return await self._open(request)

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        """One request without a body, and its complete answer. Raises as `open` does."""
        return await (await self._open(request, ended=True)).read()

    async def _open(self, request: TransportRequest, *, ended: bool = False) -> Http2Answer:
        request.waiting_for = f"a connection to {request.url.origin()}"
        connection = await self._connection(request.url, request.timeouts)
        stream = connection.open(_headers(request))
        request.sent = True
        try:
            if ended:
                # Before the head is waited for: a server may answer only what it has the whole of.
                await stream.end()
            status, headers = await stream.head()
        except BaseException:
            stream.close()
            raise
        return Http2Answer(stream, HttpResponse(status, Headers(headers.items())))

    async def close(self) -> None:
        """Close every connection. A stream that is being read ends in an error."""
        self._closed = True
        connections = [each for known in self._connections.values() for each in known]
        self._connections.clear()
        await asyncio.gather(*(each.close() for each in connections))

    async def _connection(self, url: URL, timeouts: TimeoutConfig) -> Http2Connection:
        address = url.scheme, url.raw_host or "", url.port or 443
        # One at a time, so that calls at once share a connection rather than make one each.
        async with self._connecting.setdefault(address, asyncio.Lock()):
            if self._closed:
                raise ClientClosedError("the client was closed")
            known = [each for each in self._connections.get(address, ()) if each.usable or each.busy]
            self._connections[address] = known
            for connection in known:
                if connection.usable:
                    return connection
            proxy = self._proxies.find(url)
            tls = await self._context(url, "h2")
            made = await Http2Connection.connect(
                address[1],
                address[2],
                tls=tls,
                timeout=timeouts.connect,
                read_timeout=timeouts.read,
                proxy=proxy,
                proxy_tls=await self._context(proxy[0], "http/1.1"),
            )
            known.append(made)
            return made

    async def _context(self, url: URL | None, protocol: str) -> ssl.SSLContext | None:
        """What a connection must prove that is to speak the protocol; None where it needs to prove nothing."""
        if url is None or url.scheme != "https":
            return None
        if protocol not in self._tls:
            self._tls[protocol] = await asyncio.to_thread(self._read_context, protocol)
        return self._tls[protocol]

    def _read_context(self, protocol: str) -> ssl.SSLContext:
        settings = tls_settings(self._http)
        context = settings if isinstance(settings, ssl.SSLContext) else ssl.create_default_context()
        if settings is False:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols([protocol])
        return context


def _headers(request: TransportRequest) -> list[tuple[str, str]]:
    url = request.url
    # A port that the scheme implies is left out, as it is of what was signed.
    authority = url.raw_authority if not url.is_default_port() else (url.raw_host or "")
    signed = request.sign()
    return [
        (":method", request.method),
        (":scheme", url.scheme),
        (":authority", authority),
        (":path", url.raw_path_qs),
        *((name.lower(), value) for name, value in signed.items() if name.lower() not in _HOP_BY_HOP),
    ]
