"""A proxy that makes tunnels, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl


class ConnectProxy:
    """Answers a CONNECT with `answer`, and passes everything on if that is the default."""

    def __init__(
        self, answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n", tls: ssl.SSLContext | None = None
    ) -> None:
        self.heads: list[str] = []
        self.url = ""
        self._answer = answer
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"https://localhost:{port}" if self._tls else f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        writers = [writer]
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            writer.write(self._answer)
            if b" 200 " in self._answer:
                host, _, port = head.split(" ")[1].rpartition(":")
                there, onward = await asyncio.open_connection(host.strip("[]"), int(port))
                writers.append(onward)
                await asyncio.gather(_pass(reader, onward), _pass(there, writer))
            else:
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            self._tasks.discard(task)
            for each in writers:
                each.close()
                with contextlib.suppress(OSError):
                    await each.wait_closed()


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()
