"""Pools: from a copy's start to its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.local._instances import ModelRequest, ModelResponse, StartFailed
from aiosagemaker.local._pace import Pace
from aiosagemaker.local._pools import FIRST_BACKOFF, PING_SECONDS, UNHEALTHY, Pool

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Fake:
    """A model server that does as it is told."""

    def __init__(self, world: World) -> None:
        self.id = f"i-{len(world.made)}"
        self.gone = asyncio.Event()
        self.well = True
        self.stopped: float | None = None
        self._world = world

    async def start(self, timeout: float) -> None:
        if self._world.failing:
            self._world.failing -= 1
            raise StartFailed("no weights")

    async def ping(self) -> bool:
        return self.well and not self.gone.is_set()

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        return ModelResponse(request.body)

    async def stop(self, grace: float) -> None:
        self.stopped = grace
        self.gone.set()


class World:
    """A pool of such servers, by a clock that the test moves."""

    def __init__(self, clock: Any) -> None:
        self.made: list[Fake] = []
        self.failing = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.pool = Pool(
            launch=self.launch,
            told=lambda reason: f"not well: {reason}",
            startup_seconds=1,
            pace=Pace(clock, 1, 1),
            begin=self.begin,
        )

    async def launch(self) -> Fake:
        self.made.append(Fake(self))
        return self.made[-1]

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    @property
    def serving(self) -> list[Any]:
        return [copy.instance for copy in self.pool.serving]


@pytest.fixture
def world(manual_clock: Any) -> World:
    return World(manual_clock)


async def end(world: World) -> None:
    for task in list(world.tasks):
        task.cancel()
    await asyncio.gather(*world.tasks, return_exceptions=True)


async def test_calls_end_first(world: World, manual_clock: Any) -> None:
    """A copy that is retired gets no more calls, ends those under way, and is then asked to stop with 30 s of grace."""
    await world.pool.resize(2)
    copy = world.pool.serving[1]
    lease = world.pool.take(copy)
    await world.pool.resize(1)
    await manual_clock.advance(0)
    assert copy not in [world.pool.next() for _ in range(3)]
    assert world.made[1].stopped is None
    lease.release()
    lease.release()
    await world.pool.ended()
    assert (world.made[1].stopped, world.made[0].stopped) == (30, None)
    await end(world)


async def test_one_does_not_start(world: World) -> None:
    """If one new copy does not come up, the others that were new end too, and the reason is told."""
    await world.pool.resize(1)
    world.failing = 1
    with pytest.raises(StartFailed, match="not well: no weights"):
        await world.pool.resize(3)
    await world.pool.ended()
    assert world.serving == world.made[:1]
    assert [made.stopped is not None for made in world.made] == [False, True, True]
    await end(world)


async def test_called_off(world: World) -> None:
    """A resize that is called off leaves nothing half started."""
    gate = asyncio.Event()

    async def slow() -> Fake:
        made = Fake(world)
        world.made.append(made)
        await gate.wait()
        return made

    await world.pool.resize(1)
    world.pool.launch = slow
    resizing = asyncio.create_task(world.pool.resize(2))
    await asyncio.sleep(0.01)
    resizing.cancel()
    await asyncio.gather(resizing, return_exceptions=True)
    assert world.serving == world.made[:1]
    await end(world)


async def test_sick_copy(world: World, manual_clock: Any) -> None:
    """A copy that fails its ping so many times in a row is replaced; one that recovers is not."""
    await world.pool.resize(1)
    first = world.made[0]
    first.well = False
    await manual_clock.advance(PING_SECONDS * (UNHEALTHY - 1))
    first.well = True
    await manual_clock.advance(PING_SECONDS * 5)
    assert world.serving == [first]
    first.well = False
    await manual_clock.advance(PING_SECONDS * UNHEALTHY)
    assert world.serving == [world.made[1]]
    assert first.stopped is not None
    await end(world)


async def test_dead_copy(world: World, manual_clock: Any) -> None:
    """A copy that has ended is replaced at once, without waiting for its next ping."""
    await world.pool.resize(1)
    world.made[0].gone.set()
    await manual_clock.advance(0)
    assert world.serving == [world.made[1]]
    await end(world)


async def test_backoff(world: World, manual_clock: Any) -> None:
    """A replacement that does not start is tried again, after twice as long each time, until one does."""
    await world.pool.resize(1)
    world.failing = 3
    world.made[0].gone.set()
    await manual_clock.advance(0)
    assert (len(world.made), world.serving) == (2, [])
    for tries, wait in ((3, FIRST_BACKOFF), (4, 2 * FIRST_BACKOFF), (5, 4 * FIRST_BACKOFF)):
        await manual_clock.advance(wait - 1)
        assert len(world.made) == tries - 1
        await manual_clock.advance(1)
        assert len(world.made) == tries
    assert world.serving == [world.made[-1]]
    await end(world)


async def test_no_replacement_of_what_is_not_wanted(world: World, manual_clock: Any) -> None:
    """What is scaled in meanwhile is not replaced."""
    await world.pool.resize(1)
    world.failing = 1
    world.made[0].gone.set()
    await manual_clock.advance(0)
    await world.pool.resize(0)
    await manual_clock.advance(FIRST_BACKOFF)
    assert (len(world.made), world.serving) == (2, [])
    await end(world)


async def test_turns(world: World) -> None:
    """Copies are taken in turn, or the one with the fewest calls under way."""
    await world.pool.resize(3)
    taken = [world.pool.next() for _ in range(6)]
    assert taken[:3] == taken[3:]
    assert len(set(map(id, taken))) == 3
    world.pool.least_outstanding = True
    leases = [copy.take() for copy in world.pool.serving[:2]]
    assert [world.pool.next() for _ in range(2)] == [world.pool.serving[2]] * 2
    for lease in leases:
        lease.release()
    await end(world)
