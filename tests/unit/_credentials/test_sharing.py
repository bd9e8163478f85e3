"""One cache for each identity of a process."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit._credentials.doubles import Frozen, Provider, TestClock

from aiosagemaker._credentials.cache import CredentialsCache
from aiosagemaker._credentials.sharing import SHARED, SharedCaches

if TYPE_CHECKING:
    from collections.abc import Callable


def maker(clock: TestClock) -> Callable[[], CredentialsCache]:
    return lambda: CredentialsCache(Provider(clock, 3600), clock=clock)


def test_one_cache_an_identity(clock: TestClock) -> None:
    """The same identity gets the same cache, another one another."""
    shared = SharedCaches()
    first = shared.get("a", maker(clock))
    assert shared.get("a", maker(clock)) is first
    assert shared.get("b", maker(clock)) is not first


def test_what_is_kept(clock: TestClock) -> None:
    """The latest caches are kept for clients to come, and one that a client has is shared however old it is."""
    shared = SharedCaches(kept=2)
    used = shared.get("used", maker(clock))
    ids = {name: id(shared.get(name, maker(clock))) for name in ("old", "new")}
    shared.get("used", maker(clock))
    assert id(shared.get("new", maker(clock))) == ids["new"]
    gc.collect()
    assert shared.get("used", maker(clock)) is used
    assert set(shared._used) == {"new", "used"}


def test_the_latest_used_are_kept(clock: TestClock) -> None:
    """What a client asks for again stays longer than what none has asked for since."""
    shared = SharedCaches(kept=2)
    for name in ("often", "once", "often", "new"):
        shared.get(name, maker(clock))
    gc.collect()
    assert set(shared._used) == {"often", "new"}


class Held:
    """A session that a thread of the parent is asking at the time of the fork."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go = threading.Event()
        self.parent = os.getpid()

    def get_credentials(self) -> Any:
        if os.getpid() == self.parent:
            self.asked.set()
            self.go.wait(30)
        return Frozen()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_fork_in_the_middle(clock: TestClock) -> None:
    """The child of a process that was asking asks for itself: neither a lock nor a thread of the parent is missing."""
    session = Held()
    cache = SHARED.get("fork", lambda: CredentialsCache(session, clock=clock))

    async def ask() -> int:
        getting = asyncio.ensure_future(cache.get())
        assert await asyncio.to_thread(session.asked.wait, 30)
        with SHARED._lock, cache._lock:
            child = os.fork()
            if child == 0:
                os._exit(in_child(cache))
        session.go.set()
        assert (await getting).access_key == "AKID"
        return child

    def in_child(cache: CredentialsCache) -> int:
        code = 1

        def run() -> None:
            nonlocal code
            got = asyncio.run(asyncio.wait_for(cache.get(), 10))
            code = 0 if got.access_key == "AKID" and SHARED.get("fork", maker(clock)) is cache else 2

        # Not in the thread of the fork, in which the parent's loop still counts as running.
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(15)
        return code

    child = asyncio.run(ask())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
