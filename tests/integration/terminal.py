"""A command in a pseudo-terminal, and what a person would see in it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from typing import TYPE_CHECKING, Self

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

PATIENCE = 20.0
"""Seconds after which what did not come is taken not to come."""

_PROGRAM = "import sys; from aiosagemaker.cli import main; sys.exit(main())"


class Terminal:
    """`aiosagemaker <words>`, or another program, with a terminal for its standard streams."""

    def __init__(
        self,
        words: Sequence[str],
        environ: Mapping[str, str],
        columns: int = 100,
        rows: int = 30,
        *,
        program: Sequence[str] = (sys.executable, "-c", _PROGRAM),
    ) -> None:
        self.raw = b""
        """All that was written."""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._code: int | None = None
        size = struct.pack("HHHH", rows, columns, 0, 0)
        arguments = [*program, *words]
        # The child of a process with threads may do nothing but exec.
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            # A shell that runs something in the background lets it ignore Ctrl-C, and children inherit that.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(arguments[0], arguments, {**environ, "TERM": "xterm-256color"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._master)

    @property
    def lines(self) -> list[str]:
        """What is to be seen, without empty lines."""
        return [line.rstrip() for line in self._screen.display if line.strip()]

    @property
    def text(self) -> str:
        """What is to be seen."""
        return "\n".join(self.lines)

    def until(self, seen: Callable[[], bool]) -> None:
        """Read on until it is so. Fails with what is to be seen when it does not become so."""
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline, self.text
            assert self._read(0.05) or seen(), f"it has ended:\n{self.text}"

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size, as dragging its corner does."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self._master, keys)

    def end(self) -> int:
        """Read to the end; the exit code. Fails with what is to be seen when the end does not come."""
        deadline = time.monotonic() + PATIENCE
        while self._read(0.2) and time.monotonic() < deadline:
            pass
        while time.monotonic() < deadline:
            ended, status = os.waitpid(self._pid, os.WNOHANG)
            if ended:
                self._code = os.waitstatus_to_exitcode(status)
                return self._code
            time.sleep(0.01)
        raise AssertionError(f"it goes on:\n{self.text}")

    def _read(self, patience: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], patience)
        if not ready:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False  # Linux's way to say that the other end is closed
        self.raw += data
        self._stream.feed(data)
        return bool(data)
