"""Time that tests move."""

from __future__ import annotations

import asyncio

from .._clock import Clock


class FakeClock(Clock):
    """Time that only sleeping moves, and chance that is always the same.

    What the library waits for between attempts and polls takes no time, and can be read in `slept`.
    """

    now: float
    """In seconds since the epoch; to be set as one likes."""
    chance: float
    """What every draw gives, from 0 to below 1."""
    slept: list[float]
    """Every wait so far, in seconds."""

    def __init__(self, chance: float = 0.5, now: float = 1_600_000_000.0) -> None:
        self.now = now
        self.chance = chance
        self.slept = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def random(self) -> float:
        return self.chance

    async def sleep(self, delay: float) -> None:
        self.slept.append(delay)
        self.now += delay
        await asyncio.sleep(0)
