"""Faults on request."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker import RetryConfig, TimeoutConfig
from aiosagemaker.errors import (
    ConnectionClosed,
    NotFound,
    SdkError,
    ServiceError,
    ThrottlingException,
)
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.sagemaker import ContainerDefinition


async def test_throttle() -> None:
    """A throttled part of the requests is refused, and the client's retries bring them through."""
    async with LocalSageMaker() as local, local.client(retry=RetryConfig(max_attempts=1)) as client:
        local.faults.throttle(1.0, "ListModels")
        with pytest.raises(ThrottlingException, match="Rate exceeded") as caught:
            await client.list_models()
        assert caught.value.throttling
        await client.list_endpoints()
        local.faults.clear()
        await client.list_models()


async def test_drop_response() -> None:
    """A dropped response is one whose request was acted on."""
    async with LocalSageMaker() as local, local.client(retry=RetryConfig(max_attempts=1)) as client:
        local.faults.drop_response("CreateModel")
        with pytest.raises(ConnectionClosed) as caught:
            await client.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
        assert caught.value.maybe_sent
        assert (await client.describe_model(model_name="m")).model_name == "m"


async def test_latency() -> None:
    """Latency is in real seconds, so that a client's own timeout meets it."""
    async with LocalSageMaker() as local:
        local.faults.latency(5)
        timeouts = TimeoutConfig(read=0.1)
        async with local.client(timeouts=timeouts, retry=RetryConfig(max_attempts=1)) as client:
            with pytest.raises(SdkError) as caught:
                await client.list_models()
    assert not isinstance(caught.value, ServiceError)


async def test_eventual_consistency(hosting: Any) -> None:
    """A new configuration is invisible to CreateEndpoint for so long, and visible to whoever describes it."""
    await hosting.version("a")
    hosting.local.faults.eventual_consistency(3600)
    await hosting.sm.describe_endpoint_config(endpoint_config_name="a")
    with pytest.raises(NotFound, match='Could not find endpoint configuration "arn:'):
        await hosting.sm.create_endpoint(endpoint_name="e", endpoint_config_name="a")
    hosting.local.faults.clear()
    await hosting.endpoint("a")
