"""The service's time: its own waits shortened, real work given the time it takes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import attrs

from .._clock import Clock

LEAST_SLEEP = 0.002
"""The least real seconds that a quick clock sleeps."""


@attrs.define(eq=False)
class Pace:
    """How fast the service's time passes. It can be changed while others wait."""

    clock: Clock
    speed: float
    """The service's seconds in one real second."""
    patience: float
    """The least real seconds for real work: a process starts no faster because a clock runs faster."""
    _sleeping: set[_Sleep] = attrs.field(factory=set["_Sleep"], init=False)

    async def wait(self, seconds: float, least: float = 0.0) -> None:
        """Let the service's `seconds` pass, and `least` real ones."""
        left = seconds
        while True:
            sleep = _Sleep(self.clock, max(left / self.speed, least))
            self._sleeping.add(sleep)
            begun, speed = self.clock.monotonic(), self.speed
            try:
                await sleep.task
                return
            except asyncio.CancelledError:
                if not sleep.interrupted:
                    raise
                left -= (self.clock.monotonic() - begun) * speed + sleep.skipped
                if left <= 0:
                    return
            finally:
                self._sleeping.discard(sleep)

    def change(self, speed: float) -> None:
        """Let time pass so fast from now on."""
        self._interrupt(0.0)
        self.speed = speed

    def skip(self, seconds: float) -> None:
        """Let so many of the service's seconds pass at once, for whoever waits now."""
        self._interrupt(seconds)

    def _interrupt(self, skipped: float) -> None:
        for sleep in list(self._sleeping):
            sleep.interrupted = True
            sleep.skipped = skipped
            sleep.task.cancel()

    def limit(self, seconds: float) -> float:
        """The real seconds that work has which the service allows `seconds`."""
        return max(seconds / self.speed, self.patience)

    def now(self) -> datetime:
        """The time of day."""
        return datetime.fromtimestamp(self.clock.time(), UTC)


class _Sleep:
    """One wait, which can be interrupted."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.task: asyncio.Task[None] = asyncio.ensure_future(clock.sleep(seconds))
        self.interrupted = False
        self.skipped = 0.0


class QuickClock(Clock):
    """The time of a client of the service: what it sleeps between polls passes at the service's pace."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def sleep(self, delay: float) -> None:
        """Sleep for so many of the service's seconds."""
        await asyncio.sleep(max(delay / max(self._pace.speed, 1.0), min(delay, LEAST_SLEEP)))
