"""What a fresh process costs: `python starting.py WHAT [URL]`. The caller measures the process from outside."""

from __future__ import annotations

import asyncio
import sys

KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")


def floor() -> None:
    """What this library builds on."""
    import aiohttp
    import attrs
    import botocore.auth
    import botocore.credentials
    import cattrs

    assert all((aiohttp, attrs, botocore.auth, botocore.credentials, cattrs))


def models() -> None:
    """Request models alone."""
    from aiosagemaker.sagemaker import CreateEndpointRequest

    assert CreateEndpointRequest


def ours(url: str | None) -> None:
    """This library with a client, and a call if there is a URL."""
    from aiosagemaker import Credentials, SageMakerClient

    async def call() -> None:
        async with SageMakerClient(region="us-east-1", endpoint_url=url, credentials=Credentials(*KEYS)) as client:
            if url:
                await client.describe_endpoint(endpoint_name="churn")

    asyncio.run(call())


def chain() -> None:
    """This library with a client whose credentials come from the environment, by botocore's chain."""
    import os

    from aiosagemaker import SageMakerClient

    os.environ |= dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), KEYS, strict=True))
    assert SageMakerClient(region="us-east-1").config.region


def aiobotocore(url: str | None) -> None:
    """aiobotocore, likewise."""
    from aiobotocore.session import get_session

    async def call() -> None:
        settings = {"aws_access_key_id": KEYS[0], "aws_secret_access_key": KEYS[1], "endpoint_url": url}
        async with get_session().create_client("sagemaker", region_name="us-east-1", **settings) as client:
            if url:
                await client.describe_endpoint(EndpointName="churn")

    asyncio.run(call())


def capo(url: str | None) -> None:
    """capo, likewise."""
    from typing import Any

    from capo_sagemaker import AsyncSageMakerClient

    async def call() -> None:
        keys: Any = dict(zip(("access_key", "secret_key"), KEYS, strict=True))
        async with AsyncSageMakerClient(region="us-east-1", endpoint=url, credentials=keys) as client:
            if url:
                await client.describe_endpoint(endpoint_name="churn")

    asyncio.run(call())


def boto3(url: str | None) -> None:
    """boto3, likewise."""
    import boto3 as library

    client = library.client(
        "sagemaker",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=KEYS[0],
        aws_secret_access_key=KEYS[1],
    )
    if url:
        client.describe_endpoint(EndpointName="churn")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    address = rest[0] if rest else None
    if what == "floor":
        floor()
    elif what == "models":
        models()
    elif what == "chain":
        chain()
    elif what != "nothing":
        {"ours": ours, "aiobotocore": aiobotocore, "boto3": boto3, "capo": capo}[what](address)
