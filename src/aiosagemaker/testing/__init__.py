"""Tests without a socket: the real client, over a transport that answers as told.

::

    async def test_status() -> None:
        stub = Stub()
        stub.answer(DescribeEndpointRequest, errors.ThrottlingException, response)
        async with stub.client(SageMakerClient) as client:
            assert await status_of(client, "churn") == "InService"
        assert stub.requests == [DescribeEndpointRequest(endpoint_name="churn")] * 2

The guide `testing` tells it with whole tests: `aiosagemaker guide testing`.
"""

from __future__ import annotations

from .answers import Answer, Parts
from .clock import FakeClock
from .recording import Recorder
from .stub import Stub, UnexpectedRequestError

__all__ = ["Answer", "FakeClock", "Parts", "Recorder", "Stub", "UnexpectedRequestError"]
