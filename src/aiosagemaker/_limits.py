"""How long a call may take as a whole, and what it was doing when that was over."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

from ._errors import OperationTimeout, SdkError

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class OperationTime:
    """The time of one call, from its beginning: setting the client up counts, as do waits of every kind."""

    __slots__ = ("attempts", "begun_at", "deadline", "limit", "maybe_sent", "operation")

    operation: str
    limit: float | None
    """In seconds; None is no limit."""
    begun_at: float
    """When it began, by `time.monotonic`."""
    deadline: float | None
    """By the event loop's clock."""
    attempts: int
    """How many were begun."""
    maybe_sent: bool
    """Whether the service may have received any of them."""

    def __init__(self, operation: str, limit: float | None) -> None:
        self.operation = operation
        self.limit = limit
        self.begun_at = time.monotonic()
        self.deadline = None if limit is None else asyncio.get_running_loop().time() + limit
        self.attempts = 0
        self.maybe_sent = False

    async def bound(self, step: Awaitable[T], doing: object, error: type[OperationTimeout] = OperationTimeout) -> T:
        """What the step gives; `doing`, as it prints when the time is up, says what it does.

        Raises:
            OperationTimeout: it has not ended in time, and was cancelled.
        """
        timer = asyncio.timeout_at(self.deadline)
        try:
            async with timer:
                return await step
        except SdkError:
            raise
        except TimeoutError:
            if not timer.expired():
                raise
        # Raised here, so that the cancelled step's frames, and their locals, are no part of it.
        raise self.over(doing, error)

    def over(self, doing: object, error: type[OperationTimeout] = OperationTimeout) -> OperationTimeout:
        """The error for a call whose time is up."""
        late = error(f"the call took longer than {self.limit:g} s; it was {doing}", maybe_sent=self.maybe_sent)
        late.operation = self.operation
        late.attempts = self.attempts
        return late
