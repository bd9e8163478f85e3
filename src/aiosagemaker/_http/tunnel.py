"""A way through a proxy that passes on what it does not read (RFC 9110, 9.3.6), for what is not HTTP/1.1 behind it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from .._errors import ConnectError

if TYPE_CHECKING:
    import ssl

    from .proxies import Proxy, ProxyHeaders

_LONGEST_HEAD = 2**14
"""In bytes, of the proxy's answer."""


class Arrivals(asyncio.Protocol):
    """Keeps what comes until the connection has another protocol."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._ended: Exception | None = None
        self._changed = asyncio.Event()

    async def head(self) -> bytes:
        """The proxy's answer, up to the empty line at its end. Raises ConnectError."""
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            if self._ended is not None or len(self._received) > _LONGEST_HEAD:
                raise ConnectError("the proxy gave no usable answer")
            self._changed.clear()
            await self._changed.wait()
        head = bytes(self._received[:end])
        del self._received[: end + 4]
        return head

    def hand_over(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Let another protocol have the connection, and all that has come on it."""
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._received:
            protocol.data_received(bytes(self._received))
        if self._ended is not None:
            protocol.connection_lost(self._ended)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = exc or ConnectionResetError("the connection ended")
        self._changed.set()


async def tunnel(
    proxy: Proxy, host: str, port: int, tls: ssl.SSLContext | None, *, outer: ssl.SSLContext | None = None
) -> tuple[asyncio.Transport, Arrivals]:
    """A connection to a host by way of a proxy; within `tls` the proxy reads nothing of it, within `outer` nobody else.

    Raises:
        ConnectError: the proxy refuses, or gives no answer.
        OSError: it cannot be reached, or TLS fails.
    """
    address, credentials = proxy
    assert address is not None
    assert address.host is not None
    assert address.port is not None
    loop = asyncio.get_running_loop()
    arrivals = Arrivals()
    transport, _ = await loop.create_connection(lambda: arrivals, address.host, address.port, ssl=outer)
    try:
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        transport.write(_request(authority, credentials))
        version, _, status = (await arrivals.head()).partition(b"\r\n")[0].partition(b" ")
        if not version.startswith(b"HTTP/1.") or not status.startswith(b"2"):
            raise ConnectError(f"the proxy answered {status[:60].decode('ascii', 'replace') or 'nothing'}")
        if tls is not None:
            transport = cast("asyncio.Transport", await loop.start_tls(transport, arrivals, tls, server_hostname=host))
    except BaseException:
        transport.abort()
        raise
    return transport, arrivals


def _request(authority: str, headers: ProxyHeaders) -> bytes:
    given = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{given}\r\n".encode()
