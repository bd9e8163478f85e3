"""The smallest model server."""

from __future__ import annotations

import asyncio
import os
import sys

import aiohttp

from aiosagemaker.local import example_server


async def test_contract(unused_tcp_port: int) -> None:
    """It answers its ping, and predictions that name its version."""
    environment = {**os.environ, "SAGEMAKER_BIND_TO_PORT": str(unused_tcp_port), "VERSION": "v7"}
    server = await asyncio.create_subprocess_exec(sys.executable, example_server.__file__, env=environment)
    url = f"http://127.0.0.1:{unused_tcp_port}"
    try:
        async with aiohttp.ClientSession() as session:
            for _ in range(200):
                try:
                    ready = await session.get(f"{url}/ping")
                    break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)
            assert ready.status == 200
            answer = await session.post(f"{url}/invocations", data="1,2,6")
            assert await answer.text() == "v7 says 3.00"
    finally:
        server.kill()
        await server.wait()


async def test_broken() -> None:
    """Told to be broken it ends before it serves, and says why."""
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        example_server.__file__,
        env={**os.environ, "BROKEN": "1", "VERSION": "v8"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await server.communicate()
    assert server.returncode == 1
    assert b"v8: the weights do not fit" in told
