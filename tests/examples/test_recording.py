"""A test of `churn.py` with a recording of what the service answered once.

`RECORD=1 pytest tests/examples/test_recording.py` writes the recording anew: here from the local service; on AWS from
clients without `endpoint_url` and `credentials`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from tests.examples.churn import Churn, Customer

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient
from aiosagemaker.local import LocalSageMaker, ModelRequest
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant
from aiosagemaker.testing import Recorder, Stub

RECORDING = Path(__file__).with_name("churn.json")


async def score(request: ModelRequest) -> bytes:
    return b"0.75"


@pytest_asyncio.fixture
async def churn() -> AsyncIterator[Churn]:
    if not os.environ.get("RECORD"):
        stub = Stub.from_file(RECORDING)
        yield Churn(stub.client(SageMakerClient), stub.client(SageMakerRuntimeClient))
        stub.check()
        return
    async with LocalSageMaker(images={"*": score}) as local, local.client() as setting_up:
        await setting_up.create_model(
            model_name="churn",
            primary_container=ContainerDefinition(image="churn"),
            execution_role_arn="arn:aws:iam::123456789012:role/churn",
        )
        variant = ProductionVariant(
            variant_name="AllTraffic", model_name="churn", instance_type="ml.m5.large", initial_instance_count=1
        )
        for version in ("v1", "v2"):
            await setting_up.create_endpoint_config(endpoint_config_name=version, production_variants=[variant])
        await setting_up.create_endpoint(endpoint_name="churn", endpoint_config_name="v1")
        await setting_up.wait_until_endpoint_in_service(endpoint_name="churn", min_delay=0.1)
        with Recorder(RECORDING, keep_sensitive=True) as recorder:
            async with (
                recorder.client(SageMakerClient, setting_up.config) as control,
                recorder.client(SageMakerRuntimeClient, local.runtime().config) as runtime,
            ):
                yield Churn(control, runtime)


async def test_a_version_and_a_score(churn: Churn) -> None:
    """The endpoint moves to the version asked for, and scores."""
    assert await churn.version() == "v1"
    await churn.move("v2")
    assert await churn.score(Customer(63, "basic")) == 0.75
