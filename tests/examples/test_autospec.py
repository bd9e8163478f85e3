"""A test of `churn.py` with mocks that keep to the clients' signatures: nothing of the library runs."""

from __future__ import annotations

from unittest.mock import create_autospec

import pytest
from tests.examples.churn import Churn, Customer, Unavailable

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient, errors
from aiosagemaker.sagemaker_runtime import InvokeEndpointResponse


async def test_score() -> None:
    """The endpoint is asked for the customer, and its answer is the score."""
    control = create_autospec(SageMakerClient, instance=True)
    runtime = create_autospec(SageMakerRuntimeClient, instance=True)
    runtime.invoke_endpoint.return_value = InvokeEndpointResponse(body=b"0.25")
    assert await Churn(control, runtime).score(Customer(63, "basic")) == 0.25
    runtime.invoke_endpoint.assert_awaited_once_with(endpoint_name="churn", body="63,basic", content_type="text/csv")


async def test_nobody_can_be_scored() -> None:
    """A connection that is lost makes the score unavailable."""
    runtime = create_autospec(SageMakerRuntimeClient, instance=True)
    runtime.invoke_endpoint.side_effect = errors.ConnectionClosed("gone")
    with pytest.raises(Unavailable):
        await Churn(create_autospec(SageMakerClient, instance=True), runtime).score(Customer(1, "basic"))
