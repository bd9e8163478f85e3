"""When a failed attempt is made again, and after how long: the AWS SDKs' standard and adaptive modes.

Each call drives a `RetryCall` of its own::

    call = strategy.begin()
    while True:
        await call.acquire()
        try:
            response = await attempt()
        except SdkError as error:
            delay = call.next_delay(error, window=recovery.retry_window(error))
            if delay is None:
                raise
            await clock.sleep(delay)
        else:
            call.succeeded()
            return response

What an error means, the error itself says (`retryable`, `throttling`, `retry_after`); there is no list of them here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

import attrs

from ._clock import SYSTEM_CLOCK, Clock
from ._errors import InvalidConfigError, SdkError
from ._values import as_seconds_always, ask_what_is_meant, is_count, is_number, must, one_of

if TYPE_CHECKING:
    from ._rate_limiter import RateLimiter

__all__ = ["Classifier", "RetryCall", "RetryConfig", "RetryStrategy", "parse_retry_after"]

Classifier = Callable[[SdkError], bool | None]
"""Whether to retry after an error: True, False, or None for no opinion."""

TOKENS = 500
"""What a client's token bucket holds when full."""
RETRY_COST = 14
THROTTLING_RETRY_COST = 5
CLEAN_SUCCESS_REFUND = 1

BACKOFF_SCALE = 0.05
"""The longest first delay, in seconds."""
THROTTLING_BACKOFF_SCALE = 1.0
"""The longest first delay after throttling, in seconds."""
RETRY_AFTER_LIMIT = 5.0
"""How much the service's own wish may add to a delay, in seconds."""

WINDOW_SCALE = 0.25
"""The longest first pause, in seconds, before asking again what the service is not ready for; it doubles."""
WINDOW_LONGEST = 2.0

_MAX_EXPONENT = 1000
"""Doubling stops here, far past any delay, before a float overflows."""


_COUNT = must(is_count, "an integer of at least 1")
_LENGTH = must(lambda value: is_number(value) and value >= 0, "zero or more seconds, or a timedelta")


def _as_classifiers(value: Iterable[Classifier]) -> tuple[Classifier, ...]:
    try:
        classifiers = tuple(value)
    except TypeError:  # most likely one function alone
        classifiers = None
    if classifiers is None or not all(map(callable, classifiers)):
        raise InvalidConfigError(f"RetryConfig.classifiers must be functions, in a tuple or a list, got {value!r}")
    return classifiers


@attrs.frozen(kw_only=True)
class RetryConfig:
    """How a client retries. Lengths of time are given in seconds or as a timedelta, and kept in seconds.

    A value out of its range raises InvalidConfigError, which is a ConfigError and a ValueError.
    """

    mode: Literal["standard", "adaptive", "off"] = attrs.field(
        default="standard", validator=one_of("standard", "adaptive", "off")
    )
    """`"standard"` (default) backs off and keeps a budget of retries; `"adaptive"` also holds back requests once
    the service throttles; `"off"` makes one attempt."""

    max_attempts: int = attrs.field(default=3, validator=_COUNT)
    """How many times at most a request is sent, the first one included. At least 1; default 3."""

    max_backoff: float = attrs.field(default=20.0, converter=as_seconds_always, validator=_LENGTH)
    """The longest delay before a retry, in seconds, before what the service asks for. Default 20."""

    cold_start_timeout: float = attrs.field(default=60.0, converter=as_seconds_always, validator=_LENGTH)
    """How long to bear with ModelNotReadyException while a model loads, in seconds. Default 60."""

    consistency_retry: Literal["recent", "always", "off"] = attrs.field(
        default="recent", validator=one_of("recent", "always", "off")
    )
    """When a refusal because a model or an endpoint configuration cannot be found is asked again: `"recent"`
    (default), if this process made it in the last minute; `"always"`; `"off"`."""

    consistency_window: float = attrs.field(default=10.0, converter=as_seconds_always, validator=_LENGTH)
    """How long the service may take to see what was just made, in seconds. Default 10."""

    classifiers: tuple[Classifier, ...] = attrs.field(default=(), converter=_as_classifiers)
    """Functions from an error to True (retry), False (do not) or None (no opinion). The first opinion counts; without
    one the error decides. Default none."""


ask_what_is_meant(RetryConfig, [field.name for field in attrs.fields(RetryConfig)])


class RetryStrategy:
    """What the calls of one client share: the token bucket and, in adaptive mode, the rate limiter."""

    __slots__ = ("_clock", "_limiter", "config", "max_attempts", "tokens")

    config: RetryConfig
    max_attempts: int
    """How many attempts a call may make; 1 when retries are off."""
    tokens: int
    """What is left in the token bucket."""

    def __init__(self, config: RetryConfig, clock: Clock = SYSTEM_CLOCK) -> None:
        self.config = config
        self.max_attempts = 1 if config.mode == "off" else config.max_attempts
        self.tokens = TOKENS
        self._clock = clock
        self._limiter: RateLimiter | None = None
        if config.mode == "adaptive":
            from ._rate_limiter import RateLimiter

            self._limiter = RateLimiter(clock)

    def begin(self) -> RetryCall:
        """The retry state of a new call."""
        return RetryCall(self, self._clock, self._limiter)

    def opinion(self, error: SdkError) -> bool | None:
        """What the first classifier that has an opinion says: whether to retry after `error`."""
        for classify in self.config.classifiers:
            if (answer := classify(error)) is not None:
                return answer
        return None


class RetryCall:
    """The retries of one call.

    What the service itself asks to be borne with, such as a model that still loads, is asked again within a retry
    window: that has a length and a backoff of its own, and takes nothing from the retries.
    """

    __slots__ = (
        "_clock",
        "_limiter",
        "_paid",
        "_strategy",
        "_window_ends",
        "attempts",
        "limited",
        "number",
        "total_delay",
        "windowed",
    )

    attempts: int
    """How many attempts were begun."""
    number: int
    """Which attempt this is, as the retries count them and the service is told: at most `max_attempts`."""
    windowed: int
    """How many times it was asked again within the retry window."""
    total_delay: float
    """The delays before retries so far, in seconds."""
    limited: bool
    """Whether `acquire` may have to wait."""

    def __init__(self, strategy: RetryStrategy, clock: Clock, limiter: RateLimiter | None) -> None:
        self.attempts = 0
        self.number = 1
        self.windowed = 0
        self.total_delay = 0.0
        self._strategy = strategy
        self._clock = clock
        self._limiter = limiter
        self.limited = limiter is not None
        self._paid: int | None = None
        self._window_ends: float | None = None

    async def acquire(self) -> None:
        """Begin an attempt; in adaptive mode, first wait until the rate allows it."""
        if self._limiter is not None:
            await self._limiter.acquire()
        self.attempts += 1

    def next_delay(self, error: SdkError, *, repeatable: bool = True, window: float | None = None) -> float | None:
        """The seconds to wait before the next attempt, or None to give up. Call it once after each failed attempt.

        Args:
            error: what the attempt ended with.
            repeatable: whether the request can be sent again at all.
            window: for how long, in seconds from the first such error, the service's own knowledge would ask again;
                None if it says nothing of this error.
        """
        strategy = self._strategy
        opinion = strategy.opinion(error)
        if self._limiter is not None:
            self._limiter.update(throttled=error.throttling and window is None)
        if not repeatable or opinion is False:
            return None
        delay = None if window is None else self._within(window, error)
        # Beyond its window what is borne with ends the call, unless a classifier wants the retries spent on it.
        if delay is None and (opinion or (window is None and opinion is None and error.retryable)):
            delay = self._retry(error)
        if delay is not None:
            self.total_delay += delay
        return delay

    def _within(self, window: float, error: SdkError) -> float | None:
        now = self._clock.monotonic()
        if self._window_ends is None:
            self._window_ends = now + window
        if now >= self._window_ends:
            return None
        longest = min(WINDOW_SCALE * 2.0 ** min(self.windowed, _MAX_EXPONENT), WINDOW_LONGEST)
        self.windowed += 1
        pause = max(longest * (0.5 + self._clock.random() / 2), error.retry_after or 0.0)
        return min(pause, self._window_ends - now)

    def _retry(self, error: SdkError) -> float | None:
        strategy = self._strategy
        cost = THROTTLING_RETRY_COST if error.throttling else RETRY_COST
        if self.number >= strategy.max_attempts or cost > strategy.tokens:
            return None
        strategy.tokens -= cost
        self._paid = cost
        delay = self._backoff(error)
        self.number += 1
        return delay

    def succeeded(self) -> None:
        """The attempt succeeded: give back what the call's last retry took, or a little if there was none."""
        if self._limiter is not None:
            self._limiter.update(throttled=False)
        strategy = self._strategy
        refund = CLEAN_SUCCESS_REFUND if self._paid is None else self._paid
        strategy.tokens = min(TOKENS, strategy.tokens + refund)

    def _backoff(self, error: SdkError) -> float:
        scale = THROTTLING_BACKOFF_SCALE if error.throttling else BACKOFF_SCALE
        longest = min(scale * 2.0 ** min(self.number - 1, _MAX_EXPONENT), self._strategy.config.max_backoff)
        delay = self._clock.random() * longest
        if error.retry_after is None:
            return delay
        return max(delay, min(error.retry_after, delay + RETRY_AFTER_LIMIT))


def parse_retry_after(header_value: str | None) -> float | None:
    """The wait that `x-amz-retry-after` asks for, in seconds; None if the value is no whole number of milliseconds."""
    text = (header_value or "").strip()
    if not (text.isascii() and text.isdecimal()):
        return None
    try:
        return int(text) / 1000
    except (ValueError, OverflowError):  # more digits than a number may have
        return None
