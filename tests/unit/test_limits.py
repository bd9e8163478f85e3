"""A call's time as a whole."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from aiosagemaker import _limits
from aiosagemaker._errors import CredentialsTimeout
from aiosagemaker._limits import Limit, OperationTime
from aiosagemaker.errors import CredentialsError, OperationTimeout, ReadTimeout


async def forever() -> None:
    await asyncio.Event().wait()


async def test_over() -> None:
    """A step that takes too long is cancelled; the error says what it did, for which operation and how often tried."""
    time = OperationTime("CreateModel", 0.02)
    time.attempts, time.maybe_sent = 2, True
    with pytest.raises(OperationTimeout) as caught:
        await time.bound(forever(), "reading the stars")
    error = caught.value
    assert (error.operation, error.attempts, error.maybe_sent, error.retryable) == ("CreateModel", 2, True, False)
    assert str(error) == (
        "CreateModel, 2 attempts: the call took longer than 0.02 s; it was reading the stars (TimeoutConfig.operation)"
    )
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_its_own_kind() -> None:
    """What is waited for may have an error of its own, which is an OperationTimeout too."""
    with pytest.raises(CredentialsError, match="the sun") as caught:
        await OperationTime("CreateModel", 0.02).bound(forever(), "waiting for the sun", CredentialsTimeout)
    assert isinstance(caught.value, OperationTimeout)


async def test_other_timeouts_pass() -> None:
    """A timeout of the step itself, or one around the call, is not the operation's."""

    async def fails(error: Exception) -> None:
        raise error

    time = OperationTime("CreateModel", 10)
    for error in (TimeoutError("own"), ReadTimeout("silent")):
        with pytest.raises(type(error)) as caught:
            await time.bound(fails(error), "failing")
        assert caught.value is error
    with pytest.raises(TimeoutError) as around:
        async with asyncio.timeout(0.02):
            await time.bound(forever(), "waiting")
    assert not isinstance(around.value, OperationTimeout)


async def test_no_limit() -> None:
    """Without a limit a step takes as long as it takes."""
    time = OperationTime("CreateModel", None)
    assert time.deadline is None
    assert await time.bound(asyncio.sleep(0, "done"), "sleeping") == "done"


async def test_limits_in_any_order() -> None:
    """Each limit is up at its own time, whatever others there are, and whatever it was before."""
    loop = asyncio.get_running_loop()
    ends: dict[float, float] = {}

    async def wait(seconds: float, *, moved_from: float | None = None) -> None:
        began = loop.time()
        limit = Limit(began + (moved_from or seconds))

        async def moved() -> None:
            limit.reschedule(began + seconds)
            await forever()

        with pytest.raises(TimeoutError), limit:
            await moved()
        assert limit.expired
        ends[seconds] = loop.time() - began

    waits = (0.08, 0.02, 0.05, 0.11, 0.03)
    await asyncio.gather(*map(wait, waits), wait(0.04, moved_from=100.0), wait(0.13, moved_from=0.01))
    assert len(ends) == 7
    assert all(seconds - 0.002 <= took < seconds + 0.05 for seconds, took in ends.items())


async def test_limits_without_timers() -> None:
    """Any number of calls share a timer, and short limits among long ones leave none behind."""
    for number in range(200):
        with Limit(asyncio.get_running_loop().time() + 100 + number):
            pass
    alarm = _limits._alarms[asyncio.get_running_loop()]
    assert len(alarm._pending) == 1
    with Limit(asyncio.get_running_loop().time() + 300):
        for _ in range(5):
            with pytest.raises(TimeoutError), Limit(asyncio.get_running_loop().time() + 0.005):
                await forever()
    assert len(alarm._pending) == 1
    assert not alarm.limits


async def test_a_cancellation_of_somebody_else() -> None:
    """A task that is cancelled from outside is cancelled, also when the time is up at the same moment."""
    limits = [Limit(asyncio.get_running_loop().time() + delay) for delay in (10, 0.01)]

    async def wait(limit: Limit) -> None:
        with limit:
            await forever()

    for limit, delay in zip(limits, (0.01, 0.0), strict=True):
        task = asyncio.create_task(wait(limit))
        await asyncio.sleep(delay)
        if delay == 0.0:
            limit.expire()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_limits_of_limits() -> None:
    """The inner of two limits says which it was; no limit is none."""
    with Limit(None), Limit(asyncio.get_running_loop().time() + 10) as outer:
        inner = Limit(asyncio.get_running_loop().time() + 0.01)
        with pytest.raises(TimeoutError), inner:
            await forever()
        await asyncio.sleep(0)
    assert (inner.expired, outer.expired) == (True, False)


def test_limits_and_loops_that_end() -> None:
    """A limit keeps no event loop alive."""

    async def main() -> weakref.ref[asyncio.AbstractEventLoop]:
        loop = asyncio.get_running_loop()
        with Limit(loop.time() + 100):
            await asyncio.sleep(0)
        return weakref.ref(loop)

    found = asyncio.run(main())
    gc.collect()
    assert found() is None
