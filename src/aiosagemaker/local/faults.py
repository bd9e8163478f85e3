"""Faults on request: what a user's code must survive, brought about when a test asks for it."""

from __future__ import annotations

import math
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
        self._capacity: dict[str, int] = {}
        self._lacking: dict[str, int | None] = {}
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

    def no_capacity(self, instance_type: str, instances: int = 0, times: int | None = None) -> None:
        """Have no more than so many instances of a type to give at a time, for ever or the next `times` times: what
        asks for more fails for want of capacity."""
        self._capacity[instance_type] = instances
        self._lacking[instance_type] = times

    def lacks(self, instance_type: str | None, wanted: int) -> bool:
        """Whether so many more instances of a type are not to be had now; counts it."""
        if instance_type is None or wanted <= self._capacity.get(instance_type, math.inf):
            return False
        left = self._lacking.get(instance_type)
        if left is None:
            return True
        self._lacking[instance_type] = left - 1
        if left <= 1:
            del self._capacity[instance_type]
        return True

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
