"""Many calls at once: a source of any length, results as they are ready, memory that does not grow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, TypeVar

from .._errors import ClientClosedError, ConfigError, SdkError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

AHEAD = 2
"""How many items are held at once, as a multiple of the calls at once: in order, one slow call holds others' results
back, and meanwhile the next ones go on."""


async def in_parallel(
    call: Callable[[ItemT], Awaitable[ResultT]],
    items: Iterable[ItemT] | AsyncIterable[ItemT],
    *,
    concurrency: int,
    ordered: bool,
) -> AsyncGenerator[tuple[int, ResultT | SdkError], None]:
    """Each item's index, and the call's result or error, in the items' order or as they come.

    An error that every further call would share (no configuration, a closed client) is raised, as is one of `items`.
    """
    room = asyncio.Semaphore(AHEAD * concurrency)
    calls = asyncio.Semaphore(concurrency)
    queue: asyncio.Queue[asyncio.Task[tuple[int, ResultT | SdkError]] | None] = asyncio.Queue()
    tasks: set[asyncio.Task[tuple[int, ResultT | SdkError]]] = set()

    async def one(index: int, item: ItemT) -> tuple[int, ResultT | SdkError]:
        async with calls:
            try:
                return index, await call(item)
            except (ConfigError, ClientClosedError):
                raise
            except SdkError as error:
                return index, error

    async def feed() -> None:
        source = _iterate(items)
        index = 0
        try:
            # Room first, so that no item is taken from its source before its turn.
            while await room.acquire():
                task = asyncio.create_task(one(index, await anext(source)))
                tasks.add(task)
                index += 1
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

    feeder = asyncio.create_task(feed())
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
