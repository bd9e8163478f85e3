"""Time and chance, behind one seam, so that tests inject both instead of sleeping."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING

Duration = float | timedelta
"""A length of time: seconds (int or float) or a timedelta."""


def seconds(value: Duration) -> float:
    """The length of time in seconds."""
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


class Clock:
    """What the library asks of time and chance. Subclass it to inject either."""

    def time(self) -> float:
        """Wall-clock time, in seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Monotonic time, in seconds; only differences mean anything."""
        return time.monotonic()

    def random(self) -> float:
        """A number drawn evenly from [0, 1)."""
        return random.random()

    async def sleep(self, delay: float) -> None:
        """Wait for `delay` seconds."""
        await asyncio.sleep(delay)


class _SystemClock(Clock):
    """Python's own functions, without a call around each: a call asks the time a dozen times."""

    if not TYPE_CHECKING:  # a type checker keeps Clock's own signatures
        monotonic = staticmethod(time.monotonic)
        random = staticmethod(random.random)
        time = staticmethod(time.time)


SYSTEM_CLOCK = _SystemClock()
