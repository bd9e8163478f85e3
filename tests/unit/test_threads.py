"""Work in threads of its own."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading

import pytest

from aiosagemaker._threads import in_thread


async def test_result() -> None:
    """What the work returns is there for whoever waits, in the caller's context and off the caller's thread."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("mine")
    future = in_thread(lambda: (variable.get(), threading.current_thread()), "named")
    told, thread = await asyncio.wrap_future(future)
    assert (told, thread.name) == ("mine", "named")
    assert thread is not threading.current_thread()


async def test_error() -> None:
    """What the work raises is raised at whoever waits."""
    with pytest.raises(ZeroDivisionError):
        await asyncio.wrap_future(in_thread(lambda: 1 // 0, "named"))


async def test_giving_up_does_not_end_the_work() -> None:
    """One waiter's cancellation leaves the work to the others."""
    go = threading.Event()
    future = in_thread(lambda: go.wait(10), "named")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.wrap_future(future), 0.01)
    go.set()
    assert await asyncio.wrap_future(future) is True


def test_exit() -> None:
    """A program can end while the work hangs."""
    program = "import threading; from aiosagemaker._threads import in_thread; in_thread(threading.Event().wait, 'n')"
    assert subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode == 0
