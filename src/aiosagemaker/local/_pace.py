"""The service's time: its own waits shortened, real work given the time it takes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import attrs

from .._clock import Clock


@attrs.frozen
class Pace:
    """How fast the service's time passes."""

    clock: Clock
    speed: float
    """The service's seconds in one real second."""
    patience: float
    """The least real seconds for real work: a process starts no faster because a clock runs faster."""

    async def wait(self, seconds: float, least: float = 0.0) -> None:
        """Let the service's `seconds` pass, and `least` real ones."""
        await self.clock.sleep(max(seconds / self.speed, least))

    def limit(self, seconds: float) -> float:
        """The real seconds that work has which the service allows `seconds`."""
        return max(seconds / self.speed, self.patience)

    def now(self) -> datetime:
        """The time of day."""
        return datetime.fromtimestamp(self.clock.time(), UTC)


LEAST_SLEEP = 0.002
"""The least real seconds that a quick clock sleeps."""


class QuickClock(Clock):
    """The time of a client of the service: what it sleeps between polls passes at the service's pace."""

    def __init__(self, speed: float) -> None:
        self._speed = max(speed, 1.0)

    async def sleep(self, delay: float) -> None:
        """Sleep for so many of the service's seconds."""
        await asyncio.sleep(max(delay / self._speed, min(delay, LEAST_SLEEP)))
