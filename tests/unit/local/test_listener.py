"""The socket that the service listens on."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from aiosagemaker.local._listener import Listener, ListenError


async def answer(request: web.BaseRequest) -> web.Response:
    return web.Response(text="here")


async def test_url() -> None:
    """It has an address while it is open, where the server answers; before and afterwards it has none."""
    listener = Listener("127.0.0.1", 0)
    assert listener.url is None
    await listener.open(web.Server(answer))
    url = listener.url
    assert url is not None
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answered:
            assert await answered.text() == "here"
        await listener.close()
        assert listener.url is None
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(url)


async def test_port_is_taken() -> None:
    """A port that something else listens on is refused with words that say so."""
    first = Listener("127.0.0.1", 0)
    await first.open(web.Server(answer))
    port = int(str(first.url).rpartition(":")[2])
    second = Listener("127.0.0.1", port)
    with pytest.raises(ListenError, match=f"port {port} of 127.0.0.1 is taken by another process"):
        await second.open(web.Server(answer))
    await second.close()
    await first.close()


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 0)])
async def test_address_is_none(host: str, port: int) -> None:
    """A number that is no port, and an address of another machine, are refused."""
    listener = Listener(host, port)
    with pytest.raises(ListenError, match=f"{host}:{port} cannot be bound"):
        await listener.open(web.Server(answer))
    await listener.close()
