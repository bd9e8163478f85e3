"""Deployments: how an endpoint gets from one state to the next.

The states are https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html's, the policies
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html's.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ..sagemaker import EndpointStatus, VariantStatus
from ..sagemaker.rules import fractions_of, shares_of
from ._instances import StartFailed

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from ..sagemaker import DeploymentConfig
    from ._alarms import Alarms
    from ._endpoints import Endpoint
    from ._fleets import Fleet
    from ._pace import Pace

PROVISION_SECONDS = 30
"""What the service takes for instances before their containers start, in its own seconds. Ours: AWS promises none."""
RELEASE_SECONDS = 10
"""What the service takes to delete an endpoint. Ours, as above."""


class Deployments:
    """Moves endpoints. Each method runs as the endpoint's task, and leaves it in a settled state."""

    def __init__(self, pace: Pace, alarms: Alarms) -> None:
        self._pace = pace
        self.alarms = alarms

    async def create(self, endpoint: Endpoint, fleet: Fleet) -> None:
        """Creating, then InService or Failed."""
        self._propose(endpoint, fleet)
        try:
            await self._start(fleet)
        except StartFailed as error:
            await fleet.stop()
            endpoint.pending = None
            endpoint.failure_reason = str(error)
            endpoint.status = EndpointStatus.FAILED
            return
        self._settle(endpoint, fleet)

    async def update(self, endpoint: Endpoint, green: Fleet, config: DeploymentConfig | None) -> None:
        """Updating, then InService; or RollingBack, then InService or UpdateRollbackFailed."""
        leftover = endpoint.pending
        self._propose(endpoint, green)
        rolling = config.rolling_update_policy if config else None
        policy: Any = rolling or (config.blue_green_update_policy if config else None)
        steps = self._rolling(endpoint, green, rolling) if rolling else self._blue_green(endpoint, green, policy)
        alarms = config.auto_rollback_configuration.alarms if config and config.auto_rollback_configuration else ()
        limit = policy.maximum_execution_timeout_in_seconds if policy else None
        reason = await self._guarded(steps, [alarm.alarm_name or "" for alarm in alarms or ()], limit)
        if leftover is not None:
            await leftover.stop()
        if reason is None:
            await self._replace(endpoint, green)
            return
        endpoint.status = EndpointStatus.ROLLING_BACK
        endpoint.failure_reason = reason
        size = rolling.rollback_maximum_batch_size if rolling else None
        try:
            await self._roll_back(endpoint, min(fractions_of(size, green.counts()), default=1.0))
        except StartFailed as error:
            # Both fleets stay: the endpoint is "in service with a mix of the old and new endpoint configurations".
            endpoint.failure_reason = f"{reason} The rollback failed too: {error}"[:1024]
            endpoint.status = EndpointStatus.UPDATE_ROLLBACK_FAILED
            return
        self._done(endpoint)

    async def rescale(self, endpoint: Endpoint, wanted: Mapping[str, tuple[float, int]]) -> None:
        """Updating, then InService; or, if instances do not start, RollingBack, then InService as before."""
        fleet = endpoint.fleet
        if fleet is None:
            return
        before = {variant.name: (variant.weight, variant.desired) for variant in fleet.variants}
        endpoint.failure_reason = None
        fleet.enter(VariantStatus.UPDATING, self._pace.now())
        await self._pace.wait(PROVISION_SECONDS)
        try:
            await self._apply(fleet, wanted)
        except StartFailed as error:
            endpoint.status = EndpointStatus.ROLLING_BACK
            endpoint.failure_reason = str(error)
            await self._pace.wait(RELEASE_SECONDS)
            await self._apply(fleet, before)
        await fleet.ended()
        self._done(endpoint)

    async def maintain(self, endpoint: Endpoint, seconds: float) -> None:
        """SystemUpdating for so long, then InService."""
        endpoint.status = EndpointStatus.SYSTEM_UPDATING
        await self._pace.wait(seconds)
        self._done(endpoint)

    async def delete(self, endpoint: Endpoint) -> None:
        """Deleting, until nothing of it is left."""
        for fleet in endpoint.fleets:
            fleet.enter(VariantStatus.DELETING, self._pace.now())
        await self._pace.wait(RELEASE_SECONDS)
        for fleet in endpoint.fleets:
            await fleet.stop()

    def _propose(self, endpoint: Endpoint, fleet: Fleet) -> None:
        endpoint.failure_reason = None
        endpoint.pending = fleet
        endpoint.pending_since = self._pace.now()
        fleet.enter(VariantStatus.CREATING, self._pace.now())

    async def _start(self, fleet: Fleet) -> None:
        await self._pace.wait(PROVISION_SECONDS)
        await fleet.resize()

    def _settle(self, endpoint: Endpoint, fleet: Fleet) -> None:
        endpoint.fleet = fleet
        endpoint.config_name = fleet.config.endpoint_config_name
        self._done(endpoint)

    def _done(self, endpoint: Endpoint) -> None:
        endpoint.pending = endpoint.pending_since = None
        endpoint.shift(0.0)
        if endpoint.fleet is not None:
            endpoint.fleet.enter(None, self._pace.now())
        endpoint.modified = self._pace.now()
        endpoint.status = EndpointStatus.IN_SERVICE

    async def _replace(self, endpoint: Endpoint, green: Fleet) -> None:
        blue = endpoint.fleet
        endpoint.shift(1.0)
        if blue is not None:
            blue.enter(VariantStatus.DELETING, self._pace.now())
            await blue.stop()
        self._settle(endpoint, green)

    async def _blue_green(self, endpoint: Endpoint, green: Fleet, policy: Any) -> None:
        await self._start(green)
        routing = policy.traffic_routing_configuration if policy else None
        for share in shares_of(routing, green.counts()) if routing else [1.0]:
            await self._shift(endpoint, green, share, routing.wait_interval_in_seconds if routing else 0)
        await self._pace.wait((policy.termination_wait_in_seconds or 0) if policy else 0)

    async def _rolling(self, endpoint: Endpoint, green: Fleet, policy: Any) -> None:
        step = min(fractions_of(policy.maximum_batch_size, green.counts()), default=1.0)
        part = 0.0
        while part < 1:
            part = min(1.0, round(part + step, 6))
            await self._pace.wait(PROVISION_SECONDS)
            await green.resize(part)
            await self._shift(endpoint, green, part, policy.wait_interval_in_seconds)
            if endpoint.fleet is not None:
                await endpoint.fleet.resize(1 - part, up=False)

    async def _shift(self, endpoint: Endpoint, green: Fleet, share: float, bake: float) -> None:
        green.enter(VariantStatus.ACTIVATING_TRAFFIC, self._pace.now())
        endpoint.shift(share)
        green.enter(VariantStatus.BAKING, self._pace.now())
        await self._pace.wait(bake)

    async def _roll_back(self, endpoint: Endpoint, step: float) -> None:
        blue, green = endpoint.fleet, endpoint.pending
        if blue is None or green is None:
            return
        share = green.share
        await self._pace.wait(RELEASE_SECONDS)
        while share > 0:
            share = max(0.0, round(share - step, 6))
            await blue.resize(1 - share)
            endpoint.shift(share)
            await green.resize(share, up=False)
        await blue.resize()
        await green.stop()

    async def _guarded(self, steps: Coroutine[Any, Any, None], alarms: list[str], limit: float | None) -> str | None:
        """Take the steps. Returns why they did not all succeed, or None if they did."""
        running = asyncio.create_task(steps)
        alarm = asyncio.create_task(self.alarms.tripped(alarms))
        timeout = None if limit is None else self._pace.limit(limit)
        timer = None if timeout is None else asyncio.create_task(self._pace.clock.sleep(timeout))
        tasks: list[asyncio.Task[Any]] = [task for task in (running, alarm, timer) if task is not None]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if not running.cancelled():
            failure = running.exception()
            if isinstance(failure, StartFailed):
                return str(failure)
            if failure is not None:
                raise failure
            return None
        if not alarm.cancelled():
            return f"One or more alarms went into ALARM state during the deployment: {alarm.result()}."
        return f"The deployment took longer than its {limit:g} s."

    async def _apply(self, fleet: Fleet, wanted: Mapping[str, tuple[float, int]]) -> None:
        for variant in fleet.variants:
            weight, count = wanted.get(variant.name, (variant.weight, variant.desired))
            await variant.resize(count)
            variant.weight, variant.desired = weight, count
