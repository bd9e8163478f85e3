"""What is known of the connection that a request goes out on."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler

    from .contract import TransportRequest


class Exchange:
    """One request and its answer, as far as its connection is concerned."""

    __slots__ = ("_protocol", "_request")

    def __init__(self, request: TransportRequest) -> None:
        self._protocol: ResponseHandler | None = None
        self._request: TransportRequest | None = request

    def begin(self, protocol: ResponseHandler) -> None:
        """Take over a connection. The request is written next."""
        self._protocol = protocol
        if self._request is not None:
            self._request.sent = True
        # A connection keeps the context in which it was made, and with that an exchange.
        self._request = None
        _HOLDERS[protocol] = id(self)

    def exception(self) -> BaseException | None:
        """What the connection ended with, if it has."""
        return None if self._protocol is None else self._protocol.exception()

    def held(self) -> ResponseHandler | None:
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
        protocol = self.held()
        if protocol is None:
            return
        protocol.force_close()
        if protocol.transport is not None:
            # A TLS connection that is closed instead lives on until the server answers, or for 30 seconds.
            protocol.transport.abort()


def was_used(protocol: ResponseHandler | None) -> bool:
    """Whether a connection has served a request before."""
    return protocol is not None and protocol in _HOLDERS


_HOLDERS: WeakKeyDictionary[ResponseHandler, int] = WeakKeyDictionary()
"""The exchange that had a connection last, by its id."""

EXCHANGE: ContextVar[Exchange] = ContextVar("exchange")
"""The exchange that the running request belongs to."""
