"""The file that an answer's body goes to."""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
import sys
import tempfile
from typing import TYPE_CHECKING, Protocol

from .failures import Incomplete, UsageError
from .printable import encodable, printable

if TYPE_CHECKING:
    from collections.abc import Generator

STANDARD_OUTPUT = "-"
"""The name of a file to write to that is none."""


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""
        ...

    def flush(self) -> object:
        """Hand on what was taken."""
        ...


class Outfile:
    """One file to write to, checked before anything is sent."""

    def __init__(self, name: str) -> None:
        """`name` is a path, in which `~` stands for the home folder, or `-`.

        Raises:
            UsageError: it cannot be written to.
        """
        self.is_standard_output: bool = name == STANDARD_OUTPUT
        self._name = name
        # A symbolic link stays, and what it leads to is replaced.
        self._path = os.path.realpath(os.path.expanduser(name))
        self._in_place = False
        if not self.is_standard_output:
            self._check()

    def _check(self) -> None:
        folder = os.path.dirname(self._path)
        if not self._name or os.path.isdir(self._path):
            raise UsageError(f"The outfile {self._name or '(empty)'} is a folder; name a file in it")
        if not os.path.isdir(folder):
            raise UsageError(f"The outfile's folder {folder} does not exist")
        exists = os.path.exists(self._path)
        # What is no regular file, such as /dev/null or a pipe, cannot be replaced.
        regular = not exists or stat.S_ISREG(os.stat(self._path).st_mode)
        self._in_place = not regular or (exists and not os.access(folder, os.W_OK | os.X_OK))
        if not os.access(self._path if exists else folder, os.W_OK):
            raise UsageError(f"The outfile {self._name} cannot be written to")

    @contextlib.contextmanager
    def open(self) -> Generator[Sink]:
        """Where to write; the file itself is replaced when the block has ended well, and only then.

        What was written before a failure is kept beside it, and the failure names it.

        Raises:
            UsageError: no file can be made in the folder.
            Incomplete: the block failed after something was written.
        """
        if self.is_standard_output:
            yield _TerminalSink() if sys.stdout.isatty() else sys.stdout.buffer
        elif self._in_place:
            with open(self._path, "wb") as file:
                yield file
        else:
            yield from self._replacing()

    def _replacing(self) -> Generator[Sink]:
        folder, base = os.path.split(self._path)
        try:
            handle, part = tempfile.mkstemp(dir=folder, prefix=f".{base}.", suffix=".part")
        except OSError as error:
            raise UsageError(f"The outfile {self._name} cannot be written to: {error.strerror}") from error
        with open(handle, "wb") as file:
            try:
                yield file
                file.flush()
                os.chmod(part, _mode(self._path))
            except BaseException as error:
                size = file.tell()
                if not size or not isinstance(error, Exception):
                    os.unlink(part)
                    raise
                raise Incomplete(error, f"The {size} bytes that came before are in {part}.") from error
        os.replace(part, self._path)


def _mode(path: str) -> int:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


class _TerminalSink:
    """Standard output where it is a terminal: text, with what a terminal would obey escaped."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode

    def write(self, data: bytes, /) -> None:
        """Take bytes."""
        sys.stdout.write(encodable(printable(self._decode(data).replace("\r\n", "\n")), sys.stdout))

    def flush(self) -> None:
        """Hand on what was taken."""
        sys.stdout.flush()
