"""JSON, arrays, asynchronous results and whole data sets."""

from __future__ import annotations

import asyncio
import copy
import io
import itertools
import json
import math
import pickle
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from aiosagemaker import RetryConfig, SageMakerRuntimeClient
from aiosagemaker.errors import (
    ArgumentError,
    AsyncInferenceFailed,
    ClientClosedError,
    ConfigError,
    ParamValidationError,
    ResponseParseError,
    WaiterTimeout,
)
from aiosagemaker.sagemaker_runtime import InvokeEndpointAsyncResponse, InvokeEndpointResponse, ModelError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

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


class Model:
    """A model server that answers bodies in capitals, as badly as told, from when so many were running at once."""

    def __init__(self, server: Any, *, together: int = 1) -> None:
        self.together = together
        self.met = asyncio.Event()
        self.running = 0
        self.most = 0
        self.seen = 0
        self.hold: dict[bytes, asyncio.Event] = {}
        self.ten_seen = asyncio.Event()
        server.handle(self.answer)

    async def answer(self, received: Any) -> web.Response:
        self.running += 1
        self.most = max(self.most, self.running)
        self.seen += 1
        if self.seen == 10:
            self.ten_seen.set()
        if self.running == self.together:
            self.met.set()
        try:
            await self.met.wait()
            if received.body in self.hold:
                await self.hold[received.body].wait()
            if received.body == b"bad":
                return web.json_response({"Message": "bad"}, status=424, headers={"x-amzn-errortype": "ModelError"})
            return web.Response(body=received.body.upper())
        finally:
            self.running -= 1


def shown(results: list[Any]) -> list[Any]:
    return [r.body if isinstance(r, InvokeEndpointResponse) else type(r) for r in results]


@pytest.mark.parametrize("lazy", [False, True])
async def test_many_in_order(runtime: SageMakerRuntimeClient, server: Any, lazy: bool) -> None:
    """Each body has its result or its error, in the bodies' order, from a plain or an asynchronous source."""
    model = Model(server, together=4)
    bodies = [b"bad" if i % 10 == 3 else b"item %d" % i for i in range(50)]

    async def source() -> AsyncIterator[bytes]:
        for body in bodies:
            await asyncio.sleep(0)
            yield body

    results = [r async for r in runtime.invoke_many("e", source() if lazy else iter(bodies), concurrency=4)]
    assert shown(results) == [ModelError if body == b"bad" else body.upper() for body in bodies]
    assert model.most == 4


async def test_one_slow_call_in_order(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A slow first call does not stop the next ones, and holds their results back without letting them pile up."""
    model = Model(server)
    model.hold[b"slow"] = asyncio.Event()
    taken = 0

    def source() -> Any:
        nonlocal taken
        for body in itertools.chain([b"slow"], itertools.repeat(b"x", 99)):
            taken += 1
            yield body

    async with aclosing(runtime.invoke_many("e", source(), concurrency=5)) as results:
        first = asyncio.ensure_future(anext(results))
        await model.ten_seen.wait()
        for _ in range(100):  # whatever could go on would
            await asyncio.sleep(0)
        assert (taken, len(server.received), first.done()) == (10, 10, False)
        model.hold[b"slow"].set()
        assert shown([await first, *[r async for r in results]]) == [b"SLOW", *[b"X"] * 99]


async def test_many_as_they_come(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Without an order the quick ones come first, each with its index."""
    model = Model(server)
    model.hold[b"slow"] = asyncio.Event()
    indices: list[int] = []
    async for index, result in runtime.invoke_many("e", [b"slow", b"a", b"b", b"bad"], concurrency=4, ordered=False):
        indices.append(index)
        if len(indices) == 3:
            model.hold[b"slow"].set()
        assert isinstance(result, ModelError if index == 3 else InvokeEndpointResponse)
    assert indices[-1] == 0
    assert sorted(indices) == [0, 1, 2, 3]


@pytest.mark.parametrize("ordered", [True, False])
async def test_a_live_source_is_answered_as_it_speaks(
    runtime: SageMakerRuntimeClient, server: Any, ordered: bool
) -> None:
    """The result of an item comes before the source gives the next one."""
    Model(server)
    said: asyncio.Queue[bytes] = asyncio.Queue()

    async def source() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield await said.get()

    results = aiter(runtime.invoke_many("e", source(), ordered=ordered))  # type: ignore[call-overload]  # either
    for body in (b"a", b"b", b"c"):
        said.put_nowait(body)
        result = await asyncio.wait_for(anext(results), 5)
        assert (result if ordered else result[1]).body == body.upper()
    with pytest.raises(StopAsyncIteration):
        await anext(results)


async def test_leaving_many_early(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Closing the iterator ends the calls that are running and takes no more from an endless source."""
    model = Model(server)
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield b"x"

    before = asyncio.all_tasks()
    async with aclosing(runtime.invoke_many("e", endless(), concurrency=3)) as results:
        assert (await anext(results)).body == b"X"  # type: ignore[union-attr]  # no error is expected
    assert taken <= 8
    assert {task for task in asyncio.all_tasks() - before if "in_parallel" in repr(task)} == set()
    assert model.most <= 3


@pytest.mark.parametrize("ordered", [True, False])
async def test_a_source_that_fails(runtime: SageMakerRuntimeClient, server: Any, ordered: bool) -> None:
    """What the source raises comes after the results of what it gave before."""
    Model(server)

    def source() -> Any:
        yield b"a"
        yield b"b"
        raise OSError("disk gone")

    results = runtime.invoke_many("e", source(), ordered=ordered)  # type: ignore[call-overload]  # either
    assert [await anext(results) is not None for _ in range(2)] == [True, True]
    with pytest.raises(OSError, match="disk gone"):
        await anext(results)


async def test_errors_that_every_call_shares(make_runtime: MakeRuntime, server: Any) -> None:
    """A client that cannot call at all says so once, instead of once for each item; a bad body is one item's error."""
    with pytest.raises(ConfigError):
        [r async for r in make_runtime(credentials=lambda: 1).invoke_many("e", itertools.repeat(b""))]
    client = make_runtime()
    await client.close()
    with pytest.raises(ClientClosedError):
        [r async for r in client.invoke_many("e", itertools.repeat(b""))]
    bodies: Any = [b"a", 5]
    results = [r async for r in make_runtime().invoke_many("e", bodies)]
    assert isinstance(results[1], ParamValidationError)


@pytest.mark.parametrize("payloads", [b"abc", "abc", bytearray(b"a"), {"a": 1}, 5, None])
def test_one_body_is_not_many(runtime: SageMakerRuntimeClient, payloads: Any) -> None:
    """One body by itself is not taken for an iterable of bodies."""
    with pytest.raises(ArgumentError):
        runtime.invoke_many("e", payloads)


@pytest.mark.parametrize("concurrency", [0, -1, 1.5, True, "4", None])
def test_concurrency_is_a_count(runtime: SageMakerRuntimeClient, concurrency: Any) -> None:
    """A concurrency that is no whole number above zero is refused at once."""
    with pytest.raises(ArgumentError):
        runtime.invoke_many("e", [], concurrency=concurrency)


async def test_many_share_the_retry_budget(make_runtime: MakeRuntime, server: Any) -> None:
    """When everything fails, the retries of all calls together stay within the client's one budget."""
    server.answer({}, 503)
    client = make_runtime(retry=RetryConfig(max_attempts=10))
    results = [r async for r in client.invoke_many("e", itertools.repeat(b"", 60), concurrency=20)]
    assert len(results) == 60
    assert len(server.received) - 60 == 500 // 14


async def test_a_client_is_pickled_as_its_configuration(make_runtime: MakeRuntime, server: Any) -> None:
    """A copy of a client is a client of its own, and a pickled one has no credentials in it."""
    client = make_runtime()
    assert b"secret" not in pickle.dumps(client)
    twin = pickle.loads(pickle.dumps(client))
    assert twin.config.endpoint_url == server.url
    async with copy.copy(client) as own:
        assert own is not client
    Model(server)
    assert (await client.invoke_endpoint(endpoint_name="e", body=b"a")).body == b"A"
