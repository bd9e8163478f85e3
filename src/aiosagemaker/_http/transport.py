"""Sockets, through aiohttp: one request out, one complete answer back, every failure as a typed error."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import hdrs

from .._protocols.message import HttpResponse
from .._shapes.maps import Headers
from ..errors import (
    ConfigError,
    ConnectError,
    ConnectionClosed,
    ConnectTimeout,
    EndpointResolutionError,
    NameResolutionError,
    ReadTimeout,
    TlsError,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yarl import URL

    from .._protocols.message import Body
    from ..config import HttpConfig, TimeoutConfig

_SKIPPED_HEADERS = frozenset({hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE, hdrs.USER_AGENT})


class Transport:
    """A pool of connections. Made inside a running event loop, and bound to it."""

    def __init__(self, http: HttpConfig, timeouts: TimeoutConfig) -> None:
        self._proxy = http.proxy
        connector = aiohttp.TCPConnector(
            limit=http.max_connections,
            keepalive_timeout=http.keepalive,
            ssl=_ssl_context(http),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=http.trust_env,
            skip_auto_headers=_SKIPPED_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=timeouts.connect, sock_read=timeouts.read),
            auto_decompress=False,
        )
        self.loop = asyncio.get_running_loop()

    async def send(self, method: str, url: URL, headers: Mapping[str, str], body: Body) -> HttpResponse:
        """One request and its complete answer. Raises a TransportError for anything less."""
        try:
            async with self._session.request(
                method, url, headers=headers, data=body, allow_redirects=False, proxy=self._proxy
            ) as response:
                content = await response.read()
                return HttpResponse(response.status, _headers(response), content, response.reason or "")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise transport_error(error) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()


def _headers(response: aiohttp.ClientResponse) -> Headers:
    return Headers(response.headers.items())


def _ssl_context(http: HttpConfig) -> Any:
    if not http.verify:
        return False
    if http.ca_bundle is None and http.client_cert is None:
        return True
    try:
        context = ssl.create_default_context(cafile=http.ca_bundle)
        if http.client_cert is not None:
            certificate = http.client_cert if isinstance(http.client_cert, tuple) else (http.client_cert,)
            context.load_cert_chain(*certificate)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"the CA bundle or the client certificate cannot be used: {error}") from error
    return context


def transport_error(error: Exception) -> TransportError | EndpointResolutionError:
    """Our error for one of aiohttp's or the operating system's."""
    text = str(error) or type(error).__name__
    match error:
        case aiohttp.InvalidURL():
            return EndpointResolutionError(f"not a usable URL: {text}")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return TlsError(text)
        case aiohttp.ClientConnectorError(os_error=socket.gaierror(errno=socket.EAI_NONAME | socket.EAI_NODATA)):
            return NameResolutionError(text)
        case aiohttp.ConnectionTimeoutError():
            return ConnectTimeout(text)
        case aiohttp.ClientConnectorError() | aiohttp.ClientProxyConnectionError():
            return ConnectError(text)
        case aiohttp.ServerTimeoutError() | TimeoutError():
            return ReadTimeout(text)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError() | OSError():
            return ConnectionClosed(text)
        case _:
            return TransportError(f"not a usable answer: {text}", maybe_sent=True)
