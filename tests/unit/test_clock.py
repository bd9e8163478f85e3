"""The seam for time and chance."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from aiosagemaker._clock import SYSTEM_CLOCK, seconds


@pytest.mark.parametrize(
    ("value", "expected"), [(5, 5.0), (0.25, 0.25), (timedelta(minutes=2), 120.0), (timedelta(milliseconds=1), 0.001)]
)
def test_seconds(value: float | timedelta, expected: float) -> None:
    """A length of time is seconds or a timedelta."""
    assert seconds(value) == expected
    assert type(seconds(value)) is float


def test_system_clock() -> None:
    """The system's clock tells wall-clock time, monotonic time and an even chance."""
    assert abs(SYSTEM_CLOCK.time() - time.time()) < 5
    assert SYSTEM_CLOCK.monotonic() <= SYSTEM_CLOCK.monotonic()
    drawn = {SYSTEM_CLOCK.random() for _ in range(20)}
    assert len(drawn) > 1
    assert all(0 <= number < 1 for number in drawn)


async def test_sleep() -> None:
    """Sleeping for no time only lets others run."""
    ran: list[bool] = []
    asyncio.get_running_loop().call_soon(ran.append, True)
    await SYSTEM_CLOCK.sleep(0)
    assert ran == [True]
