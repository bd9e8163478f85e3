"""Many calls at once: a source of any length, outcomes as they are ready, memory that does not grow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

import attrs

from .._errors import ClientClosedError, ConfigError, InvalidConfigError, SdkError
from .._event_loop import running_loop
from .._rate_limiter import RateLimiter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable

    from .._clock import Clock
    from .models import InvokeEndpointResponse

ItemT = TypeVar("ItemT")
T = TypeVar("T")

AHEAD = 2
"""How many items are held at once, as a multiple of the calls at once: in order, one slow call holds others' results
back, and meanwhile the next ones go on."""


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one body."""

    index: int
    """Its place in the source, from 0."""
    response: InvokeEndpointResponse | None = None
    """None where the call failed."""
    error: SdkError | None = None
    """What it failed with, after all its retries; None where there is a response."""
    attempts: int
    """How many times it was sent."""
    elapsed: float
    """The seconds from its turn to its outcome, with all waits."""

    def result(self) -> InvokeEndpointResponse:
        """The response. Raises the error where there is none."""
        if self.response is None:
            raise self.error or SdkError("no outcome")
        return self.response


class Checkpoint:
    """Which bodies of a source have had their response, so that another run passes over them.

    Give one to `invoke_many`: a body counts once the next outcome is asked for, and so after the loop is done with it.
    Those that failed are tried again by the next run, which has to give the same source.
    """

    __slots__ = ("_beyond", "_first")

    def __init__(self) -> None:
        self._first = 0  # all before it are done
        self._beyond: set[int] = set()

    def __contains__(self, index: int) -> bool:
        return index < self._first or index in self._beyond

    def __len__(self) -> int:
        return self._first + len(self._beyond)

    def add(self, index: int) -> None:
        """The body with this index is done."""
        if index >= self._first:
            self._beyond.add(index)
        while self._first in self._beyond:
            self._beyond.remove(self._first)
            self._first += 1

    def to_json(self) -> str:
        """As text, to be kept in a file."""
        return json.dumps({"done_before": self._first, "done": sorted(self._beyond)})

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """From `to_json`'s text. Raises InvalidConfigError for anything else."""
        try:
            value: Any = json.loads(text)
            first, beyond = value["done_before"], value["done"]
            if not all(type(index) is int and index >= 0 for index in (first, *beyond)):
                raise ValueError("an index is not a whole number from 0")
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidConfigError(f"this is no checkpoint: {error!r}") from None
        made = cls()
        made._first = first
        for index in cast("list[int]", beyond):
            made.add(index)
        return made

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} done>"


class PacedCall(Generic[ItemT]):
    """One call for each item, at the pace that the endpoint bears: what it throttles is sent again, more slowly.

    The client's own retries come first; this goes on where they give up, for as long as `throttling_timeout`.
    """

    def __init__(
        self, call: Callable[[ItemT], Awaitable[InvokeEndpointResponse]], *, throttling_timeout: float, clock: Clock
    ) -> None:
        """`throttling_timeout`: how long, in seconds, a throttled item is sent again."""
        self._call = call
        self._throttling_timeout = throttling_timeout
        self._clock = clock
        self._pace = RateLimiter(clock)

    async def __call__(self, index: int, item: ItemT) -> Outcome:
        started = self._clock.monotonic()
        attempts = 0
        while True:
            await self._pace.acquire()
            response: InvokeEndpointResponse | None = None
            error: SdkError | None = None
            try:
                response = await self._call(item)
                attempts += response.response_metadata.attempts
            except (ConfigError, ClientClosedError):
                raise
            except SdkError as caught:
                error = caught
                attempts += getattr(error, "attempts", 0)
            elapsed = self._clock.monotonic() - started
            throttled = error is not None and error.throttling
            self._pace.update(throttled=throttled)
            if not throttled or elapsed >= self._throttling_timeout:
                return Outcome(index=index, response=response, error=error, attempts=attempts, elapsed=elapsed)


async def in_parallel(
    call: Callable[[int, ItemT], Awaitable[T]],
    items: Iterable[ItemT] | AsyncIterable[ItemT],
    *,
    concurrency: int,
    ordered: bool,
    skip: Checkpoint,
) -> AsyncGenerator[T, None]:
    """What the call gives for each item that is not skipped, in the items' order or as they come.

    An error of the call, such as every further one would share, is raised, as is one of `items`.
    """
    loop = running_loop()
    room = asyncio.Semaphore(AHEAD * concurrency)
    calls = asyncio.Semaphore(concurrency)
    queue: asyncio.Queue[asyncio.Task[T] | None] = asyncio.Queue()
    tasks: set[asyncio.Task[T]] = set()

    async def one(index: int, item: ItemT) -> T:
        async with calls:
            return await call(index, item)

    async def feed() -> None:
        source = _iterate(items)
        index = -1
        try:
            # Room first, so that no item is taken from its source before its turn.
            while await room.acquire():
                item = await anext(source)
                index += 1
                while index in skip:
                    item = await anext(source)
                    index += 1
                task = loop.create_task(one(index, item))
                tasks.add(task)
                if ordered:
                    queue.put_nowait(task)
                else:
                    task.add_done_callback(queue.put_nowait)
        except StopAsyncIteration:
            pass
        finally:
            if not ordered and tasks:
                await asyncio.wait(tasks)
                # Let the callbacks of the last ones go first.
                await asyncio.sleep(0)
            queue.put_nowait(None)

    feeder = loop.create_task(feed())
    try:
        while (task := await queue.get()) is not None:
            outcome = await task
            tasks.discard(task)
            del task
            yield outcome
            del outcome
            room.release()
        await feeder
    finally:
        running: list[asyncio.Task[Any]] = [feeder, *tasks]
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _iterate(items: Iterable[ItemT] | AsyncIterable[ItemT]) -> AsyncIterator[ItemT]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
