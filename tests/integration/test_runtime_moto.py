"""The runtime against moto's server."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from aiosagemaker import Credentials, SageMakerRuntimeClient

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # moto's and botocore's own
]


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The address of a moto server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(url: str) -> SageMakerRuntimeClient:
    return SageMakerRuntimeClient(region="us-east-1", endpoint_url=url, credentials=Credentials("test", "test"))


async def test_invoke_endpoint(moto: str) -> None:
    """An invocation is answered, and its members are read."""
    async with client(moto) as runtime:
        response = await runtime.invoke_endpoint(endpoint_name="churn", body=b"1,2", accept="text/csv")
    assert response.body
    assert response.content_type
    assert response.http_status == 200


async def test_invoke_endpoint_async(moto: str) -> None:
    """An asynchronous invocation names where its result goes, and the result is fetched from there."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    s3: Any = boto3.client("s3", endpoint_url=moto, **keys)

    def read(uri: str) -> bytes | None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except s3.exceptions.NoSuchKey:
            return None

    async def fetch(uri: str) -> bytes | None:
        return await asyncio.to_thread(read, uri)

    async with client(moto) as runtime:
        response = await runtime.invoke_endpoint_async(endpoint_name="churn", input_location="s3://bucket/in.csv")
        assert response.output_location
        result = await runtime.wait_for_async_result(response, fetch=fetch, timeout=10)
    assert json.loads(result)
