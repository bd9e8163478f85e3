"""Faults on request: what a user's code must survive, brought about when a test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ThrottlingException

if TYPE_CHECKING:
    from .._clock import Clock


class Faults:
    """The faults that are on. `operation` is a name such as `CreateEndpoint`; None is every one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Turn every fault off."""
        self._throttled: dict[str | None, float] = {}
        self._latency: dict[str | None, float] = {}
        self._dropped: dict[str, int] = {}
        self.invisible: float = 0.0

    def throttle(self, rate: float, operation: str | None = None) -> None:
        """Refuse requests with ThrottlingException: a part of them between 0, none, and 1, all."""
        self._throttled[operation] = rate

    def latency(self, seconds: float, operation: str | None = None) -> None:
        """Answer later, by real seconds: it is the client's timeouts that this is for."""
        self._latency[operation] = seconds

    def drop_response(self, operation: str, times: int = 1) -> None:
        """Do what is asked, then close the connection without an answer, the next `times` times."""
        self._dropped[operation] = times

    def eventual_consistency(self, seconds: float) -> None:
        """Keep each new endpoint configuration invisible to CreateEndpoint and UpdateEndpoint for so long, in the
        service's seconds, as https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html says
        of the real one."""
        self.invisible = seconds

    async def before(self, operation: str) -> None:
        """Raises ThrottlingException for a request that is to be refused, and takes the time that an answer takes."""
        delay = self._latency.get(operation, self._latency.get(None, 0.0))
        if delay:
            await self._clock.sleep(delay)
        if self._clock.random() < self._throttled.get(operation, self._throttled.get(None, 0.0)):
            raise ThrottlingException("Rate exceeded", code="ThrottlingException", http_status=400)

    def drops(self, operation: str) -> bool:
        """Whether this answer is to be lost; counts it."""
        left = self._dropped.get(operation, 0)
        self._dropped[operation] = max(0, left - 1)
        return left > 0
