"""All of aiohttp that this library builds on, beside its errors: what parses an answer, and what makes a connection.

Neither is documented for others' use. What is expected of them is tried when this module is imported, so that an
aiohttp that lacks it is named then, and not by the first call.
"""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import aiohttp.abc

from .._errors import ConnectionClosed, ConnectTimeout, InvalidConfigError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from yarl import URL

try:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection as _Lease
    from aiohttp.http import HttpResponseParser
except ImportError as error:  # pragma: no cover
    raise ImportError(f"aiosagemaker does not work with aiohttp {aiohttp.__version__}: {error}") from error

BUFFER = 2**16
"""How much of a body is kept for its reader, in bytes, before `pause_reading` is called; twice that at most."""


parser: Callable[..., Any] = functools.partial(
    HttpResponseParser,
    limit=BUFFER,
    payload_exception=aiohttp.ClientPayloadError,
    read_until_eof=True,
    auto_decompress=False,
)
"""`parser(protocol, loop, response_with_body=...)` is a parser of one answer, whose body ends with the connection if
nothing else says where.

`feed_data(bytes)` returns `(messages, upgraded, rest)`, a message being a pair of the head (`code`, `reason`,
`headers`, `chunked`, `should_close`) and the body, a StreamReader: `read_nowait()`, `is_eof()`, `exception()`.
`feed_eof()` ends the body. Both raise for what is not HTTP. The StreamReader calls the protocol's `pause_reading()`
and `resume_reading(...)`, and reads `_reading_paused`.
"""


class Way(NamedTuple):
    """Whereto a connection goes, and through what."""

    key: str
    """Equal for what may share connections."""
    origin: URL
    proxy: URL | None
    proxy_headers: dict[str, str]
    """What the proxy is told by a CONNECT."""

    def __repr__(self) -> str:
        return f"<Way to {self.key}>"


class Connector:
    """Makes connections: names, addresses tried side by side, TLS, proxies. It keeps none of them."""

    def __init__(self, tls: ssl.SSLContext | bool, *, resolver: Any = None, connector: Any = None) -> None:
        """`resolver` and `connector` are as HttpConfig has them. Raises InvalidConfigError for what is neither."""
        self._owns = connector is None or not isinstance(connector, aiohttp.BaseConnector)
        if connector is not None:
            self._connector: aiohttp.BaseConnector = _made(connector, aiohttp.BaseConnector, "connector")
        else:
            found = resolver and _made(resolver, aiohttp.abc.AbstractResolver, "resolver")
            self._connector = aiohttp.TCPConnector(limit=0, ssl=tls, resolver=found)

    async def connect(self, way: Way, limit: float | None) -> asyncio.Transport:
        """A new connection, which is the caller's alone: its transport, for a protocol to be set.

        Raises:
            ConnectTimeout: after `limit` seconds.
            ConnectionClosed: it ended, or the server spoke, before anything was asked.
            Exception: whatever aiohttp and the operating system raise.
        """
        request = aiohttp.ClientRequest(
            "GET",
            way.origin,
            loop=asyncio.get_running_loop(),
            proxy=way.proxy,
            proxy_headers=dict(way.proxy_headers),
        )
        try:
            # Not every aiohttp bounds this by its own `connect`.
            async with asyncio.timeout(limit):
                lease = await self._connector.connect(request, [], aiohttp.ClientTimeout(total=None))
        except TimeoutError:
            # Not from aiohttp's, whose frames know the proxy's password.
            late = ConnectTimeout(f"no connection within {limit:g} s (TimeoutConfig.connect)")
        else:
            transport, handler = lease.transport, lease.protocol
            # Some aiohttp will not keep what goes through a proxy, which says nothing of who spoke.
            spoke = handler is None or (way.proxy is None and handler.should_close)
            if transport is not None and handler is not None:
                # aiohttp's own protocol believes from here on that the connection is gone, and lets it be.
                transport.set_protocol(asyncio.Protocol())
                handler.connection_lost(None)
            lease.close()
            if transport is not None and not spoke:
                return transport
            if transport is not None:
                transport.abort()
            raise ConnectionClosed("the connection ended, or the server spoke, before anything was asked")
        raise late

    async def close(self) -> None:
        """End what is under way."""
        if self._owns:
            await self._connector.close()


def _made(given: Any, kind: type[Any], name: str) -> Any:
    made = given if isinstance(given, kind) or not callable(given) else given()
    if not isinstance(made, kind):
        raise InvalidConfigError(f"HttpConfig.{name} must be, or return, an aiohttp {kind.__name__}, not {made!r}")
    return made


class _Receiver:
    """The least that a StreamReader asks of a protocol."""

    connected = True
    _reading_paused = False

    def pause_reading(self) -> None: ...

    def resume_reading(self, resume_parser: bool = True) -> None: ...


def check_surface() -> None:
    """Raises ImportError if this aiohttp is not what this module expects."""
    try:
        reader = parser(_Receiver(), _Receiver())
        ((head, body),), upgraded, _ = reader.feed_data(b"HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok")
        found = head.code, head.reason, head.headers["x-a"], head.chunked, head.should_close, upgraded
        if (*found, body.exception(), body.read_nowait(), body.is_eof()) != (
            *(200, "OK", "b", False, False, False),
            *(None, b"ok", True),
        ):
            raise AttributeError(f"HttpResponseParser reads an answer as {found}")
        for owner, name in (
            (aiohttp.TCPConnector, "connect"),
            (_Lease, "transport"),
            (_Lease, "protocol"),
            (ResponseHandler, "should_close"),
        ):
            getattr(owner, name)
    except (AttributeError, TypeError, ValueError, LookupError) as error:
        raise ImportError(f"aiosagemaker does not work with aiohttp {aiohttp.__version__}: {error}") from error


check_surface()
