"""Endpoints change under load, by every policy and at every speed of model, and no call is lost."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import RetryConfig
from aiosagemaker.local import LocalSageMaker, ModelRequest
from aiosagemaker.sagemaker import (
    BlueGreenUpdatePolicy,
    CapacitySize,
    ContainerDefinition,
    DeploymentConfig,
    DesiredWeightAndCapacity,
    ProductionVariant,
    RollingUpdatePolicy,
    TrafficRoutingConfig,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
SPEED = 150
CALLERS = 20
SERVER = Path(__file__).parents[1] / "unit" / "local" / "model_server.py"


def percent(value: int) -> CapacitySize:
    return CapacitySize(type="CAPACITY_PERCENT", value=value)


def blue_green(kind: str, **size: Any) -> DeploymentConfig:
    routing = TrafficRoutingConfig(type=kind, wait_interval_in_seconds=10, **size)
    return DeploymentConfig(blue_green_update_policy=BlueGreenUpdatePolicy(traffic_routing_configuration=routing))


POLICIES = {
    "none": None,
    "at once": blue_green("ALL_AT_ONCE"),
    "canary": blue_green("CANARY", canary_size=percent(25)),
    "linear": blue_green("LINEAR", linear_step_size=percent(50)),
    "rolling": DeploymentConfig(
        rolling_update_policy=RollingUpdatePolicy(maximum_batch_size=percent(50), wait_interval_in_seconds=10)
    ),
}


@asynccontextmanager
async def serving(image: Any, speed: float = SPEED) -> AsyncIterator[tuple[Any, Any]]:
    """An endpoint `e` of a variant with four instances, and clients that never try again."""
    retry = RetryConfig(max_attempts=1)
    async with (
        LocalSageMaker(images={"m": image}, speed=speed) as local,
        local.client(retry=retry) as sm,
        local.runtime(retry=retry) as rt,
    ):
        await sm.create_model(model_name="m", primary_container=ContainerDefinition(image="m"), execution_role_arn=ROLE)
        for name in ("one", "two"):
            variant = ProductionVariant(
                variant_name=name, model_name="m", instance_type="ml.m5.large", initial_instance_count=4
            )
            await sm.create_endpoint_config(endpoint_config_name=name, production_variants=[variant])
        await sm.create_endpoint(endpoint_name="e", endpoint_config_name="one")
        await settled(sm)
        yield sm, rt


async def settled(sm: Any, config: str = "one") -> None:
    await sm.wait_until_endpoint_in_service(
        endpoint_name="e", endpoint_config_name=config, min_delay=0.02, max_delay=0.05, timeout=60
    )


@asynccontextmanager
async def called(rt: Any) -> AsyncIterator[list[str]]:
    """Twenty callers who keep calling; what each call was answered by. A failed one fails the test."""
    answered: list[str] = []
    ending = False

    async def caller() -> None:
        while not ending:
            answer = await rt.invoke_endpoint(endpoint_name="e", body=b"x")
            answered.append(answer.invoked_production_variant)

    async with asyncio.TaskGroup() as group:
        for _ in range(CALLERS):
            group.create_task(caller())
        await grown(answered, CALLERS)
        yield answered
        ending = True


async def grown(answered: list[str], count: int) -> None:
    while len(answered) < count:  # noqa: ASYNC110  # the callers have no event for each number
        await asyncio.sleep(0.01)


def model(seconds: float) -> Any:
    """A model that takes so many of the service's seconds."""

    async def answer(request: ModelRequest) -> bytes:
        await asyncio.sleep(seconds / SPEED)
        return request.body

    return answer


@pytest.mark.parametrize("seconds", [0, 0.3, 4])
@pytest.mark.parametrize("policy", POLICIES)
async def test_update(policy: str, seconds: float) -> None:
    """An update by any policy, while twenty callers keep calling, fails no call, and all traffic moves."""
    async with serving(model(seconds)) as (sm, rt), called(rt) as answered:
        await sm.update_endpoint(endpoint_name="e", endpoint_config_name="two", deployment_config=POLICIES[policy])
        await settled(sm, "two")
        moved = len(answered)
        await grown(answered, moved + 2 * CALLERS)
    assert set(answered[moved + CALLERS :]) == {"two"}


@pytest.mark.parametrize("seconds", [0, 0.3, 4])
async def test_scale_in_and_out(seconds: float) -> None:
    """Scaling in to one instance and out again, under the same load, fails no call."""
    async with serving(model(seconds)) as (sm, rt), called(rt):
        for count in (1, 4, 2):
            wanted = DesiredWeightAndCapacity(variant_name="one", desired_instance_count=count)
            await sm.update_endpoint_weights_and_capacities(endpoint_name="e", desired_weights_and_capacities=[wanted])
            await settled(sm)
            described = await sm.describe_endpoint(endpoint_name="e")
            assert described.production_variants[0].current_instance_count == count


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes by POSIX signals")
async def test_processes() -> None:
    """It is the same with processes that take 0.3 real seconds an answer, and end at once when they are told to."""
    async with serving([sys.executable, "-S", str(SERVER), "0.3"], speed=1000) as (sm, rt), called(rt) as answered:
        await sm.update_endpoint(endpoint_name="e", endpoint_config_name="two")
        await settled(sm, "two")
    assert set(answered) == {"one", "two"}
