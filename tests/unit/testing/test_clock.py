"""Time that tests move."""

from __future__ import annotations

from aiosagemaker.testing import FakeClock


async def test_sleeping_moves_the_time_and_takes_none() -> None:
    """A wait is over at once, both times have moved by it, and it can be read."""
    clock = FakeClock(now=100.0)
    await clock.sleep(30)
    await clock.sleep(0.5)
    assert (clock.time(), clock.monotonic(), clock.slept) == (130.5, 130.5, [30, 0.5])


def test_chance_is_what_was_said() -> None:
    """Every draw gives the same."""
    clock = FakeClock(0.25)
    assert [clock.random(), clock.random()] == [0.25, 0.25]
