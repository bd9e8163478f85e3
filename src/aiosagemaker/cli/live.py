"""A watch that is redrawn in place on a terminal, by rich."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from rich.bar import Bar
from rich.console import Console, ConsoleOptions, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from .console import make_console
from .printable import one_line
from .progress import clock
from .watch_state import KINDS, coming, shadows, variants

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import TextIO

    from .watch_state import Amount, Watch

_EVENTS = 12
"""How many of the latest events are shown."""
_STYLES = {"well": "bold green", "bad": "bold red", "way": "yellow"}


@contextlib.contextmanager
def watch_view(watch: Watch, color: str, file: TextIO) -> Generator[None]:
    """The whole screen while the block runs; the last state stays in the ordinary text, however the block ends."""
    console = make_console(color, file)
    view = _WatchView(watch)
    try:
        # A screen of its own survives any change of the terminal's size, and leaves what was there before untouched.
        with Live(view, console=console, screen=True, refresh_per_second=4):
            yield
    finally:
        console.print(view)


class _WatchView:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._since = time.monotonic()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Group]:
        yield self._group(max(0, min(16, (options.max_width - 40) // 2)))

    def _group(self, bar: int) -> Group:
        watch, response = self._watch, self._watch.response
        head = Text(f"{one_line(watch.name)}  ", style="bold", no_wrap=True, overflow="ellipsis")
        head.append(watch.status or "asking", _STYLES[watch.standing])
        head.append(f"  {clock(time.monotonic() - self._since)}", "dim")
        parts: list[Any] = [head]
        if watch.trouble:
            parts.append(Text(one_line(watch.trouble), "red"))
        if response is not None and watch.kind is KINDS["endpoint"]:
            if variants(response):
                parts.append(_table("variant", variants(response), bar))
            if shadows(response):
                parts.append(_table("shadow", shadows(response), bar))
            pending = response.pending_deployment_summary
            if pending is not None:
                parts.append(Text(f"pending deployment: {one_line(pending.endpoint_config_name)}", "cyan"))
                parts.append(_table("to come", coming(response), bar))
        parts += [Text(one_line(f"{name}: {state}"), no_wrap=True, overflow="ellipsis") for name, state in watch.steps]
        events = watch.events[-_EVENTS:]
        lines = (f"{at:%H:%M:%S}  {one_line(text)}" for at, text in events)
        parts += [Text(""), *(Text(line, no_wrap=True, overflow="ellipsis") for line in lines)]
        return Group(*parts)


def _table(title: str, amounts: list[Amount], bar: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(title, no_wrap=True, overflow="ellipsis")
    for name in ("instances", "weight"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
        if bar:
            table.add_column("", width=bar)
    heaviest = max((_largest(each.weight, each.wanted_weight) for each in amounts), default=0)
    for each in amounts:
        cells = [
            _change(each.instances, each.wanted_instances),
            _bar(each.instances, _largest(each.instances, each.wanted_instances), bar),
            _change(each.weight, each.wanted_weight),
            _bar(each.weight, heaviest, bar),
        ]
        table.add_row(Text(one_line(each.name)), *(cells if bar else cells[::2]))
    return table


def _largest(*values: float | None) -> float:
    return max((value for value in values if value is not None), default=0)


def _change(current: float | None, desired: float | None) -> str:
    shown = "-" if current is None else f"{current:g}"
    return shown if desired is None or desired == current else f"{shown} of {desired:g}"


def _bar(value: float | None, whole: float, width: int) -> Any:
    return Bar(whole, 0, value or 0, color="green", width=width) if whole and width else ""
