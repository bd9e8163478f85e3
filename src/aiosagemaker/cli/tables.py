"""Answers as tables, by rich. Nothing is cut: a terminal that is too narrow gets long values folded, or records one
below another; a file gets tables as wide as their values, so that names can be searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import ASCII, SQUARE, Box
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .console import is_unicode, make_console
from .plain import is_dict, is_list
from .printable import encodable, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

_WIDEST = 100_000
_NARROWEST = 12
"""The fewest characters of a column in which a longer value can still be read."""
_MOST_COLUMNS = 3
"""A single structure with more members is shown as a list of them."""


def write_table(title: str, value: Any, out: TextIO, color: str) -> None:
    """A table for each structure or list of structures, what is nested in it indented below it."""
    if value is None or value in ({}, []):
        return
    console = make_console(color, out)
    width = console.width if console.is_terminal else _WIDEST
    for table, depth in _Tables(SQUARE if is_unicode(out) else ASCII, width, out).of(title, value, 0):
        padded = Padding(table, (0, 0, 0, 2 * depth), expand=False)
        if not console.is_terminal:
            console = make_console(color, out, width=_WIDEST)
            console.width = Measurement.get(console, console.options, padded).maximum
        console.print(padded)


class _Tables:
    def __init__(self, box: Box, width: int, out: TextIO) -> None:
        self._box = box
        self._width = width
        self._out = out

    def of(self, title: str, value: Any, depth: int) -> Iterator[tuple[Table, int]]:
        if is_dict(value):
            yield from self._structures(title, [value], depth)
        elif is_list(value) and any(is_dict(item) for item in value):
            yield from self._structures(title, [item for item in value if is_dict(item)], depth)
        else:
            table = self._table(title, header=False)
            for item in value if is_list(value) else [value]:
                table.add_row(*map(self._cell, item if is_list(item) else [item]))
            yield table, depth

    def _structures(self, title: str, items: list[dict[str, Any]], depth: int) -> Iterator[tuple[Table, int]]:
        flat = sorted({key for item in items for key in item if not isinstance(item[key], (dict, list))})
        nested = sorted({key for item in items for key in item if isinstance(item[key], (dict, list))})
        # Items with tables of their own stand apart, each with its own above them.
        groups = [[item] for item in items] if nested else [items]
        for group in groups:
            if flat:
                yield self._records(title, flat, group, depth), depth
            for key in nested:
                for item in group:
                    if item.get(key):
                        yield from self.of(key, item[key], depth + 1)

    def _records(self, title: str, keys: list[str], items: list[dict[str, Any]], depth: int) -> Table:
        """The items with their members beside one another if they fit, otherwise below one another."""
        lone = len(items) == 1 and depth == 0 and len(keys) > _MOST_COLUMNS
        if not lone and self._fits(keys, items, depth):
            table = self._table(title, *keys)
            for item in items:
                table.add_row(*(self._cell(item.get(key, "")) for key in keys))
            return table
        table = self._table(title, header=False)
        for item in items:
            for key in keys:
                table.add_row(key, self._cell(item.get(key, "")), end_section=key == keys[-1])
        return table

    def _fits(self, keys: list[str], items: list[dict[str, Any]], depth: int) -> bool:
        # A column is as wide as its head at least, and has a border and a blank on either side.
        needed = sum(
            max(len(key), min(_NARROWEST, max(len(str(item.get(key, ""))) for item in items))) + 3 for key in keys
        )
        return needed + 1 + 2 * depth <= self._width

    def _table(self, title: str, *keys: str, header: bool = True) -> Table:
        width = min(len(title), self._width - 4)
        return Table(
            *keys, title=title or None, box=self._box, show_header=header, title_justify="left", min_width=width
        )

    def _cell(self, value: Any) -> Text:
        return Text(encodable(printable(str(value)), self._out), overflow="fold")
