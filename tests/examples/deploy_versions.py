"""An endpoint from its first deployment to its end: a canary that an alarm rolls back, a version that does not start,
a type of instance that is not to be had, and what becomes of each.

    python tests/examples/deploy_versions.py

It runs on the local service. With a `SageMakerClient()` in the place of `local.client()` it does the same on AWS.
"""

from __future__ import annotations

import asyncio
import sys

import attrs

from aiosagemaker.errors import RolledBack
from aiosagemaker.hosting import DeploymentFailed, EndpointSpec, Event, FailureKind, deploy, plan, teardown
from aiosagemaker.local import LocalSageMaker, ModelRequest

SPEC = """
EndpointName: churn
Models:
  - ModelName: churn
    ExecutionRoleArn: arn:aws:iam::123456789012:role/sagemaker
    PrimaryContainer: {Image: "${IMAGE}"}
ProductionVariants:
  - {VariantName: main, ModelName: churn, InstanceType: ml.m5.large, InitialInstanceCount: 2}
DeploymentConfig:
  BlueGreenUpdatePolicy:
    TrafficRoutingConfiguration:
      Type: CANARY
      CanarySize: {Type: CAPACITY_PERCENT, Value: 50}
      WaitIntervalInSeconds: 300
  AutoRollbackConfiguration: {Alarms: [{AlarmName: churn-errors}]}
Tags: {team: growth}
"""
BROKEN = [sys.executable, "-c", "raise SystemExit('the weights do not fit the network')"]


def churn(image: str) -> EndpointSpec:
    """The endpoint with a model of that image."""
    return EndpointSpec.from_yaml(SPEC, environ={"IMAGE": image})


async def echo(request: ModelRequest) -> bytes:
    """What stands for the images that work."""
    return request.body


async def main() -> list[str]:
    """The story, on a service of its own; what was told, line by line."""
    told: list[str] = []
    local = LocalSageMaker(images={"churn:broken": BROKEN, "*": echo}, speed=2000)
    async with local, local.client() as client:

        def trip(event: Event) -> None:
            if event.pending and 0 < sum(event.traffic.values()) < 1:
                local.set_alarm("churn-errors")

        await deploy(client, churn("churn:1"), on_event=lambda event: told.append(f"{event.stage}: {event.text}"))
        assert not await plan(client, churn("churn:1"))
        try:
            await deploy(client, churn("churn:2"), on_event=trip)
        except RolledBack as rolled_back:
            told.append(f"the canary was rolled back: {rolled_back.kind}")
        local.set_alarm("churn-errors", active=False)
        try:
            await deploy(client, churn("churn:broken"))
        except DeploymentFailed as failed:
            assert failed.failure.kind is FailureKind.HEALTH_CHECK
            told.append(f"it does not start: {failed.failure.log[-1].text}")
        local.faults.no_capacity("ml.m5.large")
        deployment = await deploy(client, attrs.evolve(churn("churn:3"), instance_types=["ml.m5.xlarge"]))
        told.append(f"in service on {deployment.instance_type}")
        return [*told, str(await teardown(client, "churn"))]


if __name__ == "__main__":
    print(*asyncio.run(main()), sep="\n")
