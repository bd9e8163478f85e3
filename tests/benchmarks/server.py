"""A server that costs as little as it can: canned answers by operation, in a process of its own.

`python server.py [ITEMS]` prints its port and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import sys
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
            operation = head.split(b"x-amz-target:", 1)[1].split(b"\r\n", 1)[0].rpartition(b".")[2].strip()
            self._transport.write(self._answers[operation])


async def serve(items: int) -> None:
    """Serve until standard input ends."""
    bodies = answers(items)
    server = await asyncio.get_running_loop().create_server(lambda: Canned(bodies), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
