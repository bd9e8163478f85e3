"""Waiting for endpoints beyond the model's waiters: watching one closely, and many at once."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

import attrs

from .._errors import SdkError, WaiterError, WaiterFailed
from ..waiters import Waiter
from .models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from .._clock import Duration
    from .._session import Session
    from .models import (
        DescribeEndpointRequest,
        DescribeEndpointResponse,
        EndpointStatus,
        EndpointSummary,
        ListEndpointsRequest,
        ListEndpointsResponse,
        PendingDeploymentSummary,
        ProductionVariantSummary,
    )

PAGE_SIZE = 100
"""The most endpoints that ListEndpoints puts on a page."""
_WAITER = "EndpointInService"
_AT_ONCE = 10


@attrs.frozen(kw_only=True)
class VariantSnapshot:
    """One production variant of an endpoint at one moment; None where the service does not say."""

    name: str
    current_instance_count: int | None
    desired_instance_count: int | None
    current_weight: float | None
    desired_weight: float | None

    @classmethod
    def of(cls, variant: ProductionVariantSummary) -> VariantSnapshot:
        """From what DescribeEndpoint says of the variant."""
        return cls(
            name=variant.variant_name,
            current_instance_count=variant.current_instance_count,
            desired_instance_count=variant.desired_instance_count,
            current_weight=variant.current_weight,
            desired_weight=variant.desired_weight,
        )


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
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
    ) -> AsyncIterator[EndpointSnapshot]:
        """Snapshots of an endpoint until it is in service; times are seconds or timedelta.

        `endpoint_config_name` holds the success to that configuration, so that a rollback is a failure. Defaults of
        the times are those of `wait_until_endpoint_in_service`.

        Raises:
            WaiterFailed: the endpoint failed, or came back with another configuration.
            WaiterTimeout: the time is up.
            SdkError: a poll failed for good.
        """
        clock = self._session.clock
        confirm = {} if endpoint_config_name is None else {"endpoint_config_name": endpoint_config_name}
        waiter = self._waiter(timeout=timeout, min_delay=min_delay, max_delay=max_delay, confirm=confirm)
        started = clock.monotonic()
        async for response in waiter.polls(lambda: self._describe(endpoint_name)):
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
        endpoint_names: Iterable[str],
        *,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
        on_poll: Callable[[dict[str, EndpointStatus]], object] | None = None,
    ) -> dict[str, EndpointSummary | WaiterError]:
        """Wait for many endpoints at once; the outcome of each, by name and in the order given.

        An outcome is the endpoint's summary, or the WaiterError that `wait_until_endpoint_in_service` would have
        raised; one that fails does not stop the rest. The endpoints are followed by ListEndpoints, a hundred a call,
        and only a few, or those that failed, by DescribeEndpoint. `on_poll` gets the status of each that is still
        waited for. Times are seconds or timedelta, with the defaults of `wait_until_endpoint_in_service`.

        Raises:
            SdkError: a poll failed for good.
        """
        names = dict.fromkeys(endpoint_names)
        waiter = self._waiter(timeout=timeout, min_delay=min_delay, max_delay=max_delay, confirm={})
        clock = self._session.clock
        deadline = clock.monotonic() + waiter.timeout
        outcomes: dict[str, EndpointSummary | WaiterError] = {}
        last: dict[str, EndpointSummary] = {}
        pages = math.ceil(len(names) / PAGE_SIZE)
        polled = 0
        while pending := [name for name in names if name not in outcomes]:
            seen: dict[str, EndpointSummary] = {}
            try:
                if len(pending) > pages:
                    seen, pages = await self._listed(set(pending))
                    absent = [name for name in pending if name not in seen]
                else:
                    absent = pending
                outcomes |= await self._settle(waiter, seen, absent, last)
            except SdkError as error:
                if not error.retryable:
                    raise
            last |= seen
            polled += 1
            waiting = {name: last[name].endpoint_status for name in pending if name in last and name not in outcomes}
            if on_poll is not None:
                on_poll(waiting)
            remaining = deadline - clock.monotonic()
            if remaining <= 0:
                outcomes |= {name: waiter.timed_out(last.get(name), polled) for name in pending if name not in outcomes}
            elif len(outcomes) < len(names):
                await clock.sleep(min(waiter.delay(polled), remaining))
        return {name: outcomes[name] for name in names}

    async def _settle(
        self,
        waiter: Waiter[Any],
        seen: dict[str, EndpointSummary],
        absent: list[str],
        last: dict[str, EndpointSummary],
    ) -> dict[str, EndpointSummary | WaiterError]:
        """The outcomes that one poll brings. What a summary cannot tell is asked endpoint by endpoint."""
        outcomes: dict[str, EndpointSummary | WaiterError] = {}
        unclear = list(absent)
        for name, summary in seen.items():
            try:
                if waiter.settled(summary):
                    outcomes[name] = summary
            except WaiterFailed:
                unclear.append(name)  # only a description has the reason
        gate = asyncio.Semaphore(_AT_ONCE)

        async def ask(name: str) -> None:
            async with gate:
                try:
                    response = await self._describe(name)
                except SdkError as error:
                    try:
                        waiter.settled(last.get(name), error)
                    except WaiterFailed as failed:
                        outcomes[name] = failed
                    return
            last[name] = _summary(response)
            try:
                if waiter.settled(response):
                    outcomes[name] = last[name]
            except WaiterFailed as failed:
                outcomes[name] = failed

        async with asyncio.TaskGroup() as group:
            for name in unclear:
                group.create_task(ask(name))
        return outcomes

    async def _listed(self, wanted: set[str]) -> tuple[dict[str, EndpointSummary], int]:
        """The summaries of the endpoints wanted, and how many pages it took to see them."""
        found: dict[str, EndpointSummary] = {}
        pages = 0
        token: str | None = None
        while True:
            request: ListEndpointsRequest = NAMESPACE["ListEndpointsRequest"](max_results=PAGE_SIZE, next_token=token)
            page = await self.list_endpoints(request)
            pages += 1
            found |= {item.endpoint_name: item for item in page.endpoints if item.endpoint_name in wanted}
            token = page.next_token
            if not token or len(found) == len(wanted):
                return found, pages

    async def _describe(self, name: str) -> DescribeEndpointResponse:
        return await self.describe_endpoint(NAMESPACE["DescribeEndpointRequest"](endpoint_name=name))

    def _waiter(self, **settings: Any) -> Waiter[DescribeEndpointResponse]:
        return Waiter(_WAITER, NAMESPACE.schema.waiters[_WAITER], clock=self._session.clock, **settings)


def _summary(response: DescribeEndpointResponse) -> EndpointSummary:
    summary: EndpointSummary = NAMESPACE["EndpointSummary"](
        endpoint_name=response.endpoint_name,
        endpoint_arn=response.endpoint_arn,
        creation_time=response.creation_time,
        last_modified_time=response.last_modified_time,
        endpoint_status=response.endpoint_status,
    )
    return summary
