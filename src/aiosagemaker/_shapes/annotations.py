"""Annotations of the built classes: names in signatures, the types themselves when a class is asked for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .body import is_body
from .members import is_optional

if TYPE_CHECKING:
    from .registry import Registry
    from .schema import ShapeRow

_SCALARS: dict[str, type] = {
    "blob": bytes,
    "boolean": bool,
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": str,
    "timestamp": datetime,
}


class Annotations(dict[str, Any]):
    """A class's `__annotations__`, which builds the classes it names only when it is read."""

    def __init__(self, namespace: Registry, shape: str) -> None:
        super().__init__()
        self._namespace = namespace
        self._shape = shape
        self._is_filled = False

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        return self._filled()

    def _filled(self) -> dict[str, Any]:
        if not self._is_filled:
            row = self._namespace.shapes[self._shape]
            for member in row["members"].values():
                found = value_type(self._namespace, member["shape"])
                self[member["name"]] = found | None if is_optional(member) else found
            self._is_filled = True
        return self


def _filling(name: str) -> Callable[..., Any]:
    method = getattr(dict, name)

    def read(self: Any, *arguments: Any) -> Any:
        return method(self._filled(), *arguments)

    return read


# `inspect` and `typing` take the annotations out of the class's `__dict__`, past `__get__`.
for _name in (
    "__contains__",
    "__getitem__",
    "__iter__",
    "__len__",
    "__repr__",
    "copy",
    "get",
    "items",
    "keys",
    "values",
):
    setattr(Annotations, _name, _filling(_name))


def value_type(namespace: Registry, name: str) -> Any:
    """The type of a stored value of the shape."""
    row = namespace.shapes[name]
    kind = row["type"]
    if kind in ("structure", "enum"):
        return namespace[name]
    if kind == "list":
        sequence: Any = tuple
        return sequence[value_type(namespace, row["item"]), ...]
    if kind == "map":
        mapping: Any = Mapping
        return mapping[str, value_type(namespace, row["value"])]
    return _SCALARS.get(kind, Any)


def init_annotations(namespace: Registry, row: ShapeRow) -> dict[str, str]:
    """What the constructor takes, in words."""
    taken = {
        member["name"]: f"{member_type(namespace, row, wire_name)}{' | None' if is_optional(member) else ''}"
        for wire_name, member in row["members"].items()
    }
    if "response" in row:
        taken["response_metadata"] = "ResponseMetadata"
    return {**taken, "return": "None"}


def member_type(namespace: Registry, row: ShapeRow, wire_name: str) -> str:
    """What a constructor takes for the member, in words."""
    if is_body(namespace, row, wire_name):
        return "BodyLike"
    return argument_type(namespace, row["members"][wire_name]["shape"])


def argument_type(namespace: Registry, name: str) -> str:
    """What a constructor takes for the shape, in words."""
    row = namespace.shapes[name]
    kind = row["type"]
    if kind == "structure":
        return name
    if kind == "enum":
        return f"{name} | str"
    if kind == "list":
        return f"{Iterable.__name__}[{argument_type(namespace, row['item'])}]"
    if kind == "map":
        return f"{Mapping.__name__}[str, {argument_type(namespace, row['value'])}]"
    return _SCALARS[kind].__name__ if kind in _SCALARS else "Any"
