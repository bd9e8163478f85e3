"""An endpoint from its first deployment to its end: a canary that an alarm rolls back, a version that does not start,
a type of instance that is not to be had, and what becomes of each.

    python tests/examples/deploy_versions.py

It runs on the local service. With a `SageMakerClient()` in the place of `local.client()` it does the same on AWS.
"""

from __future__ import annotations

import asyncio
import os

import attrs

from aiosagemaker import SageMakerClient
from aiosagemaker.errors import RolledBack
from aiosagemaker.hosting import DeploymentFailed, EndpointSpec, Event, FailureKind, deploy, plan, teardown
from aiosagemaker.local import LocalSageMaker, ModelRequest
from aiosagemaker.sagemaker import (
    Alarm,
    AutoRollbackConfig,
    BlueGreenUpdatePolicy,
    CapacitySize,
    ContainerDefinition,
    CreateEndpointConfigRequest,
    CreateModelRequest,
    DeploymentConfig,
    ProductionVariant,
    TrafficRoutingConfig,
)

CANARY = DeploymentConfig(
    blue_green_update_policy=BlueGreenUpdatePolicy(
        traffic_routing_configuration=TrafficRoutingConfig(
            type="CANARY", canary_size=CapacitySize(type="CAPACITY_PERCENT", value=50), wait_interval_in_seconds=300
        )
    ),
    auto_rollback_configuration=AutoRollbackConfig(alarms=[Alarm(alarm_name="churn-errors")]),
)


def churn(image: str) -> EndpointSpec:
    """The endpoint with a model of that image."""
    variant = ProductionVariant(
        variant_name="main", model_name="churn", instance_type="ml.m5.large", initial_instance_count=2
    )
    model = CreateModelRequest(
        model_name="churn",
        primary_container=ContainerDefinition(image=image),
        execution_role_arn="arn:aws:iam::123456789012:role/sagemaker",
    )
    return EndpointSpec(
        endpoint_name="churn",
        config=CreateEndpointConfigRequest(endpoint_config_name="churn", production_variants=[variant]),
        models=[model],
        deployment_config=CANARY,
        tags={"team": "growth"},
    )


async def story(local: LocalSageMaker, client: SageMakerClient) -> list[str]:
    """What was told, line by line."""
    told: list[str] = []

    def tell(event: Event) -> None:
        told.append(f"{event.stage}: {event.text}")

    first = await deploy(client, churn("churn:1"), on_event=tell)
    assert first.changed
    assert not await plan(client, churn("churn:1"))

    def trip(event: Event) -> None:
        if event.pending and event.traffic and sum(event.traffic.values()) < 1:
            local.set_alarm("churn-errors")

    try:
        await deploy(client, churn("churn:2"), on_event=trip)
    except RolledBack as rolled_back:
        told.append(f"the canary was rolled back: {rolled_back.kind}")
    local.set_alarm("churn-errors", active=False)

    try:
        await deploy(client, churn("churn:broken"))
    except DeploymentFailed as failed:
        assert failed.failure.kind is FailureKind.HEALTH_CHECK
        told.append(f"it does not start: {failed.failure.log[-1].text.splitlines()[-1]}")

    local.faults.no_capacity("ml.m5.large")
    elsewhere = attrs.evolve(churn("churn:3"), instance_types=["ml.m5.xlarge"])
    deployment = await deploy(client, elsewhere)
    told.append(f"in service on {deployment.instance_type}")

    ended = await teardown(client, "churn")
    told.append(str(ended))
    return told


class Model:
    """What stands for the images here."""

    def __init__(self, *, starts: bool = True) -> None:
        self._starts = starts

    async def __call__(self, request: ModelRequest) -> bytes:
        return request.body

    async def ping(self) -> bool:
        if not self._starts:
            raise OSError("the weights do not fit the network")
        return True


async def main() -> list[str]:
    """Tell the story on a service of its own."""
    images = {"churn:broken": Model(starts=False), "*": Model()}
    async with LocalSageMaker(images=images, speed=2000) as local, local.client() as client:
        return await story(local, client)


if __name__ == "__main__":
    print(*asyncio.run(main()), sep=os.linesep)
