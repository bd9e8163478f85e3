"""A shape of the table, as the readers of values see it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._shapes.registry import Registry
    from .._shapes.schema import ShapeRow
    from .shorthand import Kind

SCALARS = frozenset({"blob", "boolean", "double", "float", "integer", "long", "string", "timestamp"})


class RowShape:
    """One shape by its row; the rows of what it holds are read when they are asked for."""

    def __init__(self, namespace: Registry, name: str) -> None:
        self.namespace = namespace
        self.name = name

    @functools.cached_property
    def row(self) -> ShapeRow:
        """The shape's row."""
        return self.namespace.shapes[self.name]

    @property
    def kind(self) -> Kind:
        """The shape's type; an enum is text."""
        kind = self.row["type"]
        return "string" if kind == "enum" else kind

    @property
    def members(self) -> Mapping[str, RowShape]:
        """A structure's members, by their wire names."""
        return self._members

    @functools.cached_property
    def _members(self) -> Mapping[str, RowShape]:
        members = self.row["members"]
        return {name: RowShape(self.namespace, member["shape"]) for name, member in members.items()}

    @property
    def item(self) -> RowShape:
        """What a list holds."""
        return RowShape(self.namespace, self.row["item"])

    @property
    def value(self) -> RowShape:
        """What a map's keys lead to."""
        return RowShape(self.namespace, self.row["value"])

    @property
    def values(self) -> list[str]:
        """What an enum may be; empty for any other shape."""
        return list(self.row.get("values", {}).values())
