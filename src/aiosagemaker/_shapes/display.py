"""Structures in notebooks and terminals: as HTML, and as text for IPython.

It is imported when something is shown, and not before.
"""

from __future__ import annotations

import html as escaping
import shutil
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import attrs

from .structure import Response, Structure, shown_members
from .view import Table, View

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

MOST_CHARACTERS = 200
"""Of a text that are shown; the value itself stays whole."""
MOST_ROWS = 200
"""Of a table that are shown."""
NARROWEST = 8
"""The characters to which a column of texts is cut where a terminal is narrow."""
_GAP = 2
"""The spaces before each column."""
ELLIPSIS = "..."
"""What stands for the rest; every terminal has it."""
_SCALARS: Any = (str, bytes, bytearray, bool, int, float, datetime)


def members_view(value: Structure, without: Collection[str] = ()) -> View:
    """The members that are set, but for some: lists of structures as tables."""
    shown = [(name, entry) for name, entry in shown_members(value) if name not in without]
    return View(
        type(value).__name__,
        tuple((name, entry) for name, entry in shown if not is_listing(entry)),
        tuple(table(name, cast("Sequence[Structure]", entry)) for name, entry in shown if is_listing(entry)),
    )


def table(name: str, items: Sequence[Structure]) -> Table:
    """Structures of one kind; the columns are the members that any of them has."""
    rows = [dict(shown_members(item)) for item in items]
    found = {column for row in rows for column in row}
    first = items[0]
    columns = [each["name"] for each in first.__namespace__.shapes[first.__shape__]["members"].values()]
    columns = [column for column in columns if column in found]
    return Table(name, tuple(columns), tuple(tuple(row.get(column) for column in columns) for row in rows))


def is_listing(value: object) -> bool:
    """Whether the value is a list of structures of one kind, and has any."""
    if not isinstance(value, (tuple, list)):
        return False
    items = cast("Sequence[object]", value)
    kinds = set(map(type, items))
    return len(kinds) == 1 and isinstance(items[0], Structure)


def html(value: Structure) -> str:
    """A structure for a notebook."""
    return view_html(_view(value))


def view_html(view: View) -> str:
    """A view for a notebook."""
    parts = [f"<p><b>{_escaped(view.title)}</b></p>"] if view.title else []
    if view.facts:
        parts.append(_facts_html(view.facts))
    for each in view.tables:
        parts += [f"<p>{_escaped(each.name)}: {len(each.rows):,}</p>", _table_html(each)]
    return "".join(parts)


def pretty(value: Structure, printer: Any) -> None:
    """Show a structure by IPython's printer, as tables where it has some and nothing is around it."""
    view = _view(value) if _is_alone(printer) and _has_tables(value) else None
    if view is not None:
        print_view(view, printer)
        return
    name = type(value).__name__
    with printer.group(len(name) + 1, f"{name}(", ")"):
        for index, (member, entry) in enumerate(shown_members(value)):
            if index:
                printer.text(",")
                printer.breakable()
            printer.text(f"{member}=")
            printer.pretty(entry)


def listing_html(items: Sequence[Any]) -> str | None:
    """A list of structures for a notebook; None if it is none."""
    return view_html(_listing_view(items)) if is_listing(items) else None


def pretty_listing(items: Sequence[Any], printer: Any) -> None:
    """Show a list by IPython's printer: of structures as a table, where nothing is around it."""
    if _is_alone(printer) and is_listing(items):
        print_view(_listing_view(items), printer)
    else:
        printer.pretty([*items])


def _listing_view(items: Sequence[Structure]) -> View:
    return View("", (), (table(type(items[0]).__name__, items),))


def print_view(view: View, printer: Any) -> None:
    """Show a view by IPython's printer."""
    width = shutil.get_terminal_size((printer.max_width + 1, 0)).columns - 1
    for index, line in enumerate(_lines(view, width)):
        if index:
            printer.break_()
        printer.text(line)


def _view(value: Structure) -> View:
    make = value.__namespace__.view(value.__shape__)
    return members_view(value) if make is None else make(value)


def _has_tables(value: Structure) -> bool:
    """Whether it is shown in its own way, or is an answer that is a list and a few plain facts."""
    if value.__namespace__.view(value.__shape__) is not None:
        return True
    entries = [entry for _, entry in shown_members(value)]
    others = [entry for entry in entries if not is_listing(entry)]
    return isinstance(value, Response) and len(others) == len(entries) - 1 and all(map(_is_scalar, others))


def _is_alone(printer: Any) -> bool:
    return len(printer.stack) == 1


def _is_scalar(value: object) -> bool:
    return isinstance(value, _SCALARS)


# HTML

_LEFT = ' style="text-align: left"'  # notebooks set the cells of tables to the right


def _facts_html(facts: Iterable[tuple[str, object]]) -> str:
    rows = (f"<tr><th{_LEFT}>{_escaped(name)}</th><td{_LEFT}>{_value_html(value)}</td></tr>" for name, value in facts)
    return f"<table>{''.join(rows)}</table>"


def _table_html(shown: Table) -> str:
    head = "".join(f"<th{_LEFT}>{_escaped(column)}</th>" for column in shown.columns)
    rows = ["".join(f"<td{_LEFT}>{_escaped(_text(value))}</td>" for value in row) for row in shown.rows[:MOST_ROWS]]
    if more := _more(shown):
        rows.append(f'<td{_LEFT} colspan="{len(shown.columns)}">{_escaped(more)}</td>')
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _value_html(value: object) -> str:
    plain = value  # which the checks below do not narrow to a type with unknown parts
    if is_listing(value):
        return _table_html(table("", cast("Sequence[Structure]", value)))
    if isinstance(value, Structure):
        return view_html(attrs.evolve(_view(value), title=""))
    if isinstance(value, Mapping) and value:
        return _facts_html(cast("Mapping[str, object]", value).items())
    return _escaped(_text(plain))


def _escaped(text: str) -> str:
    return escaping.escape(text)


# Text


def _lines(view: View, width: int) -> Iterator[str]:
    if view.title:
        yield view.title
    longest = max((len(name) for name, _ in view.facts), default=0)
    for name, value in view.facts:
        yield _cut(f"  {name:{longest}}  {printable(_text(value))}", width)
    for index, each in enumerate(view.tables):
        if index or view.title:
            yield ""
        yield f"{each.name}: {len(each.rows):,}"
        yield from _table_lines(each, width)


def _table_lines(shown: Table, width: int) -> Iterator[str]:
    rows = [[printable(_text(value)) for value in row] for row in shown.rows[:MOST_ROWS]]
    columns = [[name, *column] for name, column in zip(shown.columns, zip(*rows, strict=True), strict=True)]
    # Numbers, times and states would mean something else if they were cut; their names may be.
    floors = [
        NARROWEST if any(type(row[index]) is str for row in shown.rows) else max(map(len, column[1:]))
        for index, column in enumerate(columns)
    ]
    widths = [max(map(len, column)) for column in columns]
    excess = sum(widths) + _GAP * len(widths) - width
    if excess > 0 and any(map(_is_arn, shown.columns)) and not all(map(_is_arn, shown.columns)):
        yield from _table_lines(_without_arns(shown), width)
        return
    while excess > 0 and (wide := [index for index, least in enumerate(floors) if widths[index] > least]):
        widths[max(wide, key=widths.__getitem__)] -= 1
        excess -= 1
    for cells in zip(*columns, strict=True):
        padded = (f"{_cut(cell, most):{most}}" for cell, most in zip(cells, widths, strict=True))
        yield "".join(" " * _GAP + cell for cell in padded).rstrip()
    if more := _more(shown):
        yield " " * _GAP + more


def _is_arn(column: str) -> bool:
    return column.endswith("_arn")


def _without_arns(shown: Table) -> Table:
    """The table without what takes most of a line, and tells little more than the name beside it."""
    kept = [index for index, column in enumerate(shown.columns) if not _is_arn(column)]
    rows = tuple(tuple(row[index] for index in kept) for row in shown.rows)
    return Table(shown.name, tuple(shown.columns[index] for index in kept), rows)


def _more(shown: Table) -> str:
    left = len(shown.rows) - MOST_ROWS
    return f"{ELLIPSIS} {left:,} more" if left > 0 else ""


def _text(value: object) -> str:
    """A value in words, cut where it is long."""
    whole = value  # not narrowed, as above
    if value is None:
        return ""
    if isinstance(value, str):
        return _cut(str(value), MOST_CHARACTERS)
    if isinstance(value, (bytes, bytearray)):
        return _cut(repr(value[:MOST_CHARACTERS]), MOST_CHARACTERS)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds").replace("+00:00", "Z")
    if isinstance(value, tuple) and all(map(_is_scalar, cast("tuple[object, ...]", value))):
        return _cut(", ".join(map(_text, cast("tuple[object, ...]", value))), MOST_CHARACTERS)
    return _cut(repr(whole), MOST_CHARACTERS)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(ELLIPSIS)] + ELLIPSIS


def printable(text: str) -> str:
    """The text in one line: a terminal would obey what a service's text has of control characters."""
    return text if text.isprintable() else repr(text)[1:-1]
