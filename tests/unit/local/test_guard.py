"""The guard that runs every model server's process."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from aiosagemaker.local import _guard

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are POSIX")


def guarded(program: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(_guard.__file__)), sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def test_exit_status() -> None:
    """The guard ends as its command ends: with its status, or with 128 and the number of the signal."""
    for program, expected in (("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)):
        with guarded(program) as guard:
            assert guard.wait(10) == expected


def test_grandchildren() -> None:
    """What a command started ends with the command."""
    program = """
        import subprocess, sys
        print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
    """
    with guarded(program) as guard:
        assert guard.stdout is not None
        # The pipe's end is shared by all of them, so that its end is the end of them all.
        assert int(guard.stdout.read()) > 0
        assert guard.wait(10) == 0


def test_stubborn_command() -> None:
    """A command that does not end when it is asked to is ended, once the guard's input has closed."""
    program = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("ready", flush=True)
        time.sleep(60)
    """
    with guarded(program) as guard:
        assert guard.stdout is not None
        assert guard.stdin is not None
        guard.stdout.readline()
        guard.stdin.close()
        assert guard.wait(_guard.GRACE + 10) == 137


def test_told_to_stop() -> None:
    """Told to stop, the command has the time that is said; told again, the shorter one holds."""
    program = """
        import signal, time
        signal.signal(signal.SIGTERM, lambda *_: print("asked", flush=True))
        print("ready", flush=True)
        while True: time.sleep(60)
    """
    with guarded(program) as guard:
        assert guard.stdout is not None
        assert guard.stdin is not None
        guard.stdout.readline()
        guard.stdin.write(b"stop 3600\n")
        guard.stdin.flush()
        assert guard.stdout.readline() == b"asked\n"
        guard.stdin.write(b"stop 0.05\n")
        guard.stdin.flush()
        assert guard.wait(10) == 137


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_escaped_grandchildren() -> None:
    """What a command put into sessions of their own, twice removed, ends with it too."""
    program = """
        import os, sys, time
        told, telling = os.pipe()
        if not os.fork():
            os.setsid()
            if not os.fork():
                os.setsid()
                print(os.getpid(), flush=True)
                os.write(telling, b"x")
                time.sleep(60)
            os._exit(0)
        os.read(told, 1)
    """
    with guarded(program) as guard:
        assert guard.stdout is not None
        assert guard.wait(10) == 0
        # The pipe's end is held by the last of them.
        assert int(guard.stdout.read()) > 0
