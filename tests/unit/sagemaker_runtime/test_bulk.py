"""Many calls at once: order, outcomes, pace and checkpoints, over real HTTP."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from aiosagemaker import HttpConfig, RetryConfig
from aiosagemaker.errors import (
    ArgumentError,
    ClientClosedError,
    ConfigError,
    InvalidConfigError,
    ParamValidationError,
    ThrottlingException,
)
from aiosagemaker.sagemaker_runtime import Checkpoint, ModelError, Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiosagemaker import SageMakerRuntimeClient

    MakeRuntime = Callable[..., SageMakerRuntimeClient]


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


def shown(outcomes: list[Outcome]) -> list[Any]:
    return [outcome.response.body if outcome.response else type(outcome.error) for outcome in outcomes]


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
    async for outcome in runtime.invoke_many("e", [b"slow", b"a", b"b", b"bad"], concurrency=4, ordered=False):
        indices.append(outcome.index)
        if len(indices) == 3:
            model.hold[b"slow"].set()
        assert isinstance(outcome.error, ModelError) if outcome.index == 3 else outcome.response is not None
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

    results = aiter(runtime.invoke_many("e", source(), ordered=ordered))
    for body in (b"a", b"b", b"c"):
        said.put_nowait(body)
        outcome = await asyncio.wait_for(anext(results), 5)
        assert outcome.result().body == body.upper()
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
        assert (await anext(results)).result().body == b"X"
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

    results = runtime.invoke_many("e", source(), ordered=ordered)
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
    assert isinstance(results[1].error, ParamValidationError)
    with pytest.raises(ParamValidationError):
        results[1].result()


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


async def test_an_outcome_tells_its_attempts_and_its_time(
    runtime: SageMakerRuntimeClient, server: Any, clock: Any
) -> None:
    """Each outcome has the number of attempts and the time that its body took, failed or not."""
    server.answer({}, 503, times=2)
    server.answer(b"good")
    server.answer({}, 503, times=3)
    good, bad = [r async for r in runtime.invoke_many("e", [b"a", b"b"], concurrency=1)]
    assert (good.index, good.attempts, good.error) == (0, 3, None)
    assert (bad.index, bad.attempts, bad.response) == (1, 3, None)
    assert good.elapsed + bad.elapsed == pytest.approx(sum(clock.slept))
    assert min(good.elapsed, bad.elapsed) > 0


async def test_the_pace_that_the_endpoint_bears(runtime: SageMakerRuntimeClient, server: Any, clock: Any) -> None:
    """What is throttled beyond the client's retries is sent again until it passes, and more slowly than before."""
    sent: list[float] = []
    passed: list[float] = []

    async def answer(received: Any) -> web.Response:
        sent.append(clock.now)
        if passed and clock.now - passed[-1] < 2:
            body = {"Message": "slow down"}
            return web.json_response(body, status=429, headers={"x-amzn-errortype": "ThrottlingException"})
        passed.append(clock.now)
        return web.Response(body=received.body)

    server.handle(answer)
    bodies = [b"%d" % number for number in range(12)]
    outcomes = [r async for r in runtime.invoke_many("e", bodies, concurrency=4)]
    assert [outcome.result().body for outcome in outcomes] == bodies
    assert len(passed) == 12
    assert any(outcome.attempts > 3 for outcome in outcomes)
    # An endpoint that bears one call in two seconds is not sent many more.
    assert len(sent) / (sent[-1] - sent[0]) < 3


async def test_throttling_ends(runtime: SageMakerRuntimeClient, server: Any, clock: Any) -> None:
    """A body that is throttled for longer than it may be is an outcome with that error."""
    server.answer({"Message": "no"}, 429, {"x-amzn-errortype": "ThrottlingException"})
    begun = clock.now
    (outcome,) = [r async for r in runtime.invoke_many("e", [b"a"], throttling_timeout=30)]
    assert isinstance(outcome.error, ThrottlingException)
    assert 30 <= clock.now - begun < 60
    assert outcome.attempts == len(server.received)


async def test_no_more_than_there_are_connections(make_runtime: MakeRuntime, server: Any) -> None:
    """However many calls were asked for, no more are under way than the client may have connections."""
    model = Model(server, together=3)
    client = make_runtime(http=HttpConfig(max_connections=3))
    outcomes = [r async for r in client.invoke_many("e", itertools.repeat(b"x", 30), concurrency=20)]
    assert len(outcomes) == 30
    assert model.most == 3


async def test_going_on_from_a_checkpoint(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A second run sends what had no response in the first: what failed, what was cut off, and what the loop was at."""
    Model(server)
    bodies = [b"a", b"bad", b"c", b"d", b"e"]
    checkpoint = Checkpoint()
    async with aclosing(runtime.invoke_many("e", bodies, concurrency=1, checkpoint=checkpoint)) as outcomes:
        async for outcome in outcomes:
            if outcome.index == 3:
                break
    assert [index in checkpoint for index in range(5)] == [True, False, True, False, False]
    kept = Checkpoint.from_json(checkpoint.to_json())
    server.received.clear()
    again = [r async for r in runtime.invoke_many("e", bodies, checkpoint=kept, ordered=True)]
    assert [outcome.index for outcome in again] == [1, 3, 4]
    assert {received.body for received in server.received} == {b"bad", b"d", b"e"}
    assert len(kept) == 4


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"done_before": -1, "done": []}', '{"done_before": 0, "done": ["a"]}']
)
def test_no_checkpoint(text: str) -> None:
    """What is not a checkpoint's text is refused."""
    with pytest.raises(InvalidConfigError):
        Checkpoint.from_json(text)


def test_a_checkpoint_stays_small() -> None:
    """What is done in a row is kept as one number."""
    checkpoint = Checkpoint()
    for index in (2, 0, 1, 5, 1):
        checkpoint.add(index)
    assert checkpoint.to_json() == '{"done_before": 3, "done": [5]}'
    assert len(checkpoint) == 4
