"""Alarms, and those who wait for one."""

from __future__ import annotations

import asyncio

from aiosagemaker.local._alarms import Alarms


async def test_alarms() -> None:
    """Who waits for an alarm learns which of those watched is set, at once if one is already."""
    alarms = Alarms()
    waiting = asyncio.create_task(alarms.tripped(["a", "b"]))
    await asyncio.sleep(0)
    alarms.set("other", True)
    await asyncio.sleep(0)
    assert not waiting.done()
    alarms.set("b", True)
    assert await waiting == "b"
    alarms.set("a", True)
    assert await alarms.tripped(["a", "b"]) == "a, b"
    alarms.set("other", False)
    assert alarms.active == ["a", "b"]
    alarms.clear()
    assert alarms.active == []
