"""What is refused by its head: other names, other pages."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from aiosagemaker.local import LocalSageMaker
from aiosagemaker.local._gate import is_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def local() -> AsyncIterator[LocalSageMaker]:
    async with LocalSageMaker() as local:
        yield local


async def status(local: LocalSageMaker, *lines: str) -> int:
    """The status of the answer to a request's head, whose body never comes."""
    port = int(local.endpoint_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = ["POST / HTTP/1.1", "Content-Length: 1000000", *(line.format(port=port) for line in lines)]
    writer.write("\r\n".join([*head, "", ""]).encode())
    answer = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return int(answer.split()[1])


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example:{port}",
        "127.0.0.1:1",
        "127.0.0.1",
        "127.0.0.1.attacker.example:{port}",
        "user@127.0.0.1:{port}",
        "127.0.0.1:{port}/",
        "127.0.0.1:x",
        "[::1:{port}",
        "10.0.0.1:{port}",
        "",
    ],
)
async def test_other_names(local: LocalSageMaker, host: str) -> None:
    """A Host that is not this service's is refused with 403, before the body is read."""
    assert await status(local, f"Host: {host}") == 403


async def test_two_names(local: LocalSageMaker) -> None:
    """No Host at all, and two of them, are refused too."""
    assert await status(local) in (400, 403)
    assert await status(local, "Host: 127.0.0.1:{port}", "Host: attacker.example") in (400, 403)


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
async def test_own_names(local: LocalSageMaker, host: str) -> None:
    """The names of this machine's loopback pass the gate, and meet the missing signature next."""
    assert await status(local, f"Host: {host}") == 400


@pytest.mark.parametrize(
    "header",
    [
        "Origin: http://attacker.example",
        "Origin: null",
        "Origin: http://127.0.0.1:{port}",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none",
    ],
)
async def test_browsers(local: LocalSageMaker, header: str) -> None:
    """What a browser sends is refused, from whatever page it comes."""
    assert await status(local, "Host: 127.0.0.1:{port}", header) == 403


async def test_remote_names() -> None:
    """Served to other machines, addresses and the names it is given will do, of any port, and no others."""
    async with LocalSageMaker(host="0.0.0.0", allow_remote=True, host_names=["sagemaker"]) as local:
        for host, expected in (("10.1.2.3", 400), ("sagemaker:80", 400), ("SageMaker", 400), ("attacker.example", 403)):
            assert await status(local, f"Host: {host}") == expected, host


def test_is_loopback() -> None:
    """This machine's own names are told from others'."""
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.8.8.8", "::1")))
    assert not any(map(is_loopback, ("localhost.example", "0.0.0.0", "::", "10.0.0.1", "")))
