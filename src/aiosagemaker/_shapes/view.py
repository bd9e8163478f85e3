"""What is shown of a value: facts, and tables of what is a list."""

from __future__ import annotations

import attrs

Fact = tuple[str, object]
"""A name and its value."""


@attrs.frozen
class Table:
    """A list, an item a row. What an item lacks is None."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@attrs.frozen
class View:
    """One value."""

    title: str
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...] = ()
