"""Tests of `churn.py` with a stub: the real clients, and no socket."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest
from tests.examples.churn import Churn, Customer, Unavailable

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient, errors
from aiosagemaker.sagemaker import (
    DescribeEndpointRequest,
    DescribeEndpointResponse,
    UpdateEndpointRequest,
    UpdateEndpointResponse,
)
from aiosagemaker.sagemaker_runtime import InvokeEndpointRequest, InvokeEndpointResponse, ModelError
from aiosagemaker.testing import Stub

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn"


def described(version: str, status: Literal["InService", "Updating"] = "InService") -> DescribeEndpointResponse:
    return DescribeEndpointResponse(
        endpoint_name="churn",
        endpoint_arn=ARN,
        endpoint_config_name=version,
        endpoint_status=status,
        creation_time=NOW,
        last_modified_time=NOW,
    )


@pytest.fixture
def churn(sagemaker_stub: Stub) -> Churn:
    return Churn(sagemaker_stub.client(SageMakerClient), sagemaker_stub.client(SageMakerRuntimeClient))


@pytest.mark.parametrize("months", range(95))
async def test_score(churn: Churn, sagemaker_stub: Stub, months: int) -> None:
    """The endpoint is asked for the customer, and its answer is the score."""
    asked = InvokeEndpointRequest(endpoint_name="churn", body=f"{months},basic", content_type="text/csv")
    sagemaker_stub.answer(asked, InvokeEndpointResponse(body=b"0.25"))
    assert await churn.score(Customer(months, "basic")) == 0.25


@pytest.mark.parametrize("error", [ModelError, errors.ReadTimeout])
async def test_nobody_can_be_scored(churn: Churn, sagemaker_stub: Stub, error: type[errors.SdkError]) -> None:
    """A model that fails, or does not answer, makes the score unavailable."""
    sagemaker_stub.answer(InvokeEndpointRequest, error)
    with pytest.raises(Unavailable):
        await churn.score(Customer(1, "basic"))


async def test_no_endpoint(churn: Churn, sagemaker_stub: Stub) -> None:
    """Without an endpoint there is no version."""
    sagemaker_stub.answer(DescribeEndpointRequest, errors.NotFound)
    assert await churn.version() is None


async def test_move(churn: Churn, sagemaker_stub: Stub) -> None:
    """A new version is waited for, through a throttled poll and an update of ten minutes, which take no time here."""
    updating = described("v1", "Updating")
    sagemaker_stub.answer(
        DescribeEndpointRequest, described("v1"), updating, errors.ThrottlingException, updating, described("v2")
    )
    sagemaker_stub.answer(UpdateEndpointRequest, UpdateEndpointResponse(endpoint_arn=ARN))
    await churn.move("v2")
    assert UpdateEndpointRequest(endpoint_name="churn", endpoint_config_name="v2") in sagemaker_stub.requests
    sagemaker_stub.check()


async def test_already_there(churn: Churn, sagemaker_stub: Stub) -> None:
    """The version that is there is not asked for again."""
    sagemaker_stub.answer(DescribeEndpointRequest, described("v2"))
    await churn.move("v2")
    assert sagemaker_stub.requests == [DescribeEndpointRequest(endpoint_name="churn")]
