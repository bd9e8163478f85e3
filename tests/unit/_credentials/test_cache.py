"""One cache, asked from anywhere: kept, refreshed ahead of the end, asked for once."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit._credentials.doubles import START, Provider, Refreshable, Session, TestClock, settle

from aiosagemaker._credentials import cache as cache_module
from aiosagemaker._credentials.cache import CredentialsCache
from aiosagemaker._credentials.sources import Asking, Source
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import CredentialsError, NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_static(clock: TestClock) -> None:
    """Credentials given as such are used as they are, and refusing them changes nothing."""
    credentials = Credentials("a", "s", expires_at=datetime.fromtimestamp(START - 1, UTC))
    cache = CredentialsCache(credentials, clock=clock)
    assert cache.current() is credentials
    assert await cache.get() is credentials
    assert cache.invalidate(credentials) is False
    assert cache.current() is credentials


async def test_kept_without_waiting(clock: TestClock) -> None:
    """Once credentials are there, calls take them without awaiting, and the source is left alone."""
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)
    assert cache.current() is None
    assert cache.current() is None
    credentials = await cache.get()
    clock.now += 2600
    assert cache.current() is credentials
    assert await cache.get() is credentials
    assert provider.asked == 1


async def test_refresh_in_the_background(clock: TestClock) -> None:
    """Ahead of their end calls go on with what is there while one refresh runs, and then take the new ones."""
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)
    first = await cache.get()
    clock.now += 2800
    assert [cache.current() for _ in range(3)] == [first] * 3
    await settle()
    assert provider.asked == 2
    second = cache.current()
    assert second is not None
    assert second.access_key == "AKID-2"


async def test_refresh_before_the_end_is_awaited(clock: TestClock) -> None:
    """In their last minute credentials are refreshed before a call goes on."""
    cache = CredentialsCache(Provider(clock, 3600), clock=clock)
    await cache.get()
    clock.now += 3541
    assert cache.current() is None
    assert (await cache.get()).access_key == "AKID-2"


@pytest.mark.parametrize("error", [OSError("unreachable"), NoCredentialsError("log in again")])
async def test_failure_in_the_background(error: Exception, clock: TestClock, caplog: pytest.LogCaptureFixture) -> None:
    """A refresh that fails in the background fails no call, is logged without secrets, and is tried again later."""
    provider = Provider(clock, 3600, error, 3600)
    cache = CredentialsCache(provider, clock=clock)
    first = await cache.get()
    clock.now += 2800
    with caplog.at_level(logging.WARNING):
        assert cache.current() is first
        await settle()
    assert "going on with" in caplog.text
    assert "'secret'" not in caplog.text
    clock.now += 419
    assert cache.current() is first
    await settle()
    assert provider.asked == 2
    clock.now += 2
    assert cache.current() is first
    await settle()
    assert provider.asked == 3


async def test_single_flight(clock: TestClock) -> None:
    """However many calls wait, the source is asked once."""
    provider = Provider(clock, 3600)
    provider.gate = asyncio.Event()
    cache = CredentialsCache(provider, clock=clock)
    waiters = [asyncio.ensure_future(cache.get()) for _ in range(50)]
    await settle()
    provider.gate.set()
    assert len(set(await asyncio.gather(*waiters))) == 1
    assert provider.asked == 1


async def test_cancelled_waiter(clock: TestClock) -> None:
    """A caller that is cancelled, even the first one, does not cancel the refresh for the others."""
    provider = Provider(clock, 3600)
    provider.gate = asyncio.Event()
    cache = CredentialsCache(provider, clock=clock)
    first, second = asyncio.ensure_future(cache.get()), asyncio.ensure_future(cache.get())
    await settle()
    first.cancel()
    await settle()
    assert first.cancelled()
    provider.gate.set()
    assert (await second).access_key == "AKID-1"
    assert provider.asked == 1


async def test_failure_reaches_every_waiter(clock: TestClock) -> None:
    """All who wait get the failure, each an instance of its own, chained to the cause."""
    cause = OSError("unreachable")
    provider = Provider(clock, cause)
    cache = CredentialsCache(provider, clock=clock)
    errors = await asyncio.gather(*(cache.get() for _ in range(3)), return_exceptions=True)
    assert len({id(error) for error in errors}) == 3
    for error in errors:
        assert isinstance(error, CredentialsError)
        assert error.__cause__ is cause
        assert "Provider failed: OSError: unreachable" in str(error)


async def test_failure_without_waiters(clock: TestClock, recwarn: pytest.WarningsRecorder) -> None:
    """A refresh that fails after its only caller is gone leaves nothing behind."""
    unhandled: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    provider = Provider(clock, OSError("unreachable"))
    provider.gate = asyncio.Event()
    cache = CredentialsCache(provider, clock=clock)
    waiter = asyncio.ensure_future(cache.get())
    await settle()
    waiter.cancel()
    await settle()
    provider.gate.set()
    await settle()
    del cache, waiter
    gc.collect()
    assert not unhandled


async def test_already_ended(clock: TestClock) -> None:
    """Credentials that come too late are a failure of their source."""
    with pytest.raises(CredentialsError, match="had ended at 2029-12-31"):
        await CredentialsCache(Provider(clock, -60), clock=clock).get()


def test_sequential_event_loops(clock: TestClock) -> None:
    """A cache whose loop ended, even in the middle of a refresh, serves the next loop."""
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)

    async def leave_in_the_middle() -> None:
        provider.gate = asyncio.Event()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(cache.get(), 0.001)

    asyncio.run(leave_in_the_middle())
    provider.gate = None
    first = asyncio.run(cache.get())
    assert asyncio.run(cache.get()) is first
    clock.now += 3550
    assert asyncio.run(cache.get()) is not first


# Threads, loops, forks


class Slow:
    """A session that takes its time, in a thread, until it is let go."""

    def __init__(self, *ends: datetime | Exception) -> None:
        self.ends = list(ends)
        self.asked = 0
        self.go = threading.Event()

    def get_credentials(self) -> Refreshable:
        self.asked += 1
        assert self.go.wait(30)
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        if isinstance(end, Exception):
            raise end
        return Refreshable(end)


NEXT_YEAR = datetime.fromtimestamp(START + 365 * 86400, UTC)


def in_threads(count: int, cache: CredentialsCache, before: Callable[[], None]) -> list[Any]:
    """What `get` gives in as many threads, each with a loop of its own; `before` is called once all of them wait."""
    ready = threading.Barrier(count + 1)

    async def one() -> Any:
        getting = asyncio.ensure_future(cache.get())
        await asyncio.sleep(0)
        ready.wait(30)
        return (await asyncio.gather(getting, return_exceptions=True))[0]

    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(asyncio.run, one()) for _ in range(count)]
        ready.wait(30)
        before()
        return [future.result(30) for future in futures]


def test_threads_share_one_refresh(clock: TestClock) -> None:
    """However many threads wait, each in a loop of its own, a source is asked once, and all get what it gives."""
    session = Slow(NEXT_YEAR)
    got = in_threads(8, CredentialsCache(session, clock=clock), session.go.set)
    assert got == [Credentials("AKID", "secret", None, NEXT_YEAR)] * 8
    assert session.asked == 1


def test_threads_share_one_failure(clock: TestClock) -> None:
    """A failure reaches every thread that waits, each with an instance of its own."""
    session = Slow(OSError("unreachable"))
    got = in_threads(8, CredentialsCache(session, clock=clock), session.go.set)
    assert {type(error) for error in got} == {CredentialsError}
    assert len({id(error) for error in got}) == 8
    assert session.asked == 1


@pytest.mark.parametrize("cancelled", [True, False], ids=["torn down", "left standing"])
def test_loop_that_ends_strands_nobody(cancelled: bool, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the loop ends in which a callable is asked, with or without its tasks, who waits in another asks there."""
    monkeypatch.setattr(cache_module, "STRANDED_CHECK", 0.01)
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)
    asked, waits = threading.Event(), threading.Event()
    left: list[asyncio.AbstractEventLoop] = []

    async def first() -> None:
        provider.gate = asyncio.Event()
        getting = asyncio.ensure_future(cache.get())
        await settle()
        provider.gate = None
        asked.set()
        await asyncio.to_thread(waits.wait, 30)
        assert not getting.done()

    def run_first() -> None:
        if cancelled:
            return asyncio.run(first())
        left.append(asyncio.new_event_loop())
        return left[0].run_until_complete(first())

    async def second() -> Credentials:
        getting = asyncio.ensure_future(cache.get())
        await settle()
        waits.set()
        return await asyncio.wait_for(getting, 20)

    thread = threading.Thread(target=run_first)
    thread.start()
    assert asked.wait(30)
    assert asyncio.run(second()).access_key == "AKID-2"
    thread.join()
    for loop in left:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


async def test_calls_that_waited_share_the_failure(clock: TestClock) -> None:
    """Of fifty calls that came before a source failed none asks it again, whenever it gets there; a later one does."""
    session = Slow(OSError("unreachable"))
    session.go.set()
    cache = CredentialsCache(session, clock=clock)
    since = time.monotonic()
    for _ in range(50):
        with pytest.raises(CredentialsError, match="unreachable"):
            await cache.get(since)
    assert session.asked == 1
    with pytest.raises(CredentialsError):
        await cache.get(time.monotonic() + 0.001)
    assert session.asked == 2


HUNG = """
import asyncio, time
from aiosagemaker._credentials.cache import CredentialsCache

class Hung:
    def get_credentials(self):
        time.sleep(600)

async def main():
    try:
        await asyncio.wait_for(CredentialsCache(Hung()).get(), 0.05)
    except TimeoutError:
        print("gave up")

asyncio.run(main())
"""


def test_hung_source_does_not_hold_the_exit() -> None:
    """A program whose credentials never come can end."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", HUNG], capture_output=True, text=True, timeout=60, env=environ)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("gave up\n", "", 0)


async def test_failure_has_no_frames(clock: TestClock) -> None:
    """What botocore raises in a thread is chained without its frames, whose locals may be secrets."""

    def fetch() -> Any:
        secret = "the-secret"
        raise OSError(f"unreachable with {len(secret)}")

    with pytest.raises(CredentialsError) as caught:
        await CredentialsCache(Session(fetch), clock=clock).get()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "OSError: unreachable with 10" in shown
    assert "the-secret" not in shown


async def test_refresh_that_fails_tells_no_text(clock: TestClock, caplog: pytest.LogCaptureFixture) -> None:
    """The warning names the source and the kind of its error, not the words, which may be a helper's own."""
    provider = Provider(clock, 3600, OSError("the-secret"))
    cache = CredentialsCache(provider, clock=clock)
    first = await cache.get()
    clock.now += 3590
    with caplog.at_level(logging.DEBUG):
        assert await cache.get() is first
    assert "Provider failed (OSError)" in caplog.text
    assert "the-secret" not in caplog.text


class Counted(Source):
    """A source that never answers, and counts how often it is to forget."""

    def __init__(self) -> None:
        self.resets = 0

    def __str__(self) -> str:
        return "a source"

    def ask(self) -> Asking:
        return Asking(Future(), None)

    def reset(self) -> None:
        self.resets += 1


async def test_fork_forgets_what_was_being_asked() -> None:
    """In a child, what a thread of the parent was using, locks and all, is made anew; what nobody used is kept."""
    source = Counted()
    cache = CredentialsCache(source)
    cache.after_fork()
    assert source.resets == 0
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(cache.get(), 0.001)
    cache.after_fork()
    assert source.resets == 1
