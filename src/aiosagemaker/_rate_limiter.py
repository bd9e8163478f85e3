"""The client-side rate limiter of the adaptive retry mode.

After the first throttled answer it holds the client to a sending rate: throttling cuts the rate to a share of what
was measured, and later answers let it grow back along the CUBIC curve, as in every AWS SDK.
"""

from __future__ import annotations

import asyncio
import math
import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from ._clock import Clock


class CubicRate:
    """The rate to send at: slow to pass the rate that was last throttled, quick to return near it."""

    __slots__ = ("_inflection", "_throttled_at", "_throttled_rate")

    BETA = 0.7
    """What a throttled answer leaves of the rate."""
    SCALE = 0.4
    """How steep the curve is, in requests per second cubed."""

    def __init__(self, now: float) -> None:
        self._throttled_rate = 0.0
        self._throttled_at = now
        self._inflection = 0.0

    def answered(self, now: float) -> float:
        """The new rate after an answer that asks for nothing, in requests per second."""
        return self.SCALE * (now - self._throttled_at - self._inflection) ** 3 + self._throttled_rate

    def throttled(self, rate: float, now: float) -> float:
        """The new rate after throttling at `rate`, both in requests per second."""
        self._throttled_rate = rate
        self._throttled_at = now
        self._inflection = (rate * (1 - self.BETA) / self.SCALE) ** (1 / 3)
        return rate * self.BETA


class RateMeter:
    """The rate that the client was last seen to send at, smoothed."""

    __slots__ = ("_bucket", "_count", "rate")

    BUCKET = 0.5
    """How long requests are counted before the rate is worked out again, in seconds."""
    SMOOTHING = 0.8
    """The share of the newest count in the rate."""

    rate: float
    """Requests per second."""

    def __init__(self, now: float) -> None:
        self.rate = 0.0
        self._count = 0
        self._bucket = float(math.floor(now))

    def record(self, now: float) -> float:
        """Count a request; the rate so far, in requests per second."""
        self._count += 1
        bucket = math.floor(now / self.BUCKET) * self.BUCKET
        if bucket > self._bucket:
            latest = self._count / (bucket - self._bucket)
            self.rate = latest * self.SMOOTHING + self.rate * (1 - self.SMOOTHING)
            self._count = 0
            self._bucket = bucket
        return self.rate


class RateLimiter:
    """A token bucket that fills at the rate the service bears. One per client, whatever threads and loops use it."""

    __slots__ = (
        "_capacity",
        "_clock",
        "_cubic",
        "_filled_at",
        "_meter",
        "_mutex",
        "_turns",
        "active",
        "max_capacity",
        "rate",
    )

    MIN_RATE = 0.5
    """The slowest the bucket fills, in requests per second."""
    MIN_CAPACITY = 1.0
    """The least the bucket holds: below one token nothing could ever be sent."""
    HEADROOM = 2.0
    """How far, as a multiple, the rate may lie above what the client is seen to send."""
    MIN_SLEEP = 0.001
    """The shortest sleep, in seconds: one for what rounding left missing might be too short to move the clock."""

    active: bool
    """Whether the service has throttled this client yet; before that nothing waits."""
    rate: float
    """How fast the bucket fills, in requests per second."""
    max_capacity: float
    """How much the bucket holds."""

    def __init__(self, clock: Clock) -> None:
        now = clock.monotonic()
        self._clock = clock
        self._cubic = CubicRate(now)
        self._meter = RateMeter(now)
        self._mutex = threading.Lock()
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
        self._capacity = 0.0
        self._filled_at = now
        self.active = False
        self.rate = 1.0
        self.max_capacity = self.MIN_CAPACITY

    def capacity(self) -> float:
        """What the bucket holds now."""
        now = self._clock.monotonic()
        self._capacity = min(self.max_capacity, self._capacity + (now - self._filled_at) * self.rate)
        self._filled_at = now
        return self._capacity

    async def acquire(self) -> None:
        """Take one token, waiting in line for it. A cancelled wait takes none."""
        if not self.active:
            return
        # The lock is the line, one in each event loop: asyncio wakes its waiters in order. Only the first of them
        # sleeps, and at most 1 / MIN_RATE seconds, so a rate that rises meanwhile need not wake it.
        async with self._line():
            while (missing := self._take()) > 0:
                await self._clock.sleep(max(missing / self.rate, self.MIN_SLEEP))

    def _line(self) -> asyncio.Lock:
        with self._mutex:
            return self._turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())

    def _take(self) -> float:
        """Take a token if there is one; else how much of it is missing."""
        with self._mutex:
            missing = 1 - self.capacity()
            if missing <= 0:
                self._capacity -= 1
            return missing

    def update(self, *, throttled: bool) -> None:
        """Learn from the end of an attempt."""
        with self._mutex:
            now = self._clock.monotonic()
            measured = self._meter.record(now)
            if throttled:
                rate = self._cubic.throttled(min(measured, self.rate) if self.active else measured, now)
                self.active = True
            else:
                rate = self._cubic.answered(now)
            self._set_rate(min(rate, self.HEADROOM * measured))

    def _set_rate(self, rate: float) -> None:
        # The time until now was filled at the old rate.
        capacity = self.capacity()
        self.rate = max(rate, self.MIN_RATE)
        self.max_capacity = max(rate, self.MIN_CAPACITY)
        self._capacity = min(capacity, self.max_capacity)
