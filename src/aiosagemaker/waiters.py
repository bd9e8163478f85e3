"""Waiting for a resource to reach a state: one poll loop; every waiter is data.

The delays follow https://smithy.io/2.0/additional-specs/waiters.html#waiter-retries: drawn evenly between
`min_delay` and a ceiling that doubles from `min_delay` to `max_delay`.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from ._clock import SYSTEM_CLOCK, Clock, seconds
from ._errors import ArgumentError, SdkError, ServiceError, WaiterFailed, WaiterTimeout
from ._event_loop import running_loop
from ._hooks import Poll, Wait, polling, teller, told_lifetime

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from ._clock import Duration
    from ._hooks import Hooks, Teller
    from ._shapes.schema import AcceptorRow, WaiterRow
    from ._shapes.structure import Response

ResponseT = TypeVar("ResponseT", bound="Response")
T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

LEAST_POLL = 5.0
"""The seconds that a poll may take even where the deadline is nearer, as it is for the last one."""
MAX_DELAY = 120.0
"""The longest delay between polls, in seconds, where neither the caller nor the model asks for a longer one."""


class PollLoop:
    """When to poll, and when to give up. Times are seconds or timedelta, kept in seconds.

    Raises:
        ArgumentError: a time is negative or not finite, or `min_delay` is above `max_delay`.
    """

    __slots__ = ("_clock", "_teller", "_told_as", "max_delay", "min_delay", "name", "timeout")

    def __init__(
        self,
        name: str,
        *,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
        default_timeout: float,
        default_delay: float,
        longest_delay: float = MAX_DELAY,
        clock: Clock = SYSTEM_CLOCK,
        hooks: Sequence[Hooks] = (),
        told_as: str | None = None,
    ) -> None:
        """`name` is what messages call the wait; the defaults are in seconds; `hooks` are told of each poll, and know
        the wait as `told_as`, by default as `name`: one name for all waits of a kind."""
        self.name: str = name
        self._told_as = told_as or name
        self.timeout: float = _positive("timeout", timeout, default_timeout)
        highest = _positive("max_delay", max_delay, max(longest_delay, default_delay, _optional(min_delay)))
        self.min_delay: float = _positive("min_delay", min_delay, min(default_delay, highest))
        self.max_delay: float = highest
        if self.min_delay > self.max_delay:
            raise ArgumentError(f"min_delay ({self.min_delay:g} s) is above max_delay ({self.max_delay:g} s)")
        self._clock = clock
        self._teller = teller(hooks)

    def run(
        self, poll: Callable[[], Awaitable[T]], settled: Callable[[T | None, SdkError | None], bool]
    ) -> AsyncGenerator[T, None]:
        """What each poll gives, until `settled` says of the last one, and of what it failed with, that it is over.

        Raises:
            WaiterTimeout: the time is up.
            Exception: whatever `settled` raises.
        """
        return self._run(poll, settled, None) if self._teller is None else self._told(self._teller, poll, settled)

    async def _told(
        self, teller: Teller, poll: Callable[[], Awaitable[T]], settled: Callable[[T | None, SdkError | None], bool]
    ) -> AsyncGenerator[T, None]:
        def told(number: int, response: T | None, error: SdkError | None, elapsed: float) -> None:
            facts = Poll(wait=self._told_as, number=number, response=response, error=error, elapsed=elapsed, of=wait)
            teller.after("polled", facts)

        async def of_wait() -> T:
            # Not around the loop: what its caller does between two polls is none of them.
            reset = polling.set((wait, next(numbers)))
            try:
                return await poll()
            finally:
                polling.reset(reset)

        wait, numbers = Wait(name=self._told_as, timeout=self.timeout), itertools.count(1)
        with told_lifetime(teller, "wait", wait):
            async with aclosing(self._run(of_wait, settled, told)) as responses:
                async for response in responses:
                    yield response

    async def _run(
        self,
        poll: Callable[[], Awaitable[T]],
        settled: Callable[[T | None, SdkError | None], bool],
        told: Callable[[int, T | None, SdkError | None, float], None] | None,
    ) -> AsyncGenerator[T, None]:
        running_loop()
        started = self._clock.monotonic()
        deadline = started + self.timeout
        last: T | None = None
        polled = 0
        while True:
            error: SdkError | None = None
            try:
                async with asyncio.timeout(max(deadline - self._clock.monotonic(), LEAST_POLL)):
                    last = await poll()
            except SdkError as caught:
                error = caught
            except TimeoutError as late:
                raise self.timed_out(last, polled) from late
            polled += 1
            if told is not None:
                told(polled, None if error else last, error, self._clock.monotonic() - started)
            if error is None:
                yield cast("T", last)
            if settled(last, error):
                return
            remaining = deadline - self._clock.monotonic()
            if remaining <= 0:
                raise self.timed_out(last, polled) from error
            # The last poll falls on the deadline, so that no success just before it goes unseen.
            await self._clock.sleep(min(self.delay(polled), remaining))

    def delay(self, polled: int) -> float:
        """How long to wait after that many polls, in seconds."""
        doublings = min(polled - 1, math.log2(self.max_delay / self.min_delay) if self.min_delay else 0)
        ceiling = min(self.max_delay, self.min_delay * 2**doublings)
        return self.min_delay + self._clock.random() * (ceiling - self.min_delay)

    def timed_out(self, last: T | None, polled: int) -> WaiterTimeout[T]:
        """The error for a wait whose time is up."""
        return WaiterTimeout(
            f"{self.name}: not reached within {self.timeout:g} s and {polled} polls", last_response=last
        )


class Goal(Protocol[T_contra]):
    """What a wait's success is held to, beyond the state itself. It is told of every poll."""

    def saw(self, response: T_contra, /) -> None:
        """A poll's response, before it is judged."""
        ...

    def reached(self, response: T_contra, /) -> bool:
        """Whether the state, which is reached, is the one that was meant; False to go on. Raises WaiterFailed."""
        ...


class Waiter(Generic[ResponseT]):
    """One wait of the model's. Times are seconds or timedelta.

    Defaults come from the model: `min_delay` its delay, `max_delay` 120 s or its delay if that is longer, `timeout`
    its delay times its attempts.
    """

    def __init__(
        self,
        name: str,
        row: WaiterRow,
        *,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
        goal: Goal[ResponseT] | None = None,
        clock: Clock = SYSTEM_CLOCK,
        hooks: Sequence[Hooks] = (),
    ) -> None:
        """Raises ArgumentError as PollLoop does."""
        self.loop: PollLoop = PollLoop(
            name,
            timeout=timeout,
            min_delay=min_delay,
            max_delay=max_delay,
            default_timeout=float(row["delay"] * row["max_attempts"]),
            default_delay=float(row["delay"]),
            clock=clock,
            hooks=hooks,
        )
        self._acceptors = row["acceptors"]
        self._goal = goal

    async def wait(
        self, poll: Callable[[], Awaitable[ResponseT]], on_poll: Callable[[ResponseT], object] | None = None
    ) -> ResponseT | None:
        """The last response, once the state is reached: None if no poll before had one. Raises as `polls` does."""
        last: ResponseT | None = None
        async for last in self.polls(poll):
            if on_poll is not None:
                on_poll(last)
        return last

    def polls(self, poll: Callable[[], Awaitable[ResponseT]]) -> AsyncGenerator[ResponseT, None]:
        """Each response, until the state is reached. An error that may pass by itself is waited out.

        Raises:
            WaiterFailed: the resource reached a state from which the wanted one does not come.
            WaiterTimeout: the time is up.
            SdkError: a poll failed for good.
        """
        return self.loop.run(poll, self.settled)

    def settled(self, response: Any, error: SdkError | None = None) -> bool:
        """Whether one poll's outcome ends the wait well. Raises WaiterFailed, or `error`, where it ends it badly."""
        if error is None and self._goal is not None:
            self._goal.saw(response)
        state = next((a["state"] for a in self._acceptors if _accepts(a, response, error)), None)
        if state == "failure":
            raise self._failed(response, error) from error
        if state == "success":
            return error is not None or self._goal is None or self._goal.reached(response)
        if error is not None and state is None and not error.retryable:
            raise error
        return False

    def _failed(self, response: ResponseT, error: SdkError | None) -> WaiterFailed[ResponseT]:
        name = self.loop.name
        if error is not None:
            return WaiterFailed(f"{name}: {error}", reason=str(error), last_response=response)
        reason = _reason(response)
        failures = (a for a in self._acceptors if a["state"] == "failure" and _accepts(a, response, None))
        text = f"{name}: the state is {', '.join(str(a['expected']) for a in failures)}"
        return WaiterFailed(f"{text}: {reason}" if reason else text, reason=reason, last_response=response)


_REASONS = re.compile(r"(failure_(reason|message)|status_(message|reason|details))$")
"""The members in which a description says why."""


def _reason(response: Any) -> str | None:
    members = response.__namespace__.shapes[response.__shape__].get("members", {}).values()
    said = (getattr(response, member["name"]) for member in members if _REASONS.search(member["name"]))
    return next((str(reason) for reason in said if reason), None)


def _optional(value: Duration | None) -> float:
    return 0.0 if value is None else seconds(value)


def _positive(name: str, value: Duration | None, default: float) -> float:
    if value is None:
        return default
    number = seconds(value)
    if not (number >= 0 and math.isfinite(number)):
        raise ArgumentError(f"{name} must be zero or more seconds, not {value!r}")
    return number


def _accepts(acceptor: AcceptorRow, response: Any, error: SdkError | None) -> bool:
    matcher, expected = acceptor["matcher"], acceptor["expected"]
    if matcher == "error":
        if not isinstance(error, ServiceError):
            return False
        names = {cls.__name__ for cls in type(error).__mro__}
        return expected == error.code or expected in names
    if error is not None or response is None:
        return False
    if matcher == "status":
        return bool(response.http_status == expected)
    import jmespath  # which botocore brings; only waiters need it

    from ._shapes.differences import sent_dict

    value = jmespath.search(acceptor.get("argument", "@"), sent_dict(response))
    if matcher == "path":
        return bool(value == expected)
    values = cast("Sequence[Any]", value) if isinstance(value, list) else ()
    return bool(values) and (all if matcher == "pathAll" else any)(item == expected for item in values)
