"""A proxy that makes tunnels, and keeps what it was asked."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.integration.fault_server import FaultServer

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from tests.integration.fault_server import Peer

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@asynccontextmanager
async def connect_proxy(answer: bytes = ESTABLISHED, tls: ssl.SSLContext | None = None) -> AsyncIterator[FaultServer]:
    """Answers each CONNECT with `answer`, and passes everything on if that is the default."""

    async def script(peer: Peer) -> None:
        request = await peer.request()
        if request is None:
            return
        await peer.write(answer)
        if answer == ESTABLISHED:
            host, _, port = request.head.split(" ")[1].rpartition(":")
            await peer.join(host.strip("[]"), int(port))

    proxy = FaultServer()
    proxy.plan = [script]
    await proxy.start(tls, host="localhost" if tls else "127.0.0.1")
    try:
        yield proxy
    finally:
        await proxy.stop()
