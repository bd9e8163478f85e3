"""How endpoints get from one state to the next."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.errors import ValidationException
from aiosagemaker.sagemaker import (
    Alarm,
    AutoRollbackConfig,
    BlueGreenUpdatePolicy,
    CapacitySize,
    DeploymentConfig,
    RollingUpdatePolicy,
    TrafficRoutingConfig,
)


def percent(value: int) -> CapacitySize:
    return CapacitySize(type="CAPACITY_PERCENT", value=value)


def blue_green(kind: str, *, wait: int = 100, termination: int = 0, limit: int | None = None, **size: Any) -> Any:
    routing = TrafficRoutingConfig(type=kind, wait_interval_in_seconds=wait, **size)
    return DeploymentConfig(
        blue_green_update_policy=BlueGreenUpdatePolicy(
            traffic_routing_configuration=routing,
            termination_wait_in_seconds=termination,
            maximum_execution_timeout_in_seconds=limit,
        ),
        auto_rollback_configuration=AutoRollbackConfig(alarms=[Alarm(alarm_name="errors")]),
    )


def rolling(value: int, *, wait: int = 100) -> DeploymentConfig:
    policy = RollingUpdatePolicy(maximum_batch_size=percent(value), wait_interval_in_seconds=wait)
    return DeploymentConfig(
        rolling_update_policy=policy,
        auto_rollback_configuration=AutoRollbackConfig(alarms=[Alarm(alarm_name="errors")]),
    )


async def start_update(hosting: Any, config: Any = None, *, count: int = 1) -> None:
    """An endpoint of version a, updating to b."""
    await hosting.version("a", count)
    await hosting.version("b", count)
    await hosting.endpoint("a")
    await hosting.sm.update_endpoint(endpoint_name="e", endpoint_config_name="b", deployment_config=config)


async def test_creating_ends_in_service(hosting: Any) -> None:
    """An endpoint is Creating, with its fleet pending, until its instances are up; then it is InService."""
    await hosting.version("a", 2)
    await hosting.sm.create_endpoint(endpoint_name="e", endpoint_config_name="a")
    await hosting.clock.advance(29)
    endpoint = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert endpoint.endpoint_status == "Creating"
    assert endpoint.pending_deployment_summary.endpoint_config_name == "a"
    assert endpoint.pending_deployment_summary.production_variants[0].variant_status[0].status == "Creating"
    await hosting.clock.advance(1)
    assert await hosting.fleets() == ("InService", (1.0, 2), None)


async def test_creating_ends_failed(hosting: Any) -> None:
    """An endpoint whose model does not start is Failed, says why, and can only be deleted."""
    hosting.models["a"].starts = False
    await hosting.version("a")
    await hosting.endpoint("a")
    endpoint = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert endpoint.endpoint_status == "Failed"
    assert endpoint.failure_reason.startswith(
        "The primary container for production variant a did not pass the ping health"
    )
    with pytest.raises(ValidationException, match="Cannot update failed endpoint"):
        await hosting.sm.update_endpoint(endpoint_name="e", endpoint_config_name="a")
    await hosting.sm.delete_endpoint(endpoint_name="e")


@pytest.mark.parametrize("config", [None, blue_green("ALL_AT_ONCE", wait=0)])
async def test_update_at_once(hosting: Any, config: Any) -> None:
    """Without a policy, as with ALL_AT_ONCE, the new fleet takes all traffic when it is up, and the old one ends."""
    await start_update(hosting, config)
    assert await hosting.fleets() == ("Updating", (1.0, 1), (0.0, 0))
    await hosting.clock.advance(30)
    assert await hosting.fleets() == ("InService", (1.0, 1), None)
    endpoint = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert endpoint.endpoint_config_name == "b"
    assert endpoint.last_deployment_config == config
    assert await hosting.answers(2) == {"b": 2}


async def test_canary(hosting: Any) -> None:
    """A canary takes its part of the traffic, the rest follows after the wait, and the old fleet ends after its own."""
    await start_update(hosting, blue_green("CANARY", canary_size=percent(20), termination=50))
    await hosting.clock.advance(30)
    assert await hosting.fleets() == ("Updating", (0.8, 1), (0.2, 1))
    assert await hosting.answers(10) == {"a": 8, "b": 2}
    await hosting.clock.advance(100)
    assert await hosting.fleets() == ("Updating", (0.0, 1), (1.0, 1))
    await hosting.clock.advance(149)
    assert (await hosting.fleets())[0] == "Updating"
    await hosting.clock.advance(1)
    assert await hosting.fleets() == ("InService", (1.0, 1), None)


async def test_linear(hosting: Any) -> None:
    """Linear traffic shifts in steps of its size, the last one being what is left."""
    await start_update(hosting, blue_green("LINEAR", linear_step_size=percent(40)))
    shares = []
    for seconds in (30, 100, 100):
        await hosting.clock.advance(seconds)
        shares.append((await hosting.fleets())[2][0])
    assert shares == pytest.approx([0.4, 0.8, 1.0])
    await hosting.clock.advance(100)
    assert await hosting.status() == "InService"


async def test_rolling(hosting: Any) -> None:
    """A rolling update starts a batch, gives it its part of the traffic, waits, and ends as much of the old fleet."""
    await start_update(hosting, rolling(50), count=4)
    await hosting.clock.advance(30)
    assert await hosting.fleets() == ("Updating", (0.5, 4), (0.5, 2))
    await hosting.clock.advance(100)
    assert await hosting.fleets() == ("Updating", (0.5, 2), (0.5, 2))
    await hosting.clock.advance(30)
    assert await hosting.fleets() == ("Updating", (0.0, 2), (1.0, 4))
    await hosting.clock.advance(100)
    assert await hosting.fleets() == ("InService", (1.0, 4), None)


async def test_new_fleet_fails(hosting: Any) -> None:
    """A version that does not start is rolled back: the old fleet never stopped serving, and the reason is told."""
    hosting.models["b"].starts = False
    await start_update(hosting)
    await hosting.clock.advance(30)
    assert await hosting.status() == "RollingBack"
    assert await hosting.answers(1) == {"a": 1}
    await hosting.clock.advance(10)
    assert await hosting.fleets() == ("InService", (1.0, 1), None)
    endpoint = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert endpoint.endpoint_config_name == "a"
    assert "variant b did not pass the ping health check" in endpoint.failure_reason


@pytest.mark.parametrize("config", [blue_green("CANARY", canary_size=percent(20)), rolling(50)])
async def test_alarm_rolls_back(hosting: Any, config: Any) -> None:
    """An alarm that the deployment watches rolls it back, all traffic to the old fleet; another one does not."""
    await start_update(hosting, config, count=2)
    await hosting.clock.advance(40)
    hosting.local.set_alarm("other")
    await hosting.clock.advance(1)
    assert await hosting.status() == "Updating"
    hosting.local.set_alarm("errors")
    await hosting.clock.advance(1)
    assert await hosting.status() == "RollingBack"
    await hosting.clock.advance(10)
    assert await hosting.fleets() == ("InService", (1.0, 2), None)
    assert (
        "ALARM state during the deployment: errors"
        in (await hosting.sm.describe_endpoint(endpoint_name="e")).failure_reason
    )
    assert await hosting.answers(2) == {"a": 2}


async def test_rollback_fails(hosting: Any) -> None:
    """A rolling update whose rollback cannot start the old version again ends UpdateRollbackFailed, both serving."""
    await start_update(hosting, rolling(50), count=2)
    await hosting.clock.advance(140)
    hosting.models["a"].starts = False
    hosting.local.set_alarm("errors")
    await hosting.clock.advance(11)
    endpoint = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert endpoint.endpoint_status == "UpdateRollbackFailed"
    assert "The rollback failed too" in endpoint.failure_reason
    assert await hosting.answers(4) == {"a": 2, "b": 2}
    hosting.local.set_alarm("errors", active=False)
    hosting.models["a"].starts = True
    await hosting.sm.update_endpoint(endpoint_name="e", endpoint_config_name="a")
    await hosting.clock.advance(30)
    assert await hosting.fleets() == ("InService", (1.0, 2), None)


async def test_deployment_takes_too_long(hosting: Any) -> None:
    """A deployment that passes its time limit is rolled back."""
    await start_update(hosting, blue_green("ALL_AT_ONCE", wait=590, limit=600))
    await hosting.clock.advance(600)
    assert await hosting.status() == "RollingBack"
    await hosting.clock.advance(10)
    assert "took longer than its 600 s" in (await hosting.sm.describe_endpoint(endpoint_name="e")).failure_reason


async def test_config_in_use(hosting: Any) -> None:
    """A configuration that an endpoint is being created or updated with cannot be deleted, nor the one it leaves."""
    await start_update(hosting)
    for name in ("a", "b"):
        with pytest.raises(ValidationException, match="Cannot delete endpoint configuration"):
            await hosting.sm.delete_endpoint_config(endpoint_config_name=name)
    await hosting.clock.advance(30)
    await hosting.sm.delete_endpoint_config(endpoint_config_name="b")
