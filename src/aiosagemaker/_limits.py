"""How long a call may take as a whole, and what it was doing when that was over."""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from typing import TYPE_CHECKING, Self, TypeVar
from weakref import WeakKeyDictionary

from ._errors import OperationTimeout, SdkError
from ._event_loop import running_loop

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import TracebackType

T = TypeVar("T")


class OperationTime:
    """The time of one call, from its beginning: setting the client up counts, as do waits of every kind."""

    __slots__ = ("attempts", "begun_at", "deadline", "limit", "loop", "maybe_sent", "operation")

    operation: str
    limit: float | None
    """In seconds; None is no limit."""
    begun_at: float
    """When it began, by `time.monotonic`."""
    deadline: float | None
    """By the event loop's clock."""
    loop: asyncio.AbstractEventLoop
    """The call's."""
    attempts: int
    """How many were begun."""
    maybe_sent: bool
    """Whether the service may have received any of them."""

    def __init__(self, operation: str, limit: float | None, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """`loop` is the running one, for who has it at hand."""
        self.operation = operation
        self.limit = limit
        self.begun_at = time.monotonic()
        self.loop = loop or running_loop()
        self.deadline = None if limit is None else self.loop.time() + limit
        self.attempts = 0
        self.maybe_sent = False

    async def bound(self, step: Awaitable[T], doing: object, error: type[OperationTimeout] = OperationTimeout) -> T:
        """What the step gives; `doing`, as it prints when the time is up, says what it does.

        Raises:
            OperationTimeout: it has not ended in time, and was cancelled.
        """
        limit = Limit(self.deadline)
        try:
            with limit:
                return await step
        except SdkError:
            raise
        except TimeoutError:
            if not limit.expired:
                raise
        # Raised here, so that the cancelled step's frames, and their locals, are no part of it.
        raise self.over(doing, error)

    def over(self, doing: object, error: type[OperationTimeout] = OperationTimeout) -> OperationTimeout:
        """The error for a call whose time is up."""
        late = error(f"the call took longer than {self.limit:g} s; it was {doing}", maybe_sent=self.maybe_sent)
        late.operation = self.operation
        late.attempts = self.attempts
        return late


class Limit:
    """As `asyncio.timeout_at`, without a timer of the event loop for each: a noticeable part of what a call costs.

    ::

        with Limit(when) as limit:
            ...  # is cancelled when the time is up
        # TimeoutError, and `limit.expired`
    """

    __slots__ = ("_alarm", "_cancelling", "_task", "expired", "when")

    expired: bool
    """Whether the time was up."""
    when: float
    """By the event loop's clock; infinite is no limit."""

    def __init__(self, when: float | None) -> None:
        self.when = math.inf if when is None else when
        self.expired = False

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a limit is for a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._alarm = _alarms.get(loop) or _alarms.setdefault(loop, _Alarm())
        self._alarm.set(self)
        return self

    def reschedule(self, when: float) -> None:
        """Another time, from now on."""
        self.when = when
        if not self.expired:
            self._alarm.set(self)

    def expire(self) -> None:
        """The time is up."""
        self.expired = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._alarm.limits.discard(self)
        # As asyncio has it: a cancellation that somebody else asked for too is theirs.
        if self.expired and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error


class _Alarm:
    """An event loop's timers for all limits on it: one for most of them, which goes off when the next of them is up."""

    __slots__ = ("_pending", "limits")

    def __init__(self) -> None:
        self.limits: set[Limit] = set()
        # When timers go off, as a heap. The timers themselves would hold the loop.
        self._pending: list[float] = []

    def set(self, limit: Limit) -> None:
        self.limits.add(limit)
        if not self._pending or limit.when < self._pending[0]:
            self._wind(limit.when)

    def _wind(self, when: float) -> None:
        if when < math.inf and not (self._pending and self._pending[0] <= when):
            heapq.heappush(self._pending, when)
            asyncio.get_running_loop().call_at(when, self._go_off)

    def _go_off(self) -> None:
        heapq.heappop(self._pending)
        # A timer may be early by as much as its clock's step.
        now = asyncio.get_running_loop().time() + 1e-3
        for limit in [limit for limit in self.limits if limit.when <= now]:
            self.limits.discard(limit)
            limit.expire()
        self._wind(min((limit.when for limit in self.limits), default=math.inf))


_alarms: WeakKeyDictionary[asyncio.AbstractEventLoop, _Alarm] = WeakKeyDictionary()
