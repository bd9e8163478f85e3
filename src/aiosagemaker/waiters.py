"""Waiting for a resource to reach a state: one small loop; every waiter is data.

The delays follow https://smithy.io/2.0/additional-specs/waiters.html#waiter-retries: drawn evenly between
`min_delay` and a ceiling that doubles from `min_delay` to `max_delay`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._clock import Clock, seconds
from .errors import ArgumentError, SdkError, ServiceError, WaiterFailed, WaiterTimeout

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ._clock import Duration
    from ._shapes.schema import AcceptorRow, WaiterRow
    from ._shapes.structure import Response

ResponseT = TypeVar("ResponseT", bound="Response")

MAX_DELAY = 120.0
"""The longest delay between polls, in seconds, where neither the caller nor the model asks for a longer one."""


class Waiter(Generic[ResponseT]):
    """One wait. Times are seconds or timedelta.

    Defaults come from the model: `min_delay` its delay, `max_delay` 120 s or its delay if that is longer, `timeout`
    its delay times its attempts.
    """

    def __init__(
        self,
        name: str,
        row: WaiterRow,
        *,
        timeout: Duration | None,
        min_delay: Duration | None,
        max_delay: Duration | None,
        on_poll: Callable[[ResponseT], object] | None,
        clock: Clock,
    ) -> None:
        self._name = name
        self._acceptors = row["acceptors"]
        self._timeout = _positive("timeout", timeout, float(row["delay"] * row["max_attempts"]))
        highest = _positive("max_delay", max_delay, max(MAX_DELAY, row["delay"], _optional(min_delay)))
        self._min_delay = _positive("min_delay", min_delay, min(float(row["delay"]), highest))
        self._max_delay = highest
        if self._min_delay > self._max_delay:
            raise ArgumentError(f"min_delay ({self._min_delay:g} s) is above max_delay ({self._max_delay:g} s)")
        self._on_poll = on_poll
        self._clock = clock

    async def wait(self, poll: Callable[[], Awaitable[Any]]) -> Any:
        """Poll until the state is reached; the last response.

        An error that may pass by itself is waited out. After the success of a waiter whose sign is an error, the
        response is the last one before it, or None.

        Raises:
            WaiterFailed: the resource reached a state from which the wanted one does not come.
            WaiterTimeout: the time is up.
            SdkError: a poll failed for good.
        """
        deadline = self._clock.monotonic() + self._timeout
        response: ResponseT | None = None
        polls = 0
        while True:
            error: SdkError | None = None
            try:
                response = await poll()
            except SdkError as caught:
                error = caught
            else:
                if self._on_poll is not None:
                    self._on_poll(response)
            polls += 1
            state = self._state(response, error)
            if state == "success":
                return response
            if state == "failure":
                raise self._failed(response, error) from error
            if error is not None and state is None and not error.retryable:
                raise error
            remaining = deadline - self._clock.monotonic()
            if remaining <= 0:
                raise WaiterTimeout(
                    f"{self._name}: not reached within {self._timeout:g} s and {polls} polls", last_response=response
                ) from error
            # The last poll falls on the deadline, so that no success just before it goes unseen.
            await self._clock.sleep(min(self._delay(polls), remaining))

    def _delay(self, polls: int) -> float:
        doublings = min(polls - 1, math.log2(self._max_delay / self._min_delay) if self._min_delay else 0)
        ceiling = min(self._max_delay, self._min_delay * 2**doublings)
        return self._min_delay + self._clock.random() * (ceiling - self._min_delay)

    def _state(self, response: ResponseT | None, error: SdkError | None) -> str | None:
        for acceptor in self._acceptors:
            if _accepts(acceptor, response, error):
                return acceptor["state"]
        return None

    def _failed(self, response: ResponseT | None, error: SdkError | None) -> WaiterFailed:
        if error is not None:
            return WaiterFailed(f"{self._name}: {error}", reason=str(error), last_response=response)
        reason = getattr(response, "failure_reason", None)
        states = ", ".join(
            sorted(
                {str(a["expected"]) for a in self._acceptors if a["state"] == "failure" and _accepts(a, response, None)}
            )
        )
        return WaiterFailed(
            f"{self._name}: the state is {states}{f': {reason}' if reason else ''}",
            reason=reason,
            last_response=response,
        )


def _optional(value: Duration | None) -> float:
    return 0.0 if value is None else seconds(value)


def _positive(name: str, value: Duration | None, default: float) -> float:
    if value is None:
        return default
    number = seconds(value)
    if not (number >= 0 and math.isfinite(number)):
        raise ArgumentError(f"{name} must be zero or more seconds, not {value!r}")
    return number


def _accepts(acceptor: AcceptorRow, response: Response | None, error: SdkError | None) -> bool:
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

    value = jmespath.search(acceptor.get("argument", "@"), response.to_dict())
    if matcher == "path":
        return bool(value == expected)
    values = value if isinstance(value, list) else []
    return bool(values) and (all if matcher == "pathAll" else any)(item == expected for item in values)
