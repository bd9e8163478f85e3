"""A server of raw sockets on loopback that does to each connection what its script says, and counts requests.

A script is an async function of one connection. `Plan` gives them out in order, one a connection, the last one for
all that follow.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    import ssl

GOOD = b'{"EndpointArn":"arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn"}'

Script = Callable[["Peer"], Awaitable[None]]


def answer(
    body: bytes = GOOD, *, status: str = "200 OK", length: int | None = None, headers: Sequence[str] = ()
) -> bytes:
    """A whole answer, true but for what is asked otherwise."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: Sequence[str] = ()) -> bytes:
    """An answer in chunks."""
    lines = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers]
    text = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + text + end


@attrs.frozen
class Request:
    """One request as it came in."""

    head: str
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value, or None."""
        found = re.search(rf"^{name}: ?(.*?)\r?$", self.head, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else None


class Peer:
    """The server's side of one connection."""

    def __init__(self, server: FaultServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer

    async def request(self) -> Request | None:
        """The next request, or None at the connection's end."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"\ncontent-length: *(\d+)", head, re.IGNORECASE)
            body = await self._reader.readexactly(int(length[1])) if length else b""
        except (asyncio.IncompleteReadError, OSError):
            return None
        request = Request(head.decode("latin-1"), body)
        self._server.requests.append(request)
        return request

    async def join(self, host: str, port: int) -> None:
        """Be what a proxy is: pass everything on, both ways, until both have ended."""
        reader, writer = await asyncio.open_connection(host, port)
        try:
            await asyncio.gather(_pass(self._reader, writer), _pass(reader, self._writer))
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def read_some(self) -> None:
        """Read whatever comes first, such as a TLS greeting."""
        with contextlib.suppress(OSError):
            await self._reader.read(65_536)

    async def write(self, data: bytes) -> None:
        """Send bytes. That the client no longer listens is no fault of the server."""
        with contextlib.suppress(OSError, RuntimeError):  # the latter is uvloop's
            self._writer.write(data)
            await self._writer.drain()

    async def pause(self, seconds: float) -> None:
        """Do nothing for a while."""
        await asyncio.sleep(seconds)

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def closed(self) -> None:
        """Wait until the client has closed its side."""
        with contextlib.suppress(OSError):
            while await self._reader.read(65_536):
                pass


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()


class FaultServer:
    """`server.url` answers as `server.plan` says."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.open = 0
        self.outcomes: Counter[str] = Counter()
        self.plan: list[Script] = []
        self.url = ""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"

    async def stop(self) -> None:
        """End every connection."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        script = self.plan[min(self.connections, len(self.plan) - 1)]
        self.connections += 1
        self.open += 1
        try:
            await script(Peer(self, reader, writer))
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def sends(*parts: bytes, pause: float = 0.0, repeat: bool = False) -> Script:
    """Read a request and send the parts; then close, or with `repeat` do so for every request."""

    async def script(peer: Peer) -> None:
        while await peer.request() is not None:
            for part in parts:
                await peer.write(part)
                if pause:
                    await asyncio.sleep(pause)
            if not repeat:
                return

    return script


def keeps(*parts: bytes, pause: float = 0.0) -> Script:
    """As `sends`, and keep the connection open."""

    async def script(peer: Peer) -> None:
        await sends(*parts, pause=pause)(peer)
        await peer.closed()

    return script


def serves(data: bytes | None = None) -> Script:
    """Answer every request well, on one connection."""
    return sends(answer() if data is None else data, repeat=True)


def resets(*parts: bytes) -> Script:
    """Read a request, send the parts, and reset the connection."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for part in parts:
            await peer.write(part)
        await asyncio.sleep(0.01)
        peer.reset()

    return script


def drips(before: bytes, drop: bytes, *, every: float = 0.02) -> Script:
    """Read a request, send `before`, and then `drop` again and again for ever."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.write(before)
        while True:
            await asyncio.sleep(every)
            await peer.write(drop)

    return script


async def closes_at_once(peer: Peer) -> None:
    """Close the connection without reading from it."""


async def resets_at_once(peer: Peer) -> None:
    """Reset the connection without reading from it."""
    peer.reset()


async def is_silent(peer: Peer) -> None:
    """Read a request and never answer."""
    await peer.request()
    await peer.closed()
