"""Bodies of requests, up to their limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, web

from aiosagemaker.local._bodies import closing, read_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LIMIT = 512 * 1024


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A server that says how long a body is."""

    async def answer(request: web.BaseRequest) -> web.Response:
        body = await read_body(request, LIMIT)
        return closing(413, "too long") if body is None else web.Response(text=str(len(body)))

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("length", [0, 1, LIMIT, LIMIT + 1])
async def test_limit(length: int, chunked: bool, url: str) -> None:
    """A body of the limit is read whole, with a length or in chunks; a longer one ends its connection."""

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, length, 2**16):
            yield bytes(min(2**16, length - start))

    body: Any = parts() if chunked else bytes(length)
    async with ClientSession() as session, session.post(url, data=body) as response:
        told = response.status, (await response.text()).strip(), response.headers.get("Connection")
    assert told == ((200, str(length), None) if length <= LIMIT else (413, "too long", "close"))
