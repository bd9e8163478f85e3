"""A server of HTTP/2 that does as it is told, frame by frame."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self

import h2.config
import h2.connection
import h2.errors
import h2.events

if TYPE_CHECKING:
    import ssl


class Peer:
    """The server's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.headers: dict[int, dict[str, str]] = {}
        self.data: dict[int, bytearray] = {}
        self.ended: set[int] = set()
        self.resets: dict[int, int] = {}
        self.pings = 0
        self.gone = False
        self.acknowledges = True
        self.answers_pings = True
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Read until the connection ends."""
        await self.flush()
        try:
            while data := await self.reader.read(65536):
                for event in self.h2.receive_data(data):
                    self._handle(event)
                if not self.answers_pings and self.pings:
                    self.h2.data_to_send()
                await self.flush()
                async with self._changed:
                    self._changed.notify_all()
        finally:
            self.gone = True
            async with self._changed:
                self._changed.notify_all()

    def _handle(self, event: h2.events.Event) -> None:
        number: Any = getattr(event, "stream_id", None)
        if isinstance(event, h2.events.RequestReceived):
            headers: Any = event.headers
            self.headers[number] = dict(headers)
            self.data[number] = bytearray()
        elif isinstance(event, h2.events.DataReceived):
            self.data[number] += event.data or b""
            if self.acknowledges:
                self.h2.acknowledge_received_data(event.flow_controlled_length or 0, number)
        elif isinstance(event, h2.events.StreamEnded):
            self.ended.add(number)
        elif isinstance(event, h2.events.StreamReset):
            self.resets[number] = int(event.error_code or 0)
        elif isinstance(event, h2.events.PingReceived):
            self.pings += 1

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something that has come makes the condition true. Raises ConnectionError if the client goes."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: self.gone or condition()), 10)
        if self.gone and not condition():
            raise ConnectionError("the client has gone")

    async def request(self, count: int = 1) -> int:
        """The number of the last of so many streams, once it has begun."""
        await self.until(lambda: len(self.headers) >= count)
        return max(self.headers)

    async def answer(self, number: int, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Send the head of an answer."""
        self.h2.send_headers(number, [(":status", str(status)), *(headers or {}).items()])
        await self.flush()

    async def send(self, number: int, data: bytes, *, end: bool = False) -> None:
        """Send data, as far as the client's window goes."""
        if number in self.resets:
            raise ConnectionError("the client has left the stream")
        while data:
            room = min(self.h2.local_flow_control_window(number), self.h2.max_outbound_frame_size, len(data))
            if not room:
                await self.until(lambda: self.h2.local_flow_control_window(number) > 0)
                continue
            self.h2.send_data(number, data[:room])
            data = data[room:]
            await self.flush()
        if end:
            self.h2.end_stream(number)
            await self.flush()

    async def flush(self) -> None:
        """Let what was said leave."""
        if data := self.h2.data_to_send():
            self.writer.write(data)
            with contextlib.suppress(ConnectionError):
                await self.writer.drain()

    async def reset(self, number: int, code: h2.errors.ErrorCodes) -> None:
        """Reset a stream."""
        self.h2.reset_stream(number, code)
        await self.flush()

    async def go_away(self, last: int, code: int = 0) -> None:
        """Announce the end, as a frame of its own: h2 would take nothing more afterwards."""
        payload = last.to_bytes(4, "big") + code.to_bytes(4, "big")
        self.writer.write(len(payload).to_bytes(3, "big") + b"\x07\x00" + bytes(4) + payload)
        await self.writer.drain()

    def drop(self) -> None:
        """Cut the connection."""
        self.writer.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


class Http2Server:
    """Runs a script for each connection, beside the reading of what comes."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self.peers: list[Peer] = []
        self.failures: list[BaseException] = []
        self.port = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for peer in self.peers:
            peer.writer.transport.abort()
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.failures:
            raise self.failures[0]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self.peers.append(peer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        reading = asyncio.create_task(peer.run())
        try:
            await self._script(peer)
            await reading
        except ConnectionError:
            pass  # the client has gone, as some tests want it to
        except Exception as error:
            self.failures.append(error)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            writer.transport.abort()
