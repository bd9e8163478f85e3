"""JSON, arrays, asynchronous results and whole data sets."""

from __future__ import annotations

import copy
import io
import json
import math
import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from aiosagemaker.errors import (
    ArgumentError,
    AsyncInferenceFailed,
    ConfigError,
    ParamValidationError,
    ResponseParseError,
    WaiterTimeout,
)
from aiosagemaker.sagemaker_runtime import InvokeEndpointAsyncResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerRuntimeClient

    MakeRuntime = Callable[..., SageMakerRuntimeClient]

RESPONSE = InvokeEndpointAsyncResponse(output_location="s3://b/out", failure_location="s3://b/failure")


async def test_invoke_json(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A value leaves as JSON under JSON's content types, and the answer's JSON comes back as a value."""
    server.answer(b'{"score": [1.5, NaN]}')
    result = await runtime.invoke_json(endpoint_name="e", payload={"x": ["é", 1, None]}, target_variant="blue")
    (received,) = server.received
    assert json.loads(received.body) == {"x": ["é", 1, None]}
    assert received.headers["Content-Type"] == received.headers["Accept"] == "application/json"
    assert received.headers["X-Amzn-SageMaker-Target-Variant"] == "blue"
    assert result["score"][0] == 1.5
    assert math.isnan(result["score"][1])


async def test_json_lines_have_their_own_content_type(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The content types are only defaults."""
    await runtime.invoke_json(endpoint_name="e", payload=1, content_type="application/jsonlines", accept=None)
    assert server.received[0].headers["Content-Type"] == "application/jsonlines"
    assert server.received[0].headers["Accept"] == "application/json"


def nested() -> Any:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize("payload", [{1, 2}, b"bytes", math.nan, {"a": math.inf}, {(1, 2): 3}, object(), nested()])
async def test_what_json_cannot_say(runtime: SageMakerRuntimeClient, server: Any, payload: Any) -> None:
    """A payload without a form in JSON is refused before anything is sent."""
    with pytest.raises(ParamValidationError) as caught:
        await runtime.invoke_json(endpoint_name="e", payload=payload)
    assert caught.value.violations[0].path == "payload"
    assert not server.received


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200_000])
async def test_an_answer_that_is_not_json(runtime: SageMakerRuntimeClient, server: Any, body: bytes) -> None:
    """An answer that is not JSON is a ResponseParseError with its start."""
    server.answer(body)
    with pytest.raises(ResponseParseError) as caught:
        await runtime.invoke_json(endpoint_name="e", payload={})
    assert (caught.value.status, caught.value.body) == (200, body[:1024])


async def test_invoke_npy(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """An array leaves in NumPy's format and the answer's comes back, type and shape kept."""
    np = pytest.importorskip("numpy")

    async def double(received: Any) -> web.Response:
        array = np.load(io.BytesIO(received.body), allow_pickle=False)
        out = io.BytesIO()
        np.save(out, array * 2)
        return web.Response(body=out.getvalue(), content_type="application/x-npy")

    server.handle(double)
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    result = await runtime.invoke_npy(endpoint_name="e", array=array)
    assert (result.dtype, result.shape, result.tolist()) == (np.float32, (2, 3), (array * 2).tolist())
    assert server.received[0].headers["Content-Type"] == server.received[0].headers["Accept"] == "application/x-npy"


async def test_no_pickles_in_arrays(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Objects are neither written nor read: reading them would run an answer's code."""
    np = pytest.importorskip("numpy")
    with pytest.raises(ParamValidationError):
        await runtime.invoke_npy(endpoint_name="e", array=np.array([object()]))
    assert not server.received
    evil = io.BytesIO()
    np.save(evil, np.array([{}]), allow_pickle=True)
    for body in (evil.getvalue(), b"", b"junk", evil.getvalue()[:20]):
        server.answer(body)
        with pytest.raises(ResponseParseError):
            await runtime.invoke_npy(endpoint_name="e", array=[1.0])


async def test_without_numpy(runtime: SageMakerRuntimeClient, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where NumPy is missing, the error says what to install."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ConfigError, match="pip install numpy"):
        await runtime.invoke_npy(endpoint_name="e", array=[1])


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
