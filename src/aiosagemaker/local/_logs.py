"""CloudWatch Logs: what instances write, in groups and streams."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._instances import Log
    from ._pace import Pace

LINES = 10_000
"""The lines that a stream keeps: the last ones."""


@attrs.frozen
class Line:
    """One event."""

    time: int
    """Milliseconds since the epoch."""
    text: str
    number: int
    """Its place among all lines."""


@attrs.define(eq=False)
class LogStream:
    """What one container wrote."""

    name: str
    created: int
    lines: deque[Line] = attrs.field(factory=lambda: deque(maxlen=LINES))


class Logs:
    """The groups, by name, and in each its streams."""

    def __init__(self, pace: Pace) -> None:
        self.groups: dict[str, dict[str, LogStream]] = {}
        self._pace = pace
        self._number = 0

    def writer(self, group: str, stream: str) -> Log:
        """Takes the lines of a stream, which begins with the first."""

        def write(text: str) -> None:
            self.write(group, stream, text)

        return write

    def write(self, group: str, stream: str, text: str) -> None:
        """Keep a line."""
        now = self.now()
        self._number += 1
        streams = self.groups.setdefault(group, {})
        streams.setdefault(stream, LogStream(stream, now)).lines.append(Line(now, text, self._number))

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return round(self._pace.clock.time() * 1000)

    def lines(self, group: str) -> Iterator[tuple[str, Line]]:
        """Every line of a group, with its stream's name."""
        for name, stream in self.groups.get(group, {}).items():
            for line in stream.lines:
                yield name, line


def endpoint_group(name: str) -> str:
    """The group of an endpoint: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html"""
    return f"/aws/sagemaker/Endpoints/{name}"


def component_group(name: str) -> str:
    """The group of an inference component, as above."""
    return f"/aws/sagemaker/InferenceComponents/{name}"
