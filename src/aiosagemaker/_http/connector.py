"""The pool of connections."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from .._errors import TransportError
from .exchange import EXCHANGE, Exchange, was_used

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace


class Connector(aiohttp.TCPConnector):
    """aiohttp's pool, without connections that have ended unseen.

    A server may close an idle connection at any time. aiohttp passes over one whose end the event loop has seen; here
    the socket itself is asked, at the last moment before the request is written, so nothing was sent and another
    connection can be taken. An end that comes later than that is for the retry strategy to judge: the server may
    have the request, and only its sender knows what sending it again means (RFC 9110, 9.2.2).
    """

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout) -> Connection:
        connection = await super().connect(req, traces, timeout)
        while was_used(connection.protocol) and _has_input(connection):
            connection.close()
            connection = await super().connect(req, traces, timeout)
        if connection.protocol is not None:
            EXCHANGE.get().begin(connection.protocol)
        return connection


def check_end(exchange: Exchange) -> None:
    """Raises TransportError if more came with the end of the answer: then its length may be wrong."""
    if isinstance(exchange.exception(), HttpProcessingError) and exchange.held() is not None:
        raise TransportError("more came than the answer", maybe_sent=True)


def _has_input(connection: Connection) -> bool:
    """Whether there is anything to read. On an idle connection that is its end, or what no request asked for."""
    sock = connection.transport and connection.transport.get_extra_info("socket")
    if not sock or not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(sock.fileno(), select.POLLIN)
    return bool(poll.poll(0))
