"""What is redrawn in place on a terminal, by rich."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from .failures import UsageError

try:
    from rich.bar import Bar
    from rich.console import Console, ConsoleOptions, Group
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text
except ImportError as missing:
    raise UsageError("live views and tables need rich: pip install 'aiosagemaker[cli]'") from missing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import TextIO

    from ..sagemaker.endpoint_waits import VariantSnapshot
    from .watching import Watch

_STYLES = {"InService": "bold green", "Failed": "bold red", "OutOfService": "red", "UpdateRollbackFailed": "bold red"}
_EVENTS = 12
"""How many of the latest events are shown."""


def make_console(color: str, file: TextIO, **settings: Any) -> Console:
    """A console that writes to the file, with colours as `--color` wants them."""
    system: Any = {"on": "standard", "off": None}.get(color, "auto")
    return Console(file=file, color_system=system, highlight=False, emoji=False, markup=False, **settings)


@contextlib.contextmanager
def status_line(title: str, color: str, file: TextIO) -> Generator[Callable[[Any], None]]:
    """One line of the latest status and the elapsed time, gone afterwards; the value is told of each poll."""
    line = _StatusLine(title)
    with Live(line, console=make_console(color, file), refresh_per_second=4, transient=True):
        yield line.saw


class _StatusLine:
    def __init__(self, title: str) -> None:
        self._title = title
        self._status = "asking"
        self._since = time.monotonic()

    def saw(self, response: object) -> None:
        """Show the response's status."""
        names = [name for name in dir(type(response)) if name.endswith("_status") and not name.startswith(("_", "w"))]
        found = (getattr(response, name) for name in sorted(names, key=len))
        self._status = next((str(value) for value in found if isinstance(value, str)), self._status)

    def __rich__(self) -> Text:
        text = Text(f"{self._title}: ", no_wrap=True, overflow="ellipsis")
        text.append(self._status, _STYLES.get(self._status, "yellow"))
        return text.append(f", {clock(time.monotonic() - self._since)}")


def clock(seconds: float) -> str:
    """`1:02:03`, or `2:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextlib.contextmanager
def watch_view(watch: Watch, color: str, file: TextIO) -> Generator[None]:
    """The whole screen while the block runs; then the last state stays in the ordinary text."""
    console = make_console(color, file)
    view = _WatchView(watch)
    # A screen of its own survives any change of the terminal's size, and leaves what was there before untouched.
    with Live(view, console=console, screen=True, refresh_per_second=4):
        yield
    console.print(view)


class _WatchView:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._since = time.monotonic()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Group]:
        yield self._group(max(0, min(16, (options.max_width - 40) // 2)))

    def _group(self, bar: int) -> Group:
        watch, snapshot = self._watch, self._watch.snapshot
        head = Text(f"{watch.name}  ", style="bold", no_wrap=True, overflow="ellipsis")
        status = watch.status
        head.append(status or "asking", _STYLES.get(status, "yellow"))
        head.append(f"  {clock(time.monotonic() - self._since)}", "dim")
        parts: list[Any] = [head]
        if snapshot is not None:
            parts.append(_variants("variant", snapshot.variants, bar))
            if snapshot.shadow_variants:
                parts.append(_variants("shadow", snapshot.shadow_variants, bar))
            pending = snapshot.pending_deployment
            if pending is not None:
                parts.append(Text(f"pending deployment: {pending.endpoint_config_name}", "cyan"))
                parts.append(_variants("to come", coming(pending), bar))
        events = watch.events[-_EVENTS:]
        parts += [Text(""), *(Text(f"{at:%H:%M:%S}  {text}", no_wrap=True, overflow="ellipsis") for at, text in events)]
        return Group(*parts)


def coming(pending: Any) -> list[VariantSnapshot]:
    """The variants of a pending deployment, which the service describes as it does those that serve."""
    from ..sagemaker.endpoint_waits import VariantSnapshot

    return [VariantSnapshot.of(variant) for variant in pending.production_variants or ()]


def _variants(title: str, variants: Any, bar: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(title, no_wrap=True, overflow="ellipsis")
    for name in ("instances", "weight"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
        if bar:
            table.add_column("", width=bar)
    heaviest = max((_largest(v.current_weight, v.desired_weight) for v in variants), default=0)
    for variant in variants:
        cells = [*_instances(variant, bar), *_weight(variant, heaviest, bar)]
        table.add_row(variant.name, *(cells if bar else cells[::2]))
    return table


def _instances(variant: VariantSnapshot, bar: int) -> tuple[str, Any]:
    current, desired = variant.current_instance_count, variant.desired_instance_count
    return _change(current, desired), _bar(current, _largest(current, desired), bar)


def _weight(variant: VariantSnapshot, heaviest: float, bar: int) -> tuple[str, Any]:
    return _change(variant.current_weight, variant.desired_weight), _bar(variant.current_weight, heaviest, bar)


def _largest(*values: float | None) -> float:
    return max((value for value in values if value is not None), default=0)


def _change(current: float | None, desired: float | None) -> str:
    shown = "-" if current is None else f"{current:g}"
    return shown if desired is None or desired == current else f"{shown} of {desired:g}"


def _bar(value: float | None, whole: float, width: int) -> Any:
    return Bar(whole, 0, value or 0, color="green", width=width) if whole and width else ""
