"""Lines of logs, from CloudWatch Logs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.integration.hosting_cases import Hosting, serving

from aiosagemaker.hosting import logs
from aiosagemaker.hosting.logs import endpoint_group, last_lines

if TYPE_CHECKING:
    from aiosagemaker.hosting import LogLine


def write(hosting: Hosting, stream: str, *lines: str) -> None:
    for line in lines:
        hosting.local._soon(lambda steering, line=line: steering.world.logs.write(endpoint_group("e"), stream, line))


async def test_followed() -> None:
    """Each line comes once, those that are written later too, and leaving the iteration ends it."""
    async with serving() as hosting:
        write(hosting, "v/1", "one", "two")
        seen: list[LogLine] = []
        async for line in logs(hosting.client, "e", follow=True, delay=0.01):
            seen.append(line)
            if len(seen) == 2:
                write(hosting, "v/2", "three")
            if len(seen) == 3:
                break
        assert [line.text for line in seen] == ["one", "two", "three"]
        assert [line.text async for line in logs(hosting.client, "e", variant_name="v")] == ["one", "two", "three"]


async def test_nothing_written() -> None:
    """A log that does not exist is empty."""
    async with serving() as hosting, hosting_logs(hosting) as client:
        assert [line async for line in logs(hosting.client, "e")] == []
        assert await last_lines(client, endpoint_group("e"), 5) == ()


async def test_last_lines_are_those_of_the_newest_instance() -> None:
    """What goes on serving writes later than the instance that failed, and is not what is wanted."""
    async with serving() as hosting, hosting_logs(hosting) as client:
        write(hosting, "v/old", "before")

        await asyncio.sleep(0.01)
        write(hosting, "v/new", "a", "b", "it failed")
        write(hosting, "v/old", "after")
        lines = await last_lines(client, endpoint_group("e"), 2, stream_prefix="v")
        assert [line.text for line in lines] == ["b", "it failed"]


def hosting_logs(hosting: Hosting) -> Any:
    from aiosagemaker import client_for
    from aiosagemaker.hosting.companions import companion_config

    return client_for("logs", companion_config(hosting.client))
