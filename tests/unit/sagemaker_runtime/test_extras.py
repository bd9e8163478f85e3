"""JSON, arrays, asynchronous results and whole data sets."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.errors import (
    ArgumentError,
    AsyncInferenceFailed,
    WaiterTimeout,
)
from aiosagemaker.sagemaker_runtime import InvokeEndpointAsyncResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerRuntimeClient

    MakeRuntime = Callable[..., SageMakerRuntimeClient]

RESPONSE = InvokeEndpointAsyncResponse(output_location="s3://b/out", failure_location="s3://b/failure")


class Bucket:
    """Objects that appear after some looks."""

    def __init__(self, uri: str, content: bytes, after: int) -> None:
        self.uri, self.content, self.after = uri, content, after
        self.looks = 0

    async def fetch(self, uri: str) -> bytes | None:
        if uri != self.uri:
            return None
        self.looks += 1
        return self.content if self.looks > self.after else None


@pytest.mark.parametrize("content", [b"result", b""])
async def test_an_asynchronous_result(runtime: SageMakerRuntimeClient, clock: Any, content: bytes) -> None:
    """The result is what appears at the output location, even if it is empty; the pauses grow up to ten seconds."""
    bucket = Bucket("s3://b/out", content, after=20)
    assert await runtime.wait_for_async_result(RESPONSE, fetch=bucket.fetch) == content
    assert len(clock.slept) == 20
    assert min(clock.slept) >= 1
    assert max(clock.slept) <= 10


async def test_an_asynchronous_failure(runtime: SageMakerRuntimeClient) -> None:
    """What appears at the failure location is raised, with the document."""
    bucket = Bucket("s3://b/failure", b'{"error": "oom"}', after=2)
    with pytest.raises(AsyncInferenceFailed, match="oom") as caught:
        await runtime.wait_for_async_result(RESPONSE, fetch=bucket.fetch)
    assert caught.value.document == b'{"error": "oom"}'
    assert caught.value.last_response is RESPONSE
    assert pickle.loads(pickle.dumps(caught.value)).document == caught.value.document


async def test_an_asynchronous_result_that_does_not_come(runtime: SageMakerRuntimeClient, clock: Any) -> None:
    """The wait ends when its time is up, and no sooner."""
    begun = clock.now
    with pytest.raises(WaiterTimeout) as caught:
        await runtime.wait_for_async_result(RESPONSE, fetch=Bucket("", b"", 0).fetch, timeout=30, max_delay=7)
    assert clock.now - begun == pytest.approx(30)
    assert caught.value.last_response is RESPONSE
    assert max(clock.slept) <= 7


async def test_nothing_to_wait_for(runtime: SageMakerRuntimeClient) -> None:
    """A response without an output location is refused at once; what the reader raises is the caller's own."""
    with pytest.raises(ArgumentError):
        await runtime.wait_for_async_result(InvokeEndpointAsyncResponse(), fetch=Bucket("", b"", 0).fetch)

    async def denied(uri: str) -> bytes | None:
        raise PermissionError(uri)

    with pytest.raises(PermissionError):
        await runtime.wait_for_async_result(RESPONSE, fetch=denied)


async def test_a_client_is_pickled_as_its_configuration(make_runtime: MakeRuntime, server: Any) -> None:
    """A copy of a client is a client of its own, and a pickled one has no credentials in it."""
    client = make_runtime()
    assert b"secret" not in pickle.dumps(client)
    twin = pickle.loads(pickle.dumps(client))
    assert twin.config.endpoint_url == server.url
    async with copy.copy(client) as own:
        assert own is not client
    server.answer(b"A")
    assert (await client.invoke_endpoint(endpoint_name="e", body=b"a")).body == b"A"
