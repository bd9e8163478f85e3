"""`python -m tests.benchmarks.runtime` measures calls of an endpoint beside raw aiohttp and aiobotocore, in one run.

The server runs in a process of its own, each client in a fresh one per round; a cost is CPU time of the client's
process, and each figure the median over interleaved rounds. It asserts nothing about time. `--quick` makes one short
round, to show that it works; `--peer PYTHON` is an interpreter with aiobotocore, in place of one that is made for it,
and `--no-peer` leaves it out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
CLIENTS = ("raw aiohttp", "aiosagemaker", "aiobotocore")
PART = 16 * 1024
SCENARIOS = {"1 KB": (1024, 4000, 16), "1 MB": (1024**2, 200, 4), "stream": (PART, 16_384, 1)}
"""Bytes of each body or part, how many calls or parts, and how many calls at once."""


async def serve() -> None:
    """Answer every body with as many bytes, and a stream with as many parts as its body says, until input ends."""
    from aiosagemaker._protocols.event_stream import encode_message

    headers = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
    frame = encode_message(headers, bytes(PART))
    chunk = b"%x\r\n%b\r\n" % (len(frame), frame)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).lower():
                body = await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
                if b"response-stream" not in head.partition(b"\r\n")[0]:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                else:
                    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in range(int(body)):
                        writer.write(chunk)
                        await writer.drain()
                    writer.write(b"0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=2**21)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


async def raw(stack: AsyncExitStack, url: str) -> tuple[Callable[[bytes], Awaitable[int]], ...]:
    """aiohttp alone: neither signed, nor parsed, nor checked."""
    import aiohttp

    session = await stack.enter_async_context(aiohttp.ClientSession())

    async def invoke(body: bytes) -> int:
        from io import BytesIO

        data = body if len(body) < 2**16 else BytesIO(body)
        async with session.post(f"{url}/endpoints/e/invocations", data=data) as response:
            return len(await response.read())

    async def stream(body: bytes) -> int:
        async with session.post(f"{url}/endpoints/e/invocations-response-stream", data=body) as response:
            return sum([len(chunk) async for chunk in response.content.iter_any()])

    return invoke, stream


async def ours(stack: AsyncExitStack, url: str) -> tuple[Callable[[bytes], Awaitable[int]], ...]:
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


async def theirs(stack: AsyncExitStack, url: str) -> tuple[Callable[[bytes], Awaitable[int]], ...]:
    """aiobotocore."""
    from aiobotocore.session import get_session  # type: ignore[import-not-found]  # in an environment of its own

    client: Any = await stack.enter_async_context(
        get_session().create_client(
            "sagemaker-runtime",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id=KEYS[0],
            aws_secret_access_key=KEYS[1],
        )
    )

    async def invoke(body: bytes) -> int:
        response = await client.invoke_endpoint(EndpointName="e", Body=body)
        return len(await response["Body"].read())

    async def stream(body: bytes) -> int:
        response = await client.invoke_endpoint_with_response_stream(EndpointName="e", Body=body)
        return sum([len(event["PayloadPart"]["Bytes"]) async for event in response["Body"]])

    return invoke, stream


async def work(client: str, scenario: str, url: str, count: int) -> None:
    """One measurement: seconds of CPU and of the clock, as JSON."""
    size, _, concurrency = SCENARIOS[scenario]
    made = {"raw aiohttp": raw, "aiosagemaker": ours, "aiobotocore": theirs}[client]
    async with AsyncExitStack() as stack:
        invoke, stream = await made(stack, url)
        await invoke(b"warm")

        async def some() -> None:
            body = os.urandom(size)
            for _ in range(count // concurrency):
                if await invoke(body) != size:
                    raise SystemExit("not the answer")

        cpu, clock = time.process_time(), time.perf_counter()
        if scenario == "stream":
            received = await stream(str(count).encode())
            if received < count * size:
                raise SystemExit("not the whole stream")
        else:
            await asyncio.gather(*(some() for _ in range(concurrency)))
        sys.stdout.write(json.dumps((time.process_time() - cpu, time.perf_counter() - clock)))


def run(python: str, *arguments: object, **options: Any) -> Any:
    """This file in a process of its own, under an interpreter."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "AWS_EC2_METADATA_DISABLED": "true"}
    command = [python, __file__, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, **options)


def peer_environment() -> str:
    """An interpreter with aiobotocore, which pins a botocore of its own and so cannot share ours."""
    folder = Path(tempfile.mkdtemp(prefix="peer-"))
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "aiobotocore"], check=True)
    return python


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.runtime", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter with aiobotocore")
    parser.add_argument("--no-peer", action="store_true", help="leave aiobotocore out")
    options = parser.parse_args()
    pythons = dict.fromkeys(CLIENTS, sys.executable)
    if options.no_peer:
        del pythons["aiobotocore"]
    else:
        pythons["aiobotocore"] = options.peer or peer_environment()
    rounds, shrink = (1, 20) if options.quick else (5, 1)
    with run(sys.executable, "serve", stdin=subprocess.PIPE) as server:
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        print(f"{'':8}" + "".join(f"{name:>38}" for name in pythons))
        for scenario, (size, count, _) in SCENARIOS.items():
            calls = count // shrink
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in pythons}
            for _ in range(rounds):
                for name, python in pythons.items():
                    with run(python, "work", name, scenario, url, calls) as worker:
                        found[name].append(tuple(json.load(worker.stdout)))
            cells = []
            for values in found.values():
                cpu, clock = (statistics.median(column) for column in zip(*values, strict=True))
                if scenario == "stream":
                    megabytes = calls * size / 1e6
                    cells.append(f"{megabytes / clock:,.0f} MB/s, {cpu / megabytes * 1e3:.2f} ms CPU/MB")
                else:
                    cells.append(f"{calls / clock:,.0f} calls/s, {cpu / calls * 1e6:,.0f} us CPU/call")
            print(f"{scenario:8}" + "".join(f"{cell:>38}" for cell in cells), flush=True)
        server.communicate()


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "serve":
        asyncio.run(serve())
    elif len(sys.argv) > 1 and sys.argv[1] == "work":
        asyncio.run(work(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])))
    else:
        main()
