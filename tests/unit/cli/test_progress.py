"""How far something is."""

from __future__ import annotations

import io

import pytest

from aiosagemaker.cli import progress
from aiosagemaker.cli.progress import Counting, StatusLine, clock, size, transfer


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(progress, "FIRST_AFTER", 0)
    monkeypatch.setattr(progress, "_BETWEEN", 0)


def test_a_line_is_written_over_and_removed() -> None:
    """Each text replaces the one before, cut to the width, and nothing of it obeys or remains."""
    out = Terminal()
    line = StatusLine(out, first_after=0)
    line.show("a" * 100)
    line.show("b\x1b\n")
    line.end()
    assert out.getvalue() == f"\r\x1b[K{'a' * 39}\r\x1b[Kb\\x1b\r\x1b[K"
    line.end("done")
    assert out.getvalue().endswith("\r\x1b[Kdone\n")


@pytest.mark.parametrize("environ", [{}, {"TERM": "dumb"}])
def test_what_is_no_terminal_gets_nothing(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, and a terminal that cannot go back, stay clean."""
    out = Terminal() if environ else io.StringIO()
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    line = StatusLine(out, first_after=0)
    line.show("a")
    line.end("b")
    assert out.getvalue() == ""


def test_what_is_quick_shows_nothing() -> None:
    """Before its time no line appears, nor one to remove."""
    out = Terminal()
    line = StatusLine(out, first_after=60)
    line.show("a")
    line.end()
    assert out.getvalue() == ""


def test_items_and_bytes_are_counted() -> None:
    """A listing says how many items and pages, a transfer how many bytes of how many."""
    out = Terminal()
    counting = Counting(out)
    counting.saw(100)
    counting.saw(1000)
    counting.clear()
    with transfer("sent", 2_000_000, out) as moved:
        moved(500_000)
    assert "100 items on 1 page so far" in out.getvalue()
    assert "1,100 items on 2 pages so far" in out.getvalue()
    assert "sent 500.0 kB of 2.0 MB (25 %)" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K")


def test_times_and_sizes_are_for_people() -> None:
    """Hours only where there are any; three digits and a unit."""
    assert [clock(seconds) for seconds in (0, 61, 3723)] == ["0:00", "1:01", "1:02:03"]
    assert [size(count) for count in (0, 999, 1000, 1_500_000, 2_000_000_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "1.5 MB",
        "2.0 GB",
    ]
