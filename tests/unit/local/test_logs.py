"""What instances write, kept by group and stream."""

from __future__ import annotations

from aiosagemaker import Clock
from aiosagemaker.local._logs import LINES, Logs, component_group, endpoint_group
from aiosagemaker.local._pace import Pace


def test_logs() -> None:
    """A group's lines come with their streams, numbered in the order in which they were written."""
    logs = Logs(Pace(Clock(), 1, 1))
    one, two = (logs.writer(endpoint_group("e"), f"v/{name}") for name in ("i-1", "i-2"))
    one("first")
    two("second")
    one("third")
    found = sorted(logs.lines("/aws/sagemaker/Endpoints/e"), key=lambda item: item[1].number)
    assert [(stream, line.text) for stream, line in found] == [
        ("v/i-1", "first"),
        ("v/i-2", "second"),
        ("v/i-1", "third"),
    ]
    assert not list(logs.lines(component_group("e")))


def test_only_the_last_lines() -> None:
    """A stream keeps its last lines, so that a server that writes for ever does not fill the memory."""
    logs = Logs(Pace(Clock(), 1, 1))
    write = logs.writer("g", "s")
    for number in range(LINES + 5):
        write(str(number))
    texts = [line.text for _, line in logs.lines("g")]
    assert (len(texts), texts[0], texts[-1]) == (LINES, "5", str(LINES + 4))
