"""The pool of connections, and what is known of the one that a request goes out on."""

from __future__ import annotations

import select
from contextvars import ContextVar
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from ..errors import TransportError

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace


class Exchange:
    """One request and its answer, as far as its connection is concerned."""

    __slots__ = ("_protocol",)

    def __init__(self) -> None:
        self._protocol: ResponseHandler | None = None

    @property
    def sent(self) -> bool:
        """Whether any of the request may have been written."""
        return self._protocol is not None

    def begin(self, protocol: ResponseHandler) -> None:
        """Take over a connection. The request is written next."""
        self._protocol = protocol
        _HOLDERS[protocol] = id(self)

    def _held(self) -> ResponseHandler | None:
        """The connection, unless another request has it already."""
        protocol = self._protocol
        return None if protocol is None or _HOLDERS.get(protocol) != id(self) else protocol

    def discard(self, *, idle: bool) -> None:
        """Let no other request have the connection; `idle`: this one is done with it already."""
        if self._protocol is not None:
            self._protocol.force_close()
        if idle:
            self.abort()

    def abort(self) -> None:
        """Close the connection now."""
        protocol = self._held()
        if protocol is None:
            return
        protocol.force_close()
        if protocol.transport is not None:
            # A TLS connection that is closed instead lives on until the server answers, or for 30 seconds.
            protocol.transport.abort()

    def check(self) -> None:
        """Raises TransportError if more came with the end of the answer: then its length may be wrong."""
        protocol = self._held()
        error = None if protocol is None else protocol.exception()
        if isinstance(error, HttpProcessingError):
            raise TransportError(f"more than one answer came: {str(error)[:100]}", maybe_sent=True)


_HOLDERS: WeakKeyDictionary[ResponseHandler, int] = WeakKeyDictionary()
"""The exchange that had a connection last, by its id."""

EXCHANGE: ContextVar[Exchange] = ContextVar("exchange")
"""The exchange that the running request belongs to."""


class Connector(aiohttp.TCPConnector):
    """aiohttp's pool, without connections that have ended unseen.

    A server may close an idle connection at any time. aiohttp passes over one whose end the event loop has seen; here
    the socket itself is asked, at the last moment before the request is written, so nothing was sent and another
    connection can be taken. An end that comes later than that is for the retry strategy to judge: the server may
    have the request, and only its sender knows what sending it again means (RFC 9110, 9.2.2).
    """

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout) -> Connection:
        connection = await super().connect(req, traces, timeout)
        while _was_used(connection) and _has_input(connection):
            connection.close()
            connection = await super().connect(req, traces, timeout)
        if connection.protocol is not None:
            EXCHANGE.get().begin(connection.protocol)
        return connection


def _was_used(connection: Connection) -> bool:
    return connection.protocol is not None and connection.protocol in _HOLDERS


def _has_input(connection: Connection) -> bool:
    """Whether there is anything to read. On an idle connection that is its end, or what no request asked for."""
    sock = connection.transport and connection.transport.get_extra_info("socket")
    if not sock or not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(sock.fileno(), select.POLLIN)
    return bool(poll.poll(0))
