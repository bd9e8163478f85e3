"""The adaptive mode's rate limiter, beside botocore's own."""

import asyncio
import math
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import CapacityNotAvailableError
from botocore.retries import adaptive, bucket, throttling
from hypothesis import given, settings
from hypothesis import strategies as st

from aiosagemaker._clock import Clock
from aiosagemaker._rate_limiter import CubicRate, RateLimiter, RateMeter

START = 1000.3
steps = st.integers(0, 320).map(lambda n: n / 64)


class ManualClock(Clock):
    """Time that stands still until the test moves it."""

    def __init__(self, now: float = START) -> None:
        self.now = now
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, delay: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.now + delay, future))
        await future

    async def advance(self, delay: float) -> None:
        self.now += delay
        due = [future for when, future in self.sleepers if when <= self.now]
        self.sleepers = [sleeper for sleeper in self.sleepers if sleeper[1] not in due]
        for future in due:
            if not future.done():
                future.set_result(None)
        await settle()


class JumpingClock(Clock):
    """Time in which a sleep passes at once, all of it or a share."""

    def __init__(self, now: float = START, share: float = 1.0) -> None:
        self.now = now
        self.share = share
        self.sleeps = 0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, delay: float) -> None:
        self.sleeps += 1
        self.now += delay * self.share


class BotocoreClock:
    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    def current_time(self) -> float:
        return self.clock.now


class Detector:
    def is_throttling_error(self, *, throttled: bool) -> bool:
        return throttled


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def throttled_limiter(clock: Clock) -> RateLimiter:
    """A limiter at its slowest, one token in two seconds, with an empty bucket."""
    limiter = RateLimiter(clock)
    limiter.update(throttled=True)
    assert (limiter.active, limiter.rate) == (True, RateLimiter.MIN_RATE)
    limiter._capacity = 0.0
    return limiter


async def line_up(limiter: RateLimiter, names: str) -> tuple[list[asyncio.Task[None]], list[str]]:
    served: list[str] = []

    async def send(name: str) -> None:
        await limiter.acquire()
        served.append(name)

    tasks = [asyncio.create_task(send(name)) for name in names]
    await settle()
    return tasks, served


@given(st.lists(st.tuples(steps, st.none() | st.floats(0, 1000)), max_size=40))
def test_cubic_rate_is_botocores(events: list[tuple[float, float | None]]) -> None:
    """After any sequence of answers the rate is the one botocore's CUBIC calculator gives."""
    now = START
    ours = CubicRate(now)
    theirs = throttling.CubicCalculator(starting_max_rate=0, start_time=now)
    for step, rate in events:
        now += step
        if rate is None:
            assert ours.answered(now) == pytest.approx(theirs.success_received(now))
        else:
            assert ours.throttled(rate, now) == pytest.approx(theirs.error_received(rate, now))


def test_cubic_rate_returns_to_the_throttled_rate_at_the_inflection() -> None:
    """The curve starts at 0.7 of the throttled rate and is level with it after the cube root of 0.3 rate / 0.4."""
    cubic = CubicRate(0.0)
    assert cubic.throttled(10.0, 5.0) == pytest.approx(7.0)
    assert cubic.answered(5.0) == pytest.approx(7.0)
    assert cubic.answered(5.0 + 7.5 ** (1 / 3)) == pytest.approx(10.0)
    assert cubic.answered(5.0 + 2 * 7.5 ** (1 / 3)) == pytest.approx(13.0)


@given(st.floats(0, 1e6), st.lists(steps, max_size=60))
def test_measured_rate_is_botocores(start: float, events: list[float]) -> None:
    """After any sequence of requests the measured rate is the one botocore's rate clocker gives."""
    clock = ManualClock(start)
    ours = RateMeter(clock.now)
    theirs = adaptive.RateClocker(BotocoreClock(clock))
    for step in events:
        clock.now += step
        assert ours.record(clock.now) == pytest.approx(theirs.record())
        assert ours.rate == pytest.approx(theirs.measured_rate)


def try_acquire(limiter: RateLimiter) -> bool:
    """Whether a token is there without waiting."""
    coroutine = limiter.acquire()
    try:
        coroutine.send(None)
    except StopIteration:
        return True
    coroutine.close()
    return False


@settings(deadline=None)
@given(st.lists(st.tuples(steps, st.sampled_from(["send", "answered", "throttled"])), max_size=80))
def test_limiter_follows_botocores(events: list[tuple[float, str]]) -> None:
    """Any sequence of sends and answers leaves the rate, the size and the tokens that botocore's limiter has."""

    async def run() -> None:
        clock = ManualClock()
        their_clock = BotocoreClock(clock)
        tokens = bucket.TokenBucket(max_rate=1, clock=their_clock)
        theirs = adaptive.ClientRateLimiter(
            rate_adjustor=throttling.CubicCalculator(starting_max_rate=0, start_time=clock.now),
            rate_clocker=adaptive.RateClocker(their_clock),
            token_bucket=tokens,
            throttling_detector=Detector(),
            clock=their_clock,
        )
        ours = RateLimiter(clock)
        for step, event in events:
            clock.now += step
            if event != "send":
                ours.update(throttled=event == "throttled")
                theirs.on_receiving_response(throttled=event == "throttled")
                assert ours.rate == pytest.approx(tokens.max_rate)
                assert ours.max_capacity == pytest.approx(tokens.max_capacity)
                assert ours.capacity() == pytest.approx(tokens.available_capacity)
            elif ours.active and not math.isclose(ours.capacity(), 1, abs_tol=1e-5):
                try:
                    expected = bool(tokens.acquire(block=False))
                except CapacityNotAvailableError:
                    expected = False
                assert try_acquire(ours) is expected

    asyncio.run(run())


async def test_nothing_waits_before_the_first_throttling() -> None:
    """A limiter that has seen no throttling lets everything through at once."""
    clock = JumpingClock()
    limiter = RateLimiter(clock)
    for _ in range(1000):
        await limiter.acquire()
        limiter.update(throttled=False)
    assert (limiter.active, clock.sleeps) == (False, 0)


async def test_waiters_are_served_in_order() -> None:
    """Waiting calls get their tokens first come, first served, one for each token."""
    clock = ManualClock()
    _, served = await line_up(throttled_limiter(clock), "abc")
    for expected in ("", "a", "ab", "abc"):
        assert "".join(served) == expected
        await clock.advance(2.0)


async def test_a_newcomer_does_not_pass_the_line() -> None:
    """A call that comes when a token is due still waits behind those already waiting."""
    clock = ManualClock()
    limiter = throttled_limiter(clock)
    _, served = await line_up(limiter, "ab")
    clock.now += 2.0
    late, late_served = await line_up(limiter, "c")
    assert (served, late_served) == ([], [])
    await clock.advance(0.0)
    assert (served, late_served) == (["a"], [])
    await clock.advance(2.0)
    await clock.advance(2.0)
    assert (served, late_served) == (["a", "b"], ["c"])
    await asyncio.gather(*late)


@pytest.mark.parametrize(("cancelled", "left"), [(0, "bc"), (1, "ac"), (2, "ab")])
async def test_a_cancelled_wait_takes_no_token(cancelled: int, left: str) -> None:
    """Cancelling any waiter neither stops the line nor costs the others a token."""
    clock = ManualClock()
    limiter = throttled_limiter(clock)
    tasks, served = await line_up(limiter, "abc")
    await clock.advance(1.5)
    tasks[cancelled].cancel()
    await settle()
    assert tasks[cancelled].cancelled()
    await clock.advance(0.5)
    assert "".join(served) == left[0]
    await clock.advance(2.0)
    assert "".join(served) == left
    assert limiter.capacity() == pytest.approx(0)


async def test_a_slower_rate_reaches_those_who_wait() -> None:
    """A waiter who wakes to a rate that fell meanwhile sleeps on until its token is there."""
    clock = ManualClock()
    limiter = throttled_limiter(clock)
    limiter.rate = 4.0
    _, served = await line_up(limiter, "a")
    limiter.rate = 1.0
    await clock.advance(0.25)
    assert served == []
    await clock.advance(0.75)
    assert served == ["a"]


async def test_a_sleep_that_ends_early_is_resumed() -> None:
    """Waking early does not give a token early."""
    clock = JumpingClock(share=0.5)
    limiter = throttled_limiter(clock)
    await limiter.acquire()
    assert clock.now - START == pytest.approx(2.0, abs=2 * RateLimiter.MIN_SLEEP)


@settings(deadline=None)
@given(st.integers(0, 10**9), st.floats(0.5, 1e5))
def test_rounding_never_keeps_a_waiter_asleep(start: int, rate: float) -> None:
    """However coarse the clock's floats, a wait ends after a few sleeps."""

    async def run() -> None:
        clock = JumpingClock(start + 0.3)
        limiter = throttled_limiter(clock)
        limiter.rate = rate
        for _ in range(10):
            await limiter.acquire()
        assert clock.sleeps <= 50

    asyncio.run(run())


async def test_the_client_settles_near_what_the_service_bears() -> None:
    """Against a service that bears 10 requests a second, a client that could send 100 is soon rarely throttled."""
    clock = JumpingClock()
    limiter = RateLimiter(clock)
    second, served_in_second = 0, 0
    sent: list[tuple[float, bool]] = []
    while clock.now < START + 120:
        await limiter.acquire()
        clock.now += 0.01
        if math.floor(clock.now) != second:
            second, served_in_second = math.floor(clock.now), 0
        throttled = served_in_second >= 10
        served_in_second += not throttled
        limiter.update(throttled=throttled)
        sent.append((clock.now, throttled))
    late = [throttled for when, throttled in sent if when >= START + 60]
    assert 5 * 60 <= late.count(False) <= 10 * 61
    assert late.count(True) / len(late) < 0.2


def test_two_threads() -> None:
    """Two threads, each with its own event loop, wait in line at one limiter, and together stay within its rate."""
    limiter = RateLimiter(Clock())
    limiter.update(throttled=True)
    limiter.rate = limiter.max_capacity = 200.0
    taken: list[float] = []

    async def call() -> None:
        await limiter.acquire()
        taken.append(time.monotonic())

    async def calls() -> None:
        await asyncio.gather(*(call() for _ in range(30)))

    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(asyncio.run, calls()) for _ in range(2)]:
            done.result(timeout=20)
    assert len(taken) == 60
    assert taken[-1] - started > 0.2
