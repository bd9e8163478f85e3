"""How far something is: one line of standard error, where that is a terminal, gone or final afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from typing import TYPE_CHECKING

from .printable import encodable, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import TextIO

FIRST_AFTER = 0.5
"""Seconds for which nothing is shown: what is quick needs no line."""
_BETWEEN = 0.1
_CLEAR = "\r\x1b[K"


class StatusLine:
    """A line that is written over. Where the stream is no terminal nothing is written."""

    def __init__(self, out: TextIO, *, first_after: float | None = None) -> None:
        """`first_after`: seconds before the line appears; `FIRST_AFTER` when left out."""
        self._out = out
        self.live: bool = out.isatty() and os.environ.get("TERM") != "dumb"
        self._next = time.monotonic() + (FIRST_AFTER if first_after is None else first_after)
        self._shown = False

    def show(self, text: str) -> None:
        """Write it over the line, cut to the terminal's width; what comes too soon after the last is passed over."""
        now = time.monotonic()
        if not self.live or now < self._next:
            return
        self._next = now + _BETWEEN
        self._shown = True
        columns = shutil.get_terminal_size().columns
        self._write(_CLEAR + encodable(one_line(text), self._out)[: columns - 1])

    def end(self, text: str = "") -> None:
        """Remove the line; leave `text`, if there is any, in its place."""
        if self.live and (self._shown or text):
            self._shown = False
            self._write(_CLEAR + (encodable(one_line(text), self._out) + "\n" if text else ""))

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Counting:
    """A line of how many items and pages of a listing have come."""

    def __init__(self, out: TextIO) -> None:
        self._line = StatusLine(out)
        self._items = 0
        self._pages = 0

    def saw(self, items: int) -> None:
        """Count a page and its items."""
        self._items += items
        self._pages += 1
        pages = f"{self._pages:,} page{'' if self._pages == 1 else 's'}"
        self._line.show(f"{self._items:,} items on {pages} so far")

    def clear(self) -> None:
        """Remove the line, for what is printed next."""
        self._line.end()


@contextlib.contextmanager
def transfer(verb: str, total: int | None, out: TextIO) -> Generator[Callable[[int], None]]:
    """A line of how many bytes have gone or come, of `total` if that is known; the value is told of each piece."""
    line, done = StatusLine(out), 0
    whole = f" of {size(total)}" if total else ""

    def moved(count: int) -> None:
        nonlocal done
        done += count
        percent = f" ({100 * done // total} %)" if total else ""
        line.show(f"{verb} {size(done)}{whole}{percent}")

    try:
        yield moved
    finally:
        line.end()


def size(count: int) -> str:
    """A number of bytes for people: `12 B`, `3.4 MB`."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"


def clock(seconds: float) -> str:
    """`1:02:03`, or `2:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
