"""Answers as tables, by rich."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import ASCII, SQUARE
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table

from ._live import make_console
from .plain import is_dict, is_list

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

_WIDEST = 100_000


def write_table(title: str, value: Any, out: TextIO, color: str) -> None:
    """A table for each structure or list of structures, what is nested in it indented below it."""
    if value is None or value in ({}, []):
        return
    unicode = (out.encoding or "").lower().startswith("utf")
    console = make_console(color, out)
    for table, depth in _tables(title, value, 0, SQUARE if unicode else ASCII):
        padded = Padding(table, (0, 0, 0, 2 * depth), expand=False)
        if not console.is_terminal:
            # In a file or a pipe nothing is cut or wrapped, so that names can be searched for.
            console = make_console(color, out, width=_WIDEST)
            console.width = Measurement.get(console, console.options, padded).maximum
        console.print(padded)


def _tables(title: str, value: Any, depth: int, box: Any) -> Iterator[tuple[Table, int]]:
    if is_dict(value):
        yield from _of_structures(title, [value], depth, box)
    elif is_list(value) and any(is_dict(item) for item in value):
        yield from _of_structures(title, [item for item in value if is_dict(item)], depth, box)
    else:
        table = Table(title=title or None, box=box, show_header=False, title_justify="left", min_width=len(title))
        for item in value if is_list(value) else [value]:
            table.add_row(*map(str, item)) if is_list(item) else table.add_row(str(item))
        yield table, depth


def _of_structures(title: str, items: list[dict[str, Any]], depth: int, box: Any) -> Iterator[tuple[Table, int]]:
    flat = sorted({key for item in items for key in item if not isinstance(item[key], (dict, list))})
    nested = sorted({key for item in items for key in item if isinstance(item[key], (dict, list))})
    # Items with tables of their own stand apart, each with its own above them.
    groups = [[item] for item in items] if nested else [items]
    for group in groups:
        if len(group) == 1 and depth == 0 and len(flat) > 3:
            table = Table(title=title or None, box=box, show_header=False, title_justify="left", min_width=len(title))
            for key in flat:
                table.add_row(key, str(group[0].get(key, "")))
            yield table, depth
        elif flat:
            table = Table(*flat, title=title or None, box=box, title_justify="left", min_width=len(title))
            for item in group:
                table.add_row(*(str(item.get(key, "")) for key in flat))
            yield table, depth
        for key in nested:
            for item in group:
                if item.get(key):
                    yield from _tables(key, item[key], depth + 1, box)
