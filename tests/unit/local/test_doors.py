"""One port for both versions of HTTP."""

from __future__ import annotations

import asyncio

from aiosagemaker.local import LocalSageMaker


async def test_a_first_byte_alone_tells_nothing() -> None:
    """A request of HTTP/1.1 whose first bytes come one by one is answered as such."""
    async with LocalSageMaker() as local:
        host, _, port = local.endpoint_url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for byte in f"PUT / HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 0\r\n\r\n".encode():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await reader.readline()).startswith(b"HTTP/1.1 4")
        writer.close()


async def test_a_connection_that_says_nothing() -> None:
    """A connection that ends before it tells what it speaks harms nobody."""
    async with LocalSageMaker() as local:
        host, _, port = local.endpoint_url.removeprefix("http://").rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"PRI")
        await writer.drain()
        writer.close()
        async with local.client() as client:
            assert (await client.list_endpoints()).endpoints == ()
