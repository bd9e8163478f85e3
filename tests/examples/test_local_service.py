"""A test of `churn.py` with the local service: over HTTP, with state, and with a model of one's own."""

from __future__ import annotations

import pytest
from tests.examples.churn import Churn, Customer

from aiosagemaker.local import LocalSageMaker, ModelRequest
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant


async def score(request: ModelRequest) -> bytes:
    months, _, plan = request.body.partition(b",")
    return b"0.9" if plan == b"basic" and int(months) < 3 else b"0.1"


@pytest.fixture
def local_sagemaker() -> LocalSageMaker:
    """The plugin's fixture, with the model in the place of its echo, and without waits for instances to start."""
    return LocalSageMaker(images={"churn": score}, settle=True)


async def test_deploy_and_score(local_sagemaker: LocalSageMaker) -> None:
    """What was deployed scores, and has the version that it was moved to."""
    async with local_sagemaker as local, local.client() as control, local.runtime() as runtime:
        churn = Churn(control, runtime)
        assert await churn.version() is None
        await control.create_model(
            model_name="churn",
            primary_container=ContainerDefinition(image="churn"),
            execution_role_arn="arn:aws:iam::123456789012:role/churn",
        )
        variant = ProductionVariant(
            variant_name="AllTraffic", model_name="churn", instance_type="ml.m5.large", initial_instance_count=1
        )
        for version in ("v1", "v2"):
            await control.create_endpoint_config(endpoint_config_name=version, production_variants=[variant])
        await control.create_endpoint(endpoint_name="churn", endpoint_config_name="v1")
        await churn.move("v2")
        assert await churn.version() == "v2"
        assert await churn.score(Customer(1, "basic")) == 0.9
        assert await churn.score(Customer(50, "basic")) == 0.1
