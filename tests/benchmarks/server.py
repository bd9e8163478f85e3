"""A server that costs as little as it can: canned answers by operation, in a process of its own.

`python server.py [ITEMS [FOLDER]]` prints its port and serves until its standard input ends; with a folder over TLS, by
a certificate whose authority it writes there, as `ca.pem`.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path
from typing import cast

from cases import answers

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
    b"x-amzn-RequestId: 11111111-2222-3333-4444-555555555555\r\nContent-Length: %d\r\n\r\n%s"
)


class Canned(asyncio.Protocol):
    """One connection."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self._answers = {name.encode().lower(): HEAD % (len(body), body) for name, body in bodies.items()}
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]) if b"content-length:" in head else 0
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            target = head.split(b"x-amz-target:", 1)[1].split(b"\r\n", 1)[0] if b"x-amz-target:" in head else b""
            operation = target.rpartition(b".")[2].strip()
            self._transport.write(self._answers[operation])


def tls(folder: Path) -> ssl.SSLContext:
    """For 127.0.0.1."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


async def serve(items: int, context: ssl.SSLContext | None) -> None:
    """Serve until standard input ends."""
    bodies = answers(items)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Canned(bodies), "127.0.0.1", 0, ssl=context)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    count, *folders = sys.argv[1:] or ["100"]
    asyncio.run(serve(int(count), tls(Path(folders[0])) if folders else None))
