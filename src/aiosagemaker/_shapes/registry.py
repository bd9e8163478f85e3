"""What the modules of this package need of the namespace that builds the classes, without knowing how it does."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from .schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._errors import Violation
    from .schema import ShapeRow
    from .view import View

    Checker = Callable[[Any, Any, list[Violation]], None]
    """Collects the violations of a value at a path."""
    Converter = Callable[[Any], Any]
    """What a constructor does to a value."""
    Document = Callable[["Registry", str], str]
    """Puts a shape into words."""
    Newer = Callable[["Registry", str, str], str]
    """Says what to do for a name that the table lacks; see `Registry.newer`."""
    MakeView = Callable[[Any], View]
    """Chooses how a structure is shown."""


class Conversions(Protocol):
    """The other forms of a structure."""

    def to_dict(self, value: Any, /) -> dict[str, Any]: ...
    def from_dict(self, cls: Any, value: Mapping[str, Any], /) -> Any: ...
    def to_json(self, value: Any, /) -> str: ...
    def from_json(self, cls: Any, text: str | bytes, /) -> Any: ...
    def validate(self, value: Any, /) -> None: ...


class Display(Protocol):
    """How structures are shown."""

    def html(self, value: Any, /) -> str: ...
    def pretty(self, value: Any, printer: Any, /) -> None: ...


class Registry(ABC):
    """The rows of one service, what follows from them, and the classes by name.

    A class lives in `module`, which is where pickles look for it.
    """

    def __init__(
        self,
        module: str,
        schema: Schema | Callable[[], Schema],
        document: Document | None = None,
        newer: Newer | None = None,
    ) -> None:
        """`schema` may be a function, which is called when the table is first needed; `document` writes docstrings."""
        self.module = module
        self._source = schema
        self._document = document
        self._newer = newer
        self._sensitive: dict[str, bool] = {}
        self._holds_sensitive: dict[str, bool] = {}
        self.checkers: dict[tuple[str, bool], Checker] = {}

    @functools.cached_property
    @abstractmethod
    def conversions(self) -> Conversions:
        """What converts and validates structures."""

    @functools.cached_property
    @abstractmethod
    def display(self) -> Display:
        """What shows structures in notebooks and terminals."""

    @abstractmethod
    def view(self, name: str) -> MakeView | None:
        """What shows a structure of the shape, where not simply its members are shown."""

    @abstractmethod
    def __getitem__(self, name: str) -> Any:
        """The class for a structure, an enum or an error. Raises KeyError for any other name."""

    @abstractmethod
    def converter(self, name: str) -> Converter | None:
        """What a constructor does to a value of the shape, or None for nothing."""

    @functools.cached_property
    def schema(self) -> Schema:
        """The table, read on first use."""
        return self._source if isinstance(self._source, Schema) else self._source()

    def document(self, name: str) -> str | None:
        """The docstring of the class for a shape; None where nothing writes any."""
        return None if self._document is None else self._document(self, name)

    @property
    def installed_model(self) -> str:
        """The botocore whose model this is, if it was read at run time; empty for a table that is shipped."""
        metadata = self.schema.metadata
        return metadata.get("botocore", "") if metadata.get("installed") else ""

    def newer(self, section: str, name: str) -> str:
        """Where there is what the table lacks, and how to have it, for the end of a message; empty where it is nowhere.

        `section` is `shapes`, `methods` (of the client) or the structure whose member, by either name, is asked for.
        """
        return "" if self._newer is None else self._newer(self, section, name)

    @functools.cached_property
    def shapes(self) -> Mapping[str, ShapeRow]:
        """The shapes' rows."""
        return self.schema.shapes

    @functools.cached_property
    def public_names(self) -> list[str]:
        """Every structure and enum, sorted."""
        return sorted(
            name for name, row in self.shapes.items() if row["type"] in ("structure", "enum") and "error" not in row
        )

    @functools.cached_property
    def error_names(self) -> list[str]:
        """Every error that the model names, sorted."""
        return sorted(name for name, row in self.shapes.items() if "error" in row)

    def is_error(self, name: str) -> bool:
        """Whether the model names an error so."""
        return name in self.shapes and "error" in self.shapes[name]

    def is_sensitive(self, name: str) -> bool:
        """Whether a value of the shape must never be shown, itself or in a list or map."""
        try:
            return self._sensitive[name]
        except KeyError:
            row = self.shapes[name]
            inner = (row[part] for part in ("item", "value") if part in row)
            found = self._sensitive[name] = bool(row.get("sensitive")) or any(map(self.is_sensitive, inner))
            return found

    def holds_sensitive(self, name: str) -> bool:
        """Whether a value of the shape has a part, however deep, that must never be shown."""
        try:
            return self._holds_sensitive[name]
        except KeyError:
            seen: set[str] = set()
            unseen = [name]
            while unseen:
                shape = unseen.pop()
                if shape not in seen:
                    seen.add(shape)
                    row = self.shapes[shape]
                    unseen += [member["shape"] for member in row["members"].values()]
                    unseen += [row[part] for part in ("item", "value") if part in row]
            found = self._holds_sensitive[name] = any(self.shapes[shape].get("sensitive") for shape in seen)
            return found
