"""Waiting for endpoints beyond the model's waiters: watching one closely, and many at once."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import attrs

from .._errors import SdkError, WaiterError, WaiterFailed, WaiterTimeout
from ..waiters import Waiter
from .endpoint_goal import EndpointGoal, EndpointTarget
from .models import NAMESPACE
from .variants import VariantSnapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from .._clock import Duration
    from .._session import Session
    from .models import (
        DescribeEndpointRequest,
        DescribeEndpointResponse,
        DesiredWeightAndCapacity,
        EndpointStatus,
        EndpointSummary,
        ListEndpointsRequest,
        ListEndpointsResponse,
        PendingDeploymentSummary,
    )

PAGE_SIZE = 100
"""The most endpoints that ListEndpoints puts on a page."""
_WAITER = "EndpointInService"
_AT_ONCE = 10


@attrs.frozen(kw_only=True)
class EndpointSnapshot:
    """An endpoint at one moment."""

    status: EndpointStatus
    elapsed: float
    """The seconds since the watch began."""
    variants: tuple[VariantSnapshot, ...]
    shadow_variants: tuple[VariantSnapshot, ...]
    pending_deployment: PendingDeploymentSummary | None
    """The fleet that an update is bringing up, if there is one."""
    response: DescribeEndpointResponse
    """All that the service said."""


class EndpointWaits:
    """What SageMakerClient adds to the model's waiters."""

    if TYPE_CHECKING:
        _session: Session

        async def describe_endpoint(self, request: DescribeEndpointRequest, /) -> DescribeEndpointResponse: ...
        async def list_endpoints(self, request: ListEndpointsRequest, /) -> ListEndpointsResponse: ...

    async def watch_endpoint(
        self,
        *,
        endpoint_name: str,
        endpoint_config_name: str | None = None,
        desired_weights_and_capacities: Iterable[DesiredWeightAndCapacity] | None = None,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
    ) -> AsyncIterator[EndpointSnapshot]:
        """Snapshots of an endpoint until it is in service; times are seconds or timedelta.

        A rollback is a failure: an endpoint that was seen rolling back, that has a reason for a failure which it had
        not before, or that is in service as something else than what was asked for.

        Args:
            endpoint_name: the endpoint.
            endpoint_config_name: what its configuration was asked to become. Default: any.
            desired_weights_and_capacities: what its variants were asked to become. Default: anything.
            timeout: the longest watch. Default 3,600 s.
            min_delay: the shortest pause between polls. Default 30 s.
            max_delay: the longest pause between polls. Default 120 s.

        Raises:
            RolledBack: it is in service, and not as was asked for.
            WaiterFailed: it failed.
            WaiterTimeout: the time is up.
            SdkError: a poll failed for good.
        """
        clock = self._session.clock
        goal = self._goal(
            _WAITER,
            endpoint_config_name=endpoint_config_name,
            desired_weights_and_capacities=desired_weights_and_capacities,
        )
        waiter = self._waiter(goal, timeout=timeout, min_delay=min_delay, max_delay=max_delay)
        started = clock.monotonic()
        # Whoever leaves the watch ends the wait below it.
        async with aclosing(waiter.polls(lambda: self._describe(endpoint_name))) as responses:
            async for response in responses:
                yield EndpointSnapshot(
                    status=response.endpoint_status,
                    elapsed=clock.monotonic() - started,
                    variants=tuple(map(VariantSnapshot.of, response.production_variants or ())),
                    shadow_variants=tuple(map(VariantSnapshot.of, response.shadow_production_variants or ())),
                    pending_deployment=response.pending_deployment_summary,
                    response=response,
                )

    async def wait_until_endpoints_in_service(
        self,
        endpoint_names: Iterable[str] | Mapping[str, str | EndpointTarget | None],
        *,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
        on_poll: Callable[[dict[str, EndpointStatus]], object] | None = None,
    ) -> dict[str, EndpointSummary | WaiterError[DescribeEndpointResponse | EndpointSummary]]:
        """Wait for many endpoints at once; the outcome of each, by name and in the order given.

        An outcome is the endpoint's summary, or the WaiterError that `wait_until_endpoint_in_service` would have
        raised; one that fails does not stop the rest. The endpoints are followed by ListEndpoints, a hundred a call,
        and only a few, those that failed, and those whose status alone does not tell, by DescribeEndpoint. Times are
        seconds or timedelta, with the defaults of `wait_until_endpoint_in_service`.

        Args:
            endpoint_names: the names; or, by name, what each was asked to become: a configuration, or an
                EndpointTarget.
            timeout: the longest wait.
            min_delay: the shortest pause between polls.
            max_delay: the longest pause between polls.
            on_poll: gets the status of each that is still waited for.

        Raises:
            SdkError: a poll failed for good.
        """
        targets = {name: _target(asked) for name, asked in _asked(endpoint_names).items()}
        many = _Many(self, {name: EndpointGoal(_WAITER, target) for name, target in targets.items()})
        waiter = self._waiter(None, timeout=timeout, min_delay=min_delay, max_delay=max_delay)

        def settled(waiting: dict[str, EndpointStatus] | None, error: SdkError | None) -> bool:
            if error is not None and not error.retryable:
                raise error
            return not many.pending()

        try:
            async for waiting in waiter.loop.run(many.poll, settled) if targets else _nothing():
                if on_poll is not None:
                    on_poll(waiting)
        except WaiterTimeout as late:
            many.give_up(late)
        return {name: many.outcomes[name] for name in targets}

    async def _describe(self, name: str) -> DescribeEndpointResponse:
        return await self.describe_endpoint(_describing(name))

    def _goal(self, waiter: str, /, **asked: Any) -> EndpointGoal:
        return EndpointGoal(waiter, EndpointTarget(**asked))

    def _waiter(self, goal: EndpointGoal | None, **settings: Any) -> Waiter[DescribeEndpointResponse]:
        session, row = self._session, NAMESPACE.schema.waiters[_WAITER]
        return Waiter(_WAITER, row, goal=goal, clock=session.clock, hooks=session.given.hooks, **settings)


def _describing(name: str) -> DescribeEndpointRequest:
    request: DescribeEndpointRequest = NAMESPACE["DescribeEndpointRequest"](endpoint_name=name)
    return request


def _asked(names: Iterable[str] | Mapping[str, str | EndpointTarget | None]) -> dict[str, str | EndpointTarget | None]:
    if isinstance(names, Mapping):
        return dict(cast("Mapping[str, str | EndpointTarget | None]", names))
    return dict.fromkeys(names)


def _target(asked: str | EndpointTarget | None) -> EndpointTarget:
    return asked if isinstance(asked, EndpointTarget) else EndpointTarget(endpoint_config_name=asked)


async def _nothing() -> AsyncIterator[dict[str, EndpointStatus]]:
    return
    yield


class _Many:
    """Many endpoints that are waited for at once."""

    def __init__(self, client: EndpointWaits, goals: dict[str, EndpointGoal]) -> None:
        self._client = client
        row = NAMESPACE.schema.waiters[_WAITER]
        self._waiters = {name: Waiter[Any](_WAITER, row, goal=goal) for name, goal in goals.items()}
        self._by_status: Waiter[Any] = Waiter(_WAITER, row)
        self._goals = goals
        self._last: dict[str, EndpointSummary] = {}
        self._pages = math.ceil(len(goals) / PAGE_SIZE)
        self.outcomes: dict[str, EndpointSummary | WaiterError[DescribeEndpointResponse | EndpointSummary]] = {}

    def pending(self) -> list[str]:
        """Those that have no outcome yet."""
        return [name for name in self._goals if name not in self.outcomes]

    def give_up(self, late: WaiterTimeout[object]) -> None:
        """The time is up for all that are pending."""
        for name in self.pending():
            self.outcomes[name] = WaiterTimeout(str(late), last_response=self._last.get(name))

    async def poll(self) -> dict[str, EndpointStatus]:
        """Ask for all that are pending; the status of those that still are."""
        pending = self.pending()
        unclear = pending
        if len(pending) > self._pages:
            seen, self._pages = await self._listed(set(pending))
            self._last |= seen
            unclear = [name for name in pending if name not in seen or not self._is_clear(name, seen[name])]
        gate = asyncio.Semaphore(_AT_ONCE)
        tasks = [asyncio.ensure_future(self._ask(name, gate)) for name in unclear]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return {name: self._last[name].endpoint_status for name in self.pending() if name in self._last}

    def _is_clear(self, name: str, summary: EndpointSummary) -> bool:
        """Whether the summary tells all that there is to tell; then an outcome is noted."""
        goal = self._goals[name]
        goal.saw_status(summary.endpoint_status)
        try:
            if not self._by_status.settled(summary):
                return True
        except WaiterFailed:
            return False  # only a description has the reason
        if goal.needs_description:
            return False
        self.outcomes[name] = summary
        return True

    async def _ask(self, name: str, gate: asyncio.Semaphore) -> None:
        waiter = self._waiters[name]
        async with gate:
            try:
                response = await self._client._describe(name)
                self._last[name] = _summary(response)
                if waiter.settled(response):
                    self.outcomes[name] = self._last[name]
            except WaiterFailed as failed:
                self.outcomes[name] = failed
            except SdkError as error:
                try:
                    waiter.settled(self._last.get(name), error)
                except WaiterFailed as failed:
                    self.outcomes[name] = failed

    async def _listed(self, wanted: set[str]) -> tuple[dict[str, EndpointSummary], int]:
        """The summaries of the endpoints wanted, and how many pages it took to see them."""
        found: dict[str, EndpointSummary] = {}
        pages = 0
        token: str | None = None
        while True:
            request: ListEndpointsRequest = NAMESPACE["ListEndpointsRequest"](max_results=PAGE_SIZE, next_token=token)
            page = await self._client.list_endpoints(request)
            pages += 1
            found |= {item.endpoint_name: item for item in page.endpoints if item.endpoint_name in wanted}
            token = page.next_token
            if not token or len(found) == len(wanted):
                return found, pages


def _summary(response: DescribeEndpointResponse) -> EndpointSummary:
    summary: EndpointSummary = NAMESPACE["EndpointSummary"](
        endpoint_name=response.endpoint_name,
        endpoint_arn=response.endpoint_arn,
        creation_time=response.creation_time,
        last_modified_time=response.last_modified_time,
        endpoint_status=response.endpoint_status,
    )
    return summary
