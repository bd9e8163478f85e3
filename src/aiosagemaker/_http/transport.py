"""Sockets, through aiohttp: one request out, one complete answer back, every failure as a typed error."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import aiohttp
from aiohttp import hdrs

from .._errors import TRANSIENT_STATUSES, ClientClosedError, SdkError
from .answer import read_answer
from .connector import Connector, check_end
from .exchange import EXCHANGE, Exchange
from .failures import transport_error
from .open_answer import OpenAnswer
from .payload import payload
from .proxies import Proxies
from .tls import tls_settings

if TYPE_CHECKING:
    from .._config.config import HttpConfig, TimeoutConfig
    from .._protocols.message import HttpResponse
    from .contract import TransportRequest


class _Request(aiohttp.ClientRequest):
    """Has no headers of its own: an Accept would be the caller's wish to a model."""

    DEFAULT_HEADERS: dict[Any, str] = {}  # noqa: RUF012  # typed as aiohttp has it


@functools.lru_cache(maxsize=32)
def _client_timeout(timeouts: TimeoutConfig) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=timeouts.connect, sock_read=timeouts.read)


class Transport:
    """A pool of connections. Made inside a running event loop, and bound to it.

    A connection on which an attempt failed, with a transport error or with a status that stands for a failing host
    (500, 502, 503, 504), is closed; the next attempt takes another.
    """

    def __init__(self, http: HttpConfig) -> None:
        self._max_size = http.max_response_size
        self._proxies = Proxies(http)
        # aiohttp would count the wait for a free connection as part of the time to connect. A caller's own queue is
        # not a failing server: it is bounded by the operation's time.
        self._max_connections = http.max_connections
        self._free = asyncio.Semaphore(http.max_connections)
        connector = Connector(
            limit=0,
            ssl=tls_settings(http),
            keepalive_timeout=http.keepalive or None,
            force_close=not http.keepalive,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            request_class=_Request,
            auto_decompress=False,
        )
        self._answers: WeakSet[aiohttp.ClientResponse] = WeakSet()
        self.loop = asyncio.get_running_loop()

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        """See `Transport.send` of the contract."""
        exchange = Exchange(request)
        await self._connection_free(request)
        response: aiohttp.ClientResponse | None = None
        ended = False
        try:
            response = await self._begin(request, exchange)
            answer = await read_answer(response, self._max_size)
            check_end(exchange)
            if ended := response.content.at_eof():
                response.release()
            return answer
        except Exception as error:
            failure = self._failure(error, request)
        finally:
            if not ended:
                exchange.abort()
                if response is not None:
                    response.close()
            self._free.release()
        # Raised here, not above, so that aiohttp's error is not its context either.
        raise failure

    async def open(self, request: TransportRequest, /) -> OpenAnswer:
        """See `Transport.open` of the contract."""
        exchange = Exchange(request)
        await self._connection_free(request)
        response: aiohttp.ClientResponse | None = None
        opened: OpenAnswer | None = None
        try:
            response = await self._begin(request, exchange)
            opened = OpenAnswer(response, exchange, self._max_size, self._failure, request, self._free.release)
            return opened
        except Exception as error:
            failure = self._failure(error, request)
        finally:
            if opened is None:
                exchange.abort()
                if response is not None:
                    response.close()
                self._free.release()
        raise failure

    async def _connection_free(self, request: TransportRequest) -> None:
        if self._free.locked():
            request.waiting_for = (
                f"a free connection: all {self._max_connections} (HttpConfig.max_connections) are in use"
            )
        await self._free.acquire()

    async def _begin(self, request: TransportRequest, exchange: Exchange) -> aiohttp.ClientResponse:
        proxy, for_proxy = self._proxies.find(request.url)
        # Inside TLS the proxy sees nothing of the request but the CONNECT that opens the way.
        tunnelled = request.url.scheme == "https"
        running = EXCHANGE.set(exchange)
        try:
            # The signed headers have no local variable: a traceback may be shown with its locals.
            response = await self._session.request(
                request.method,
                request.url,
                headers=request.sign() if tunnelled or not for_proxy else {**request.sign(), **for_proxy},
                data=payload(request.body),
                # Where there is none, aiohttp would make one up.
                skip_auto_headers=None if hdrs.CONTENT_TYPE in request.headers else (hdrs.CONTENT_TYPE,),
                allow_redirects=False,
                timeout=_client_timeout(request.timeouts),
                proxy=proxy,
                proxy_headers=for_proxy if tunnelled else None,
            )
        finally:
            EXCHANGE.reset(running)
        self._answers.add(response)
        if response.status in TRANSIENT_STATUSES:
            exchange.discard(idle=response.closed)
        return response

    def _failure(self, error: Exception, request: TransportRequest) -> SdkError:
        if self._session.closed and not request.sent:
            return ClientClosedError("the client was closed")
        return transport_error(error, sent=request.sent)

    async def close(self) -> None:
        """Close every connection. An answer that is being read ends in an error."""
        for response in list(self._answers):
            if not response.content.is_eof():
                # Whoever reads from a connection that aiohttp closes by itself would wait for ever.
                response.content.set_exception(aiohttp.ClientConnectionError("the client was closed"))
        await self._session.close()
