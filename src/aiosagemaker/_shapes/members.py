"""Members: what a constructor makes of a value, and the methods that return changed copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import attrs

from .json_text import dumps
from .maps import FrozenMap, freeze

if TYPE_CHECKING:
    from .registry import Converter, Registry
    from .schema import MemberRow, ShapeRow

_ONE_VALUE: Any = (str, bytes, bytearray, Mapping)
"""What can be iterated and still is no list of items."""


# A converter never raises for a value of the wrong type: it leaves it, and validation reports it with all the others.


def _to_bytes(value: Any) -> Any:
    buffer = value  # which the check does not narrow to a type with unknown parts
    return bytes(buffer) if isinstance(value, (bytearray, memoryview)) else value


def _to_json_text(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else dumps(value)


def _to_tuple(item: Converter | None) -> Converter:
    def convert(value: Any) -> Any:
        if item is None and value.__class__ is tuple:
            return value
        items: Iterable[Any] = value  # if it is one
        if value is None or isinstance(value, _ONE_VALUE) or not isinstance(value, Iterable):
            return value
        return tuple(items) if item is None else tuple(map(item, items))

    return convert


def _to_map(item: Converter | None) -> Converter:
    def convert(value: Any) -> Any:
        if value is None or not isinstance(value, Mapping):
            return value
        mapping = cast("Mapping[str, Any]", value)
        if item is None:
            return mapping if isinstance(mapping, FrozenMap) else FrozenMap(mapping)
        return FrozenMap({key: item(entry) for key, entry in mapping.items()})

    return convert


def _to_enum(namespace: Registry, name: str) -> Converter:
    cls: Any = None
    known: dict[str, Any] = {}

    def convert(value: Any) -> Any:
        nonlocal cls, known
        if value is None:
            return None
        if cls is None:
            cls = namespace[name]
            known = {member.value: member for member in cls}
        if value.__class__ is str:
            return known.get(value) or cls(value)
        if value.__class__ is cls or not isinstance(value, str):
            return value
        # The enum of another member may be passed where its values fit.
        return cls(str.__str__(value))

    return convert


def shape_converter(namespace: Registry, name: str) -> Converter | None:
    """What a constructor does to a value of the shape, or None for nothing."""
    row = namespace.shapes[name]
    kind = row["type"]
    if kind == "enum":
        return _to_enum(namespace, name)
    if kind == "list":
        return _to_tuple(namespace.converter(row["item"]))
    if kind == "map":
        return _to_map(namespace.converter(row["value"]))
    if kind == "document":
        return freeze
    if kind == "blob":
        return _to_bytes
    return None


def member_converter(namespace: Registry, member: MemberRow) -> Converter | None:
    """What a constructor does to a value of the member, or None for nothing."""
    return _to_json_text if member.get("json_value") else namespace.converter(member["shape"])


def is_optional(member: MemberRow) -> bool:
    """Whether the constructor can do without the member.

    A token left out is filled in when the request is sent. An event's payload is always there, if only empty.
    """
    needed = member.get("required") or member.get("event_payload")
    return not needed or bool(member.get("idempotency_token"))


def methods(namespace: Registry, cls_name: str, row: ShapeRow) -> dict[str, Callable[..., Any]]:
    """The methods that return changed copies, by name."""
    made: dict[str, Callable[..., Any]] = {}
    for member in row["members"].values():
        name = member["name"]
        kind = namespace.shapes[member["shape"]]["type"]
        word = name.rstrip("_")
        made[f"with_{word}"] = _with_structure(name) if kind == "structure" else _with(name)
        if kind == "list":
            made[f"add_{word}"] = _add(name)
        elif kind == "map":
            made[f"put_{word}"] = _put(name)
        if is_optional(member):
            made[f"without_{word}"] = _without(name)
    for name, method in made.items():
        method.__name__ = name
        method.__qualname__ = f"{cls_name}.{name}"
        method.__module__ = namespace.module
    return made


def _with(name: str) -> Callable[..., Any]:
    def with_(self: Any, value: Any) -> Any:
        return attrs.evolve(self, **{name: value})

    with_.__doc__ = f"A copy with `{name}` set."
    return with_


def _with_structure(name: str) -> Callable[..., Any]:
    def with_(self: Any, value: Any) -> Any:
        return attrs.evolve(self, **{name: value(getattr(self, name)) if callable(value) else value})

    with_.__doc__ = f"A copy with `{name}` set, or changed by a function of its present value."
    return with_


def _add(name: str) -> Callable[..., Any]:
    def add(self: Any, *items: Any) -> Any:
        return attrs.evolve(self, **{name: (*(getattr(self, name) or ()), *items)})

    add.__doc__ = f"A copy with the items appended to `{name}`."
    return add


def _put(name: str) -> Callable[..., Any]:
    def put(self: Any, key: str, value: Any) -> Any:
        return attrs.evolve(self, **{name: {**(getattr(self, name) or {}), key: value}})

    put.__doc__ = f"A copy with the entry of `{name}` set."
    return put


def _without(name: str) -> Callable[..., Any]:
    def without(self: Any) -> Any:
        return attrs.evolve(self, **{name: None})

    without.__doc__ = f"A copy with `{name}` unset."
    return without
