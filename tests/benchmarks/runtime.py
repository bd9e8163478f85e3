"""Bodies and streams in a fresh process: `python runtime.py CLIENT SCENARIO URL COUNT` prints MB/s of the clock.

`python runtime.py serve` prints its port and serves until its standard input ends. Runs by its path under any
interpreter, so that clients with other dependencies can stand beside each other.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import time
import zlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from io import BytesIO
from typing import Any

from cases import BOTO, KEYS

PART = 16 * 1024
LARGE = 1024**2
CONCURRENCY = {"answers": 4, "bodies": 4, "stream": 1}
Calls = tuple[Callable[[bytes], Awaitable[int]], Callable[[bytes], Awaitable[int]]]
"""Invoke with a body, and stream with one: the bytes that came back."""


async def serve() -> None:
    """Answer until standard input ends: a large body with itself, a short one with a large one, a stream's with as many
    parts as it says.
    """
    from aiosagemaker._protocols.event_stream import encode_message

    headers = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
    frame = encode_message(headers, bytes(PART))
    chunk = b"%x\r\n%b\r\n" % (len(frame), frame)
    large = os.urandom(LARGE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).lower():
                body = await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
                if b"response-stream" not in head.partition(b"\r\n")[0]:
                    content = body if len(body) == LARGE else large
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content))
                else:
                    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in range(int(body)):
                        writer.write(chunk)
                        await writer.drain()
                    writer.write(b"0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=2 * LARGE)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


async def raw(stack: AsyncExitStack, url: str, *, checked: bool = False) -> Calls:
    """aiohttp alone: neither signed nor parsed. `checked`: with the checksums that the protocols demand."""
    import aiohttp

    session = await stack.enter_async_context(aiohttp.ClientSession())

    async def invoke(body: bytes) -> int:
        headers = {"X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest()} if checked else {}
        data = body if len(body) < 2**16 else BytesIO(body)
        async with session.post(f"{url}/endpoints/e/invocations", data=data, headers=headers) as response:
            return len(await response.read())

    async def stream(body: bytes) -> int:
        received = checksum = 0
        async with session.post(f"{url}/endpoints/e/invocations-response-stream", data=body) as response:
            async for chunk in response.content.iter_any():
                received += len(chunk)
                if checked:
                    checksum = zlib.crc32(chunk, checksum)
        return received

    return invoke, stream


async def checked(stack: AsyncExitStack, url: str) -> Calls:
    """aiohttp with the checksums."""
    return await raw(stack, url, checked=True)


async def ours(stack: AsyncExitStack, url: str) -> Calls:
    """This library."""
    from aiosagemaker import Credentials, SageMakerRuntimeClient

    client = await stack.enter_async_context(
        SageMakerRuntimeClient(region="us-east-1", endpoint_url=url, credentials=Credentials(*KEYS))
    )

    async def invoke(body: bytes) -> int:
        response = await client.invoke_endpoint(endpoint_name="e", body=body)
        return len(response.body)

    async def stream(body: bytes) -> int:
        async with client.invoke_endpoint_with_response_stream(endpoint_name="e", body=body) as parts:
            return sum([len(part.bytes) async for part in parts])

    return invoke, stream


async def aiobotocore(stack: AsyncExitStack, url: str) -> Calls:
    """aiobotocore."""
    from aiobotocore.session import get_session  # type: ignore[import-not-found]  # in an environment of its own

    client: Any = await stack.enter_async_context(
        get_session().create_client("sagemaker-runtime", endpoint_url=url, **BOTO)
    )

    async def invoke(body: bytes) -> int:
        response = await client.invoke_endpoint(EndpointName="e", Body=body)
        return len(await response["Body"].read())

    async def stream(body: bytes) -> int:
        response = await client.invoke_endpoint_with_response_stream(EndpointName="e", Body=body)
        return sum([len(event["PayloadPart"]["Bytes"]) async for event in response["Body"]])

    return invoke, stream


CLIENTS = {"raw": raw, "raw, checked": checked, "ours": ours, "aiobotocore": aiobotocore}


async def measure(client: str, scenario: str, url: str, count: int) -> float:
    """MB of content a second, by the clock."""
    concurrency = CONCURRENCY[scenario]
    async with AsyncExitStack() as stack:
        invoke, stream = await CLIENTS[client](stack, url)

        async def some(calls: int) -> None:
            body = os.urandom(LARGE) if scenario == "bodies" else b"{}"
            for _ in range(calls):
                if await invoke(body) != LARGE:
                    raise SystemExit("not the answer")

        await asyncio.gather(*(some(2) for _ in range(concurrency)))
        start = time.perf_counter()
        if scenario != "stream":
            await asyncio.gather(*(some(count // concurrency) for _ in range(concurrency)))
        elif await stream(str(count * LARGE // PART).encode()) < count * LARGE:
            raise SystemExit("not the whole stream")
        return count * LARGE / 1e6 / (time.perf_counter() - start)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve())
    else:
        name, scenario, url, count = sys.argv[1:]
        sys.stdout.write(str(asyncio.run(measure(name, scenario, url, int(count)))))
