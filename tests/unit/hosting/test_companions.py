"""The clients of other services, made with what SageMaker's own was given."""

from __future__ import annotations

import pytest

from aiosagemaker import ApplicationAutoScalingClient, SageMakerClient
from aiosagemaker.hosting.companions import Companions, companion_config


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:4600", True),
        ("http://localstack:4566", True),
        ("https://api.sagemaker.us-east-1.amazonaws.com", False),
        ("https://vpce-1.api.sagemaker.us-east-1.vpce.amazonaws.com", False),
        ("https://api.sagemaker.cn-north-1.amazonaws.com.cn", False),
    ],
)
def test_endpoint_urls(url: str, kept: bool) -> None:
    """What stands for AWS as a whole is where the others are, too; an address of AWS's is SageMaker's alone."""
    client = SageMakerClient(region="us-east-1", endpoint_url=url, app_id="mine")
    config = companion_config(client)
    assert config.endpoint_url == (url if kept else None)
    assert config.app_id == "mine"


async def test_what_is_given_is_used_and_left_open() -> None:
    """A client that is passed in is the one that is used, and is not closed; one that is made here is."""
    own = ApplicationAutoScalingClient(region="us-east-1")
    async with Companions(SageMakerClient(region="us-east-1"), given_scaling=own) as companions:
        assert companions.scaling is own
    assert not own._session.connections.closed
    async with Companions(SageMakerClient(region="us-east-1")) as companions:
        made = companions.scaling
        assert companions.scaling is made
    assert made._session.connections.closed
