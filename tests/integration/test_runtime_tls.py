"""Streams over TLS, both ways."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from aiosagemaker import Credentials, HttpConfig, SageMakerRuntimeClient, SizedStream
from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.errors import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FRAME = encode_message({":message-type": "event", ":event-type": "PayloadPart"}, b"one")


class TlsServer:
    """A server that keeps a request, and writes an answer's bytes before it closes the connection."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.head = b""
        self.body = b""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(self.head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        self.body = await reader.readexactly(length)
        writer.write(self.answer)
        await writer.drain()
        writer.close()


async def call(server: TlsServer, tmp_path: Path, use: Any) -> Any:
    """Use a client of the server, which is started for it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    listening = await asyncio.start_server(server, "127.0.0.1", 0, ssl=context)
    try:
        async with SageMakerRuntimeClient(
            region="us-east-1",
            endpoint_url=f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}",
            credentials=Credentials("AKIDEXAMPLE", "secret"),
            http=HttpConfig(ca_bundle=tmp_path / "ca.pem"),
        ) as client:
            return await use(client)
    finally:
        listening.close()


async def test_a_stream_of_unknown_hash(tmp_path: Path) -> None:
    """A stream that is read once, without its hash, leaves over TLS as UNSIGNED-PAYLOAD, and that is signed."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield bytes(100_000)

    server = TlsServer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
    body = SizedStream(chunks(), 1_000_000)
    response = await call(server, tmp_path, lambda client: client.invoke_endpoint(endpoint_name="e", body=body))
    assert response.body == b"done"
    assert server.body == bytes(1_000_000)
    assert b"x-amz-content-sha256: unsigned-payload\r\n" in server.head
    assert b"x-amz-content-sha256" in server.head.partition(b"signedheaders=")[2].partition(b",")[0]


async def test_a_stream_that_is_cut(tmp_path: Path) -> None:
    """TLS that is closed in good order, in the middle of an answer, is no end of a stream."""

    async def use(client: SageMakerRuntimeClient) -> None:
        async with client.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
            assert (await anext(stream)).bytes == b"one"
            with pytest.raises(ConnectionClosed):
                await anext(stream)

    chunk = b"%x\r\n%b\r\n" % (len(FRAME), FRAME)
    await call(TlsServer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk), tmp_path, use)
