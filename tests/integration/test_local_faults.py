"""The client's retries, proved on the local service's faults."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from aiosagemaker import Clock, RetryConfig
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

ROLE = "arn:aws:iam::123456789012:role/sagemaker"


class EveryOther(Clock):
    """Chance that falls on both sides in turn."""

    def __init__(self) -> None:
        self._chances = itertools.cycle([0.25, 0.75])

    def random(self) -> float:
        return next(self._chances)


@pytest.fixture
async def prepared() -> Any:
    """A service with a model, and a client that waits little between attempts."""
    async with LocalSageMaker(clock=EveryOther()) as local, local.client(retry=RetryConfig(max_attempts=4)) as client:
        container = ContainerDefinition(image="m")
        await client.create_model(model_name="m", primary_container=container, execution_role_arn=ROLE)
        yield local, client


async def create_config(client: Any) -> None:
    variant = ProductionVariant(variant_name="v", model_name="m", initial_instance_count=1, instance_type="ml.m5.large")
    await client.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])


async def test_throttling_passes(prepared: Any) -> None:
    """Half of the requests are throttled, and every call succeeds."""
    local, client = prepared
    local.faults.throttle(0.5)
    attempts = [(await client.list_models()).response_metadata.attempts for _ in range(3)]
    assert max(attempts) == 2


async def test_lost_answers(prepared: Any) -> None:
    """A creation whose answer was lost is not an error when it was carried out."""
    local, client = prepared
    await create_config(client)
    local.faults.drop_response("CreateEndpoint")
    created = await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert created.endpoint_arn.endswith(":endpoint/e")


async def test_eventual_consistency(prepared: Any) -> None:
    """An endpoint can be made of a configuration right after it, though the service does not see that yet."""
    local, client = prepared
    local.faults.eventual_consistency(300)
    await create_config(client)
    created = await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert created.response_metadata.attempts > 1
