"""The standard retry mode, and the adaptive one's place in it."""

import asyncio
import copy
import json
import math
import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiosagemaker._clock import Clock
from aiosagemaker.errors import (
    AttemptTimeout,
    ConfigError,
    ConnectError,
    ConnectTimeout,
    InvalidConfigError,
    NameResolutionError,
    OperationTimeout,
    ReadTimeout,
    ResponseParseError,
    SdkError,
    ServiceError,
    TlsError,
    TransportError,
)
from aiosagemaker.retries import RetryCall, RetryConfig, RetryStrategy, parse_retry_after

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "retry" / "classification.json"

CLASSIFICATION: dict[str, Any] = json.loads(VECTORS.read_text()) if VECTORS.exists() else {}

TRANSIENT = ServiceError(code="InternalFailure", http_status=500)
THROTTLED = ServiceError(code="ThrottlingException", http_status=400)
REFUSED = ServiceError(code="ValidationException", http_status=400)


class FakeClock(Clock):
    """Chance as the test sets it, and time that passes only in sleep."""

    def __init__(self, chance: float = 0.5) -> None:
        self.now = 1000.0
        self.chance = chance
        self.interruption: BaseException | None = None

    def monotonic(self) -> float:
        return self.now

    def random(self) -> float:
        return self.chance

    async def sleep(self, delay: float) -> None:
        if self.interruption is not None:
            raise self.interruption
        self.now += delay


def make_strategy(*, clock: Clock | None = None, **config: Any) -> RetryStrategy:
    return RetryStrategy(RetryConfig(**config), clock or FakeClock())


async def fail(call: RetryCall, error: SdkError) -> float | None:
    await call.acquire()
    return call.next_delay(error)


async def delays(strategy: RetryStrategy, error: SdkError, *, most: int = 20) -> list[float]:
    """The delays of a call whose every attempt fails with `error`."""
    call = strategy.begin()
    found: list[float] = []
    while len(found) < most and (delay := await fail(call, error)) is not None:
        found.append(delay)
    return found


def run(coroutine: Any) -> Any:
    """The result of a coroutine that has nothing to wait for."""
    with pytest.raises(StopIteration) as stop:
        coroutine.send(None)
    return stop.value.value


# RetryConfig


def test_config_defaults() -> None:
    """The defaults are those documented."""
    config = RetryConfig()
    assert (config.mode, config.max_attempts, config.max_backoff) == ("standard", 3, 20)
    assert (config.cold_start_timeout, config.consistency_retry, config.consistency_window) == (60, "recent", 10)
    assert config.classifiers == ()


def test_config_is_a_value() -> None:
    """Two equal configurations are equal, hash alike, print, copy and pickle."""
    config = RetryConfig(max_attempts=5, max_backoff=timedelta(seconds=2))
    same = RetryConfig(max_attempts=5, max_backoff=2)
    assert config == same
    assert hash(config) == hash(same)
    assert copy.deepcopy(config) == pickle.loads(pickle.dumps(config)) == config
    assert "max_attempts=5" in repr(config)


def test_config_keeps_durations_in_seconds() -> None:
    """A timedelta and its seconds are the same setting."""
    config = RetryConfig(cold_start_timeout=timedelta(minutes=2), consistency_window=timedelta(milliseconds=1500))
    assert (config.cold_start_timeout, config.consistency_window) == (120, 1.5)


def test_config_takes_any_iterable_of_classifiers() -> None:
    """Classifiers given as a list are kept as a tuple."""
    assert RetryConfig(classifiers=[bool]).classifiers == (bool,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "legacy"),
        ("mode", None),
        ("mode", []),
        ("max_attempts", 0),
        ("max_attempts", -1),
        ("max_attempts", "3"),
        ("max_attempts", 3.0),
        ("max_attempts", True),
        ("max_backoff", -1),
        ("max_backoff", math.nan),
        ("max_backoff", math.inf),
        ("max_backoff", "20"),
        ("max_backoff", None),
        ("cold_start_timeout", timedelta(seconds=-1)),
        ("cold_start_timeout", True),
        ("consistency_retry", "sometimes"),
        ("consistency_window", -0.1),
        ("classifiers", bool),
        ("classifiers", 5),
        ("classifiers", ["not a function"]),
    ],
)
def test_config_refuses_bad_values(field: str, value: Any) -> None:
    """A bad value is a ConfigError and a ValueError whose text names the setting and the value."""
    with pytest.raises(InvalidConfigError, match=rf"RetryConfig\.{field} must be ") as caught:
        RetryConfig(**{field: value})
    assert isinstance(caught.value, ConfigError)
    assert isinstance(caught.value, ValueError)
    assert repr(value.total_seconds() if isinstance(value, timedelta) else value) in str(caught.value)


# Backoff


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TRANSIENT, [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20.0, 20.0]),
        (THROTTLED, [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0]),
        (ConnectError("refused"), [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20.0, 20.0]),
    ],
)
async def test_backoff_doubles_up_to_the_longest(error: SdkError, expected: list[float]) -> None:
    """The longest delay doubles from 50 ms, or from 1 s after throttling, and stops at `max_backoff`."""
    assert await delays(make_strategy(clock=FakeClock(1.0), max_attempts=12), error) == pytest.approx(expected)


@settings(deadline=None)
@given(
    chance=st.floats(0, 1, exclude_max=True),
    before=st.integers(0, 3000),
    throttled=st.booleans(),
    max_backoff=st.floats(0, 1e6),
    retry_after=st.none() | st.floats(0, 1e9),
)
def test_delay_is_the_documented_one(
    chance: float, before: int, throttled: bool, max_backoff: float, retry_after: float | None
) -> None:
    """Every delay is chance times the capped exponential, raised at most 5 s to what the service asks for."""
    strategy = make_strategy(clock=FakeClock(chance), max_attempts=5000, max_backoff=max_backoff)
    call = strategy.begin()
    call.number = before + 1
    delay = call.next_delay(ServiceError(throttling=throttled, retryable=True, retry_after=retry_after))
    scale = 1.0 if throttled else 0.05
    longest = min(scale * 2**before, max_backoff) if before < 100 else max_backoff
    assert delay is not None
    if retry_after is None:
        assert delay == pytest.approx(chance * longest)
        assert 0 <= delay <= max_backoff
    else:
        assert delay == pytest.approx(max(chance * longest, min(retry_after, chance * longest + 5)))
        assert chance * longest <= delay <= chance * longest + 5


@pytest.mark.parametrize(
    ("retry_after", "expected"), [(None, 0.5), (0.0, 0.5), (0.2, 0.5), (1.5, 1.5), (5.5, 5.5), (5.6, 5.5), (3600, 5.5)]
)
async def test_retry_after_bounds_the_delay(retry_after: float | None, expected: float) -> None:
    """The service's wish lengthens the delay by at most 5 s and never shortens it."""
    error = ServiceError(code="ThrottlingException", retry_after=retry_after)
    assert await fail(make_strategy().begin(), error) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1500", 1.5),
        ("0", 0.0),
        (" 20 ", 0.02),
        ("007", 0.007),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("1e3", None),
        ("1_000", None),
        ("soon", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("\u0661\u0662", None),
        ("9" * 400, None),
        ("9" * 5000, None),
    ],
)
def test_parse_retry_after(value: str | None, expected: float | None) -> None:
    """A whole number of milliseconds becomes seconds, and anything else is ignored."""
    assert parse_retry_after(value) == expected


# Attempts


@pytest.mark.parametrize("max_attempts", [1, 2, 3, 7])
async def test_max_attempts_counts_the_first(max_attempts: int) -> None:
    """A call that keeps failing is sent `max_attempts` times."""
    strategy = make_strategy(max_attempts=max_attempts)
    call = strategy.begin()
    while await fail(call, TRANSIENT) is not None:
        pass
    assert call.attempts == strategy.max_attempts == max_attempts


async def test_off_makes_one_attempt() -> None:
    """Without retries nothing is sent twice, whatever the error, and no tokens move."""
    strategy = make_strategy(mode="off", max_attempts=5, classifiers=[lambda error: True])
    assert strategy.max_attempts == 1
    for error in (TRANSIENT, THROTTLED, ConnectError("refused")):
        assert await delays(strategy, error) == []
    assert strategy.tokens == 500


async def test_total_delay_adds_up() -> None:
    """A call knows its attempts and the delays it was given, and shares neither with other calls."""
    strategy = make_strategy()
    call = strategy.begin()
    assert (call.attempts, call.total_delay) == (0, 0.0)
    found = [await fail(call, THROTTLED), await fail(call, TRANSIENT)]
    await call.acquire()
    call.succeeded()
    assert found == pytest.approx([0.5, 0.05])
    assert call.attempts == 3
    assert call.total_delay == pytest.approx(0.55)
    assert strategy.begin().attempts == 0


# Which errors


@pytest.mark.parametrize(
    ("error", "retried"),
    [
        (TRANSIENT, True),
        (THROTTLED, True),
        (ServiceError(code="Anything", http_status=429), True),
        (ConnectError("refused"), True),
        (ConnectTimeout("slow"), True),
        (ReadTimeout("silent"), True),
        (AttemptTimeout("slow"), True),
        (REFUSED, False),
        (OperationTimeout("slow"), False),
        (NameResolutionError("no such host"), False),
        (TlsError("certificate"), False),
        (ResponseParseError("no JSON"), False),
        (ConfigError("no region"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, SdkError) else str(value),
)
async def test_the_error_decides(error: SdkError, retried: bool) -> None:
    """Without classifiers an error is retried if it says that it is retryable, and else costs nothing."""
    strategy = make_strategy()
    assert (await fail(strategy.begin(), error) is not None) is retried
    assert (strategy.tokens < 500) is retried


@pytest.mark.parametrize(
    ("answers", "error", "retried"),
    [
        ([True], REFUSED, True),
        ([False], TRANSIENT, False),
        ([None], TRANSIENT, True),
        ([None], REFUSED, False),
        ([None, True, False], REFUSED, True),
        ([None, False, True], TRANSIENT, False),
    ],
)
async def test_the_first_classifier_with_an_opinion_decides(
    answers: list[bool | None], error: SdkError, retried: bool
) -> None:
    """Classifiers are asked in order, before the error, until one has an opinion."""
    asked: list[tuple[int, SdkError]] = []

    def classifier(index: int, answer: bool | None) -> Any:
        def classify(error: SdkError) -> bool | None:
            asked.append((index, error))
            return answer

        return classify

    strategy = make_strategy(classifiers=[classifier(*pair) for pair in enumerate(answers)])
    assert (await fail(strategy.begin(), error) is not None) is retried
    last = next((index for index, answer in enumerate(answers) if answer is not None), len(answers) - 1)
    assert asked == [(index, error) for index in range(last + 1)]


async def test_a_classifier_does_not_lift_the_limits() -> None:
    """An error that a classifier would always retry still ends with the attempts and pays for them."""
    strategy = make_strategy(classifiers=[lambda error: True])
    assert len(await delays(strategy, REFUSED)) == 2
    assert strategy.tokens == 500 - 2 * 14


# The token bucket


async def test_a_retry_costs_14_and_5_after_throttling() -> None:
    """Each retry takes its cost from the bucket that all calls share; a last failure takes none."""
    strategy = make_strategy()
    assert len(await delays(strategy, TRANSIENT)) == 2
    assert strategy.tokens == 472
    assert len(await delays(strategy, THROTTLED)) == 2
    assert strategy.tokens == 462


async def test_a_retried_success_returns_its_last_cost() -> None:
    """Only what the last retry took comes back after a success."""
    strategy = make_strategy()
    call = strategy.begin()
    await fail(call, TRANSIENT)
    await fail(call, THROTTLED)
    await call.acquire()
    call.succeeded()
    assert strategy.tokens == 500 - 14


async def test_a_clean_success_returns_one() -> None:
    """A success at the first attempt gives one token, until the bucket is full."""
    strategy = make_strategy()
    strategy.tokens = 498
    for expected in (499, 500, 500):
        call = strategy.begin()
        await call.acquire()
        call.succeeded()
        assert strategy.tokens == expected


async def test_a_full_bucket_takes_no_more() -> None:
    """A refund never lifts the bucket over 500."""
    strategy = make_strategy()
    call = strategy.begin()
    await fail(call, TRANSIENT)
    strategy.tokens = 495
    await call.acquire()
    call.succeeded()
    assert strategy.tokens == 500


@pytest.mark.parametrize(
    ("tokens", "error", "retried"),
    [(14, TRANSIENT, True), (13, TRANSIENT, False), (5, THROTTLED, True), (4, THROTTLED, False), (13, THROTTLED, True)],
)
async def test_a_bucket_that_cannot_pay_ends_the_call(tokens: int, error: SdkError, retried: bool) -> None:
    """A retry is made only if the bucket can pay for all of it."""
    strategy = make_strategy()
    strategy.tokens = tokens
    call = strategy.begin()
    assert (await fail(call, error) is not None) is retried
    assert strategy.tokens == tokens - ((5 if error.throttling else 14) if retried else 0)
    assert (call.total_delay > 0) is retried


async def test_an_outage_stops_retries_for_all_calls() -> None:
    """500 tokens pay for 35 retries; after that calls of the client fail at the first attempt."""
    strategy = make_strategy(max_attempts=2)
    retries = [len(await delays(strategy, TRANSIENT)) for _ in range(50)]
    assert retries == [1] * 35 + [0] * 15
    assert strategy.tokens == 10


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from([TRANSIENT, THROTTLED, REFUSED]), max_size=4), max_size=150))
def test_the_bucket_stays_in_bounds(calls: list[list[SdkError]]) -> None:
    """Whatever the calls meet, the bucket holds 0 to 500 tokens and a call gives back no more than it took, or 1."""
    strategy = make_strategy(max_attempts=4)
    for errors in calls:
        before = strategy.tokens
        call = strategy.begin()
        for error in errors:
            run(call.acquire())
            if call.next_delay(error) is None:
                break
        else:
            run(call.acquire())
            call.succeeded()
        assert 0 <= strategy.tokens <= min(500, before + 1)


# Adaptive mode


async def test_standard_mode_never_waits_to_send() -> None:
    """Without adaptive mode an attempt begins at once, even in the midst of throttling."""
    clock = FakeClock()
    strategy = make_strategy(clock=clock, max_attempts=100)
    await delays(strategy, THROTTLED)
    assert clock.now == 1000.0


async def test_adaptive_mode_waits_after_throttling() -> None:
    """After throttling every call of the client waits for its turn, a clean one as much as a retry."""
    clock = FakeClock()
    strategy = make_strategy(clock=clock, mode="adaptive")
    first = strategy.begin()
    assert await fail(first, THROTTLED) == pytest.approx(0.5)
    assert clock.now == 1000.0
    await first.acquire()
    assert clock.now == pytest.approx(1002.0)
    await strategy.begin().acquire()
    assert clock.now == pytest.approx(1004.0)
    assert first.attempts == 2
    assert first.total_delay == pytest.approx(0.5)


async def test_adaptive_mode_does_not_wait_for_other_errors() -> None:
    """Errors without throttling leave the rate alone."""
    clock = FakeClock()
    strategy = make_strategy(clock=clock, mode="adaptive")
    for error in (TRANSIENT, REFUSED, ConnectError("refused")):
        await delays(strategy, error)
    assert clock.now == 1000.0


async def test_adaptive_mode_learns_from_errors_it_does_not_retry() -> None:
    """Throttling slows the client even on the last attempt."""
    clock = FakeClock()
    strategy = make_strategy(clock=clock, mode="adaptive", max_attempts=1)
    assert await fail(strategy.begin(), THROTTLED) is None
    await strategy.begin().acquire()
    assert clock.now == pytest.approx(1002.0)


async def test_adaptive_mode_speeds_up_with_success() -> None:
    """Successes let the waits shrink again."""
    clock = FakeClock()
    strategy = make_strategy(clock=clock, mode="adaptive")
    await fail(strategy.begin(), THROTTLED)
    waits: list[float] = []
    for _ in range(10):
        before = clock.now
        call = strategy.begin()
        await call.acquire()
        call.succeeded()
        waits.append(clock.now - before)
    assert waits[0] == pytest.approx(2.0)
    assert waits[-1] < 1.1


async def test_a_call_cancelled_before_sending_made_no_attempt() -> None:
    """Cancelling the wait for a turn counts no attempt and takes no token."""
    clock = FakeClock()
    strategy = make_strategy(clock=clock, mode="adaptive")
    await fail(strategy.begin(), THROTTLED)
    clock.interruption = asyncio.CancelledError()
    call = strategy.begin()
    with pytest.raises(asyncio.CancelledError):
        await call.acquire()
    assert call.attempts == 0
    clock.interruption = None
    await call.acquire()
    assert call.attempts == 1
    assert clock.now == pytest.approx(1002.0)


# What AWS's SDKs agree on


def vectors(question: str) -> pytest.MarkDecorator:
    cases = CLASSIFICATION.get(question) or [pytest.param(None, marks=pytest.mark.skip(reason=f"no {VECTORS.name}"))]
    return pytest.mark.parametrize(
        "case",
        cases,
        ids=lambda case: (
            "-".join(str(case[key]) for key in ("status", "error_code", "exception")) if case else "absent"
        ),
    )


def modelled_traits(code: str | None) -> dict[str, Any]:
    for name, shape in CLASSIFICATION["modeled_service"]["shapes"].items():
        if code == shape.get("error", {}).get("code", name):
            trait = shape.get("retryable")
            return {"retryable": trait is not None, "throttling": bool((trait or {}).get("throttling"))}
    return {}


def error_of(case: dict[str, Any]) -> SdkError:
    exceptions = {"ConnectionError": ConnectError, "HTTPClientError": TransportError}
    if case["exception"]:
        return exceptions[case["exception"]]("failed")
    code = case["error_code"]
    return ServiceError(code=code or "", http_status=case["status"], **modelled_traits(code))


@vectors("transient")
async def test_transient_vectors(case: dict[str, Any]) -> None:
    """A transient error is retried; another one is not, unless it is throttling."""
    error = error_of(case)
    retried = await fail(make_strategy().begin(), error) is not None
    assert retried is (case["retryable"] or error.throttling)


@vectors("throttling")
async def test_throttling_vectors(case: dict[str, Any]) -> None:
    """Throttling is retried at its own cost and pace; another error is not taken for it."""
    error = error_of(case)
    assert error.throttling is case["retryable"]
    if error.throttling:
        strategy = make_strategy()
        assert await fail(strategy.begin(), error) == pytest.approx(0.5)
        assert strategy.tokens == 495


@vectors("modeled")
async def test_modeled_vectors(case: dict[str, Any]) -> None:
    """What the model says of an error is retried; an error without an answer is none of the model's."""
    error = error_of(case)
    retried = await fail(make_strategy().begin(), error) is not None
    assert (retried and isinstance(error, ServiceError)) is case["retryable"]


# The retry window

LOADING = ServiceError(code="ModelNotReadyException", http_status=429)


async def bear(call: RetryCall, window: float = 60.0) -> float | None:
    await call.acquire()
    return call.next_delay(LOADING, window=window)


async def test_the_window_takes_nothing_from_the_retries() -> None:
    """However often the service was borne with, all retries are left, with their own backoff and budget."""
    strategy = make_strategy()
    call = strategy.begin()
    for _ in range(10):
        assert await bear(call) is not None
    assert (call.attempts, call.number, call.windowed, strategy.tokens) == (10, 1, 10, 500)
    assert [await fail(call, TRANSIENT) for _ in range(3)] == [pytest.approx(0.025), pytest.approx(0.05), None]
    assert (call.attempts, call.number) == (13, 3)


async def test_the_windows_pauses_double_up_to_two_seconds() -> None:
    """The pauses within the window grow by their own count, whatever was retried in between."""
    call = make_strategy(clock=FakeClock(1.0), max_attempts=9).begin()
    first = [await bear(call), await fail(call, TRANSIENT), await bear(call)]
    assert [first[0], first[2]] == [0.25, 0.5]
    assert [await bear(call) for _ in range(4)] == [1.0, 2.0, 2.0, 2.0]


async def test_the_window_closes_for_good() -> None:
    """After the window the error ends the call, retries left or not."""
    clock = FakeClock()
    call = make_strategy(clock=clock).begin()
    assert await bear(call, 10) is not None
    clock.now += 10
    assert await bear(call, 10) is None
    assert await bear(make_strategy().begin(), 0) is None


async def test_classifiers_are_asked_before_the_window() -> None:
    """A classifier that says no ends even what the service would be borne with; one that says yes spends retries on it
    once the window is over."""
    assert await bear(make_strategy(classifiers=[lambda _: False]).begin()) is None
    call = make_strategy(classifiers=[lambda _: True]).begin()
    assert [await bear(call, 0) is not None for _ in range(3)] == [True, True, False]


async def test_the_window_is_no_throttling() -> None:
    """A model that is loading does not slow the adaptive mode down."""
    strategy = make_strategy(mode="adaptive")
    call = strategy.begin()
    await bear(call)
    assert strategy._limiter is not None
    assert not strategy._limiter.active
