"""Pools: the copies of one model server that share its traffic, from their start to their end.

A copy that is no longer wanted gets no more calls, ends those under way, then is stopped. One that dies or fails its
ping is replaced.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import attrs

from ._instances import STOP_GRACE, StartFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from ._instances import Instance, ModelRequest, ModelResponse
    from ._pace import Pace

PING_SECONDS = 5
"""The service's seconds between two pings of a copy that serves. Ours: AWS tells none."""
LEAST_PING_SECONDS = 0.2
"""The least real seconds between them: a ping is real work."""
UNHEALTHY = 3
"""The pings in a row that a copy fails before it is replaced. Ours, as above."""
FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 300.0
"""The service's seconds after a replacement that did not start: twice as long each time, up to the longest. Ours."""


@attrs.define(eq=False)
class Copy:
    """One model server, and how many calls it has under way."""

    instance: Instance
    under_way: int = 0
    calls: int = 0
    """Calls that it was given, ever."""
    idle: asyncio.Event = attrs.field(factory=asyncio.Event)
    watcher: asyncio.Task[None] | None = None

    def take(self) -> Lease:
        """A call that this copy is to answer, counted until it is released."""
        self.under_way += 1
        self.calls += 1
        self.idle.clear()
        return Lease(self)

    def give_back(self) -> None:
        """A call has ended."""
        self.under_way -= 1
        if not self.under_way:
            self.idle.set()

    async def drained(self) -> None:
        """Returns when no call is under way."""
        while self.under_way:
            await self.idle.wait()


@attrs.define(eq=False)
class Lease:
    """One call's hold on a copy, which is not stopped before it is released."""

    copy: Copy
    _held: bool = True

    async def ask(self, request: ModelRequest) -> ModelResponse:
        """The model's answer. Raises ModelUnreachable for none."""
        return await self.copy.instance.invoke(request)

    def release(self) -> None:
        """The call has ended; a second time does nothing."""
        if self._held:
            self._held = False
            self.copy.give_back()


@attrs.define(eq=False, kw_only=True)
class Pool:
    """Copies of one model server."""

    launch: Callable[[], Awaitable[Instance]]
    """Makes a copy that is not started yet. Raises StartFailed for data or an image that is not there."""
    told: Callable[[str], str]
    """What a failure to start says, in the service's words."""
    startup_seconds: float
    """The real seconds that a copy has to answer its first ping."""
    pace: Pace
    begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
    """Runs something beside the requests."""
    least_outstanding: bool = False
    """Whether the copy with the fewest calls under way is next, rather than each in turn."""
    serving: list[Copy] = attrs.field(factory=list[Copy])
    target: int = 0
    """Copies, as last asked for."""
    calls: int = 0
    """Calls that were taken, ever."""
    refused: int = 0
    """Calls that found no copy, ever."""
    sessions: dict[str, Copy] = attrs.field(factory=dict[str, Copy])
    """The copies that hold sessions, by the session."""
    _turn: int = 0
    _retiring: set[asyncio.Task[None]] = attrs.field(factory=set["asyncio.Task[None]"])

    def next(self) -> Copy | None:
        """The copy whose turn it is; None if none serves."""
        if not self.serving:
            return None
        self._turn += 1
        order = self.serving[self._turn % len(self.serving) :] + self.serving[: self._turn % len(self.serving)]
        return min(order, key=lambda copy: copy.under_way) if self.least_outstanding else order[0]

    def take(self, copy: Copy) -> Lease:
        """A call that a copy is to answer, counted until it is released."""
        self.calls += 1
        return copy.take()

    async def resize(self, count: int) -> None:
        """Start copies, or retire them. Raises StartFailed if one does not come up; the others that were new end too.

        Returns when the new ones serve. `ended` waits for those that are retired.
        """
        self.target = count
        surplus = self.serving[count:]
        del self.serving[count:]
        for copy in surplus:
            self._retire(copy)
        fresh = list[Copy]()
        try:
            for _ in range(count - len(self.serving)):
                fresh.append(Copy(await self.launch()))
            async with asyncio.TaskGroup() as group:
                for copy in fresh:
                    group.create_task(self._start(copy))
        except BaseException as error:
            for copy in fresh:
                self._retire(copy)
            failure = _first(error)
            if isinstance(failure, StartFailed):
                raise failure from None
            raise
        for copy in fresh:
            self._admit(copy)

    async def _start(self, copy: Copy) -> None:
        try:
            await copy.instance.start(self.startup_seconds)
        except StartFailed as error:
            raise StartFailed(self.told(str(error))) from error

    async def ended(self) -> None:
        """Returns when every copy that was retired has ended."""
        if self._retiring:
            await asyncio.wait(self._retiring)

    def _admit(self, copy: Copy) -> None:
        self.serving.append(copy)
        copy.watcher = self.begin(self._watch(copy))

    def _retire(self, copy: Copy) -> None:
        if copy.watcher is not None:
            copy.watcher.cancel()
        task = self.begin(self._end(copy))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _end(self, copy: Copy) -> None:
        await copy.drained()
        await copy.instance.stop(self.pace.limit(STOP_GRACE))

    async def _watch(self, copy: Copy) -> None:
        """Ask a copy's ping for as long as it serves, and replace it when it is not well."""
        failed = 0
        while failed < UNHEALTHY and not copy.instance.gone.is_set():
            await self._interval(copy.instance.gone)
            failed = 0 if await copy.instance.ping() else failed + 1
        copy.watcher = None
        self.serving.remove(copy)
        self._retire(copy)
        await self._replace()

    async def _interval(self, gone: asyncio.Event) -> None:
        ending = asyncio.create_task(gone.wait())
        sleeping = asyncio.create_task(self.pace.wait(PING_SECONDS, LEAST_PING_SECONDS))
        try:
            await asyncio.wait([ending, sleeping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            sleeping.cancel()

    async def _replace(self) -> None:
        backoff = FIRST_BACKOFF
        while len(self.serving) < self.target:
            copy: Copy | None = None
            try:
                copy = Copy(await self.launch())
                await self._start(copy)
            except StartFailed:
                if copy is not None:
                    self._retire(copy)
                await self.pace.wait(backoff, LEAST_PING_SECONDS)
                backoff = min(2 * backoff, LONGEST_BACKOFF)
                continue
            except asyncio.CancelledError:
                if copy is not None:
                    self._retire(copy)
                raise
            # It may have become one too many while it started.
            (self._admit if len(self.serving) < self.target else self._retire)(copy)


def _first(error: BaseException) -> BaseException:
    """The first of a group's errors, or the error itself."""
    if isinstance(error, BaseExceptionGroup):
        first: BaseException = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
        return _first(first)
    return error
