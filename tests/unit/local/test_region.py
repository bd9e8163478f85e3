"""What runs beside the requests."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


async def test_tasks(hosting: Any) -> None:
    """Work is kept until it ends, and what takes a resource to another state stands apart."""
    world = hosting.local._world
    before, gate = set(world.tasks), asyncio.Event()

    async def work() -> None:
        await gate.wait()

    task, moved = world.begin(work()), world.move(work())
    assert world.tasks - before == {task, moved}
    assert world.moving == {moved}
    gate.set()
    await asyncio.gather(task, moved)
    await asyncio.sleep(0)
    assert (world.tasks - before, world.moving) == (set(), set())


async def test_a_task_that_fails(hosting: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The failure of such work is logged, and a cancellation is none."""
    caplog.set_level(logging.ERROR, logger="aiosagemaker.local")

    async def work() -> None:
        raise LookupError("lost")

    failing = hosting.local._world.begin(work())
    cancelled = hosting.local._world.begin(asyncio.sleep(60))
    cancelled.cancel()
    await asyncio.wait([failing, cancelled])
    await asyncio.sleep(0)
    (record,) = caplog.records
    assert "lost" in str(record.exc_info)
