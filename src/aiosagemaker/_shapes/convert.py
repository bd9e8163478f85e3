"""Conversion between classes and plain data, by cattrs, with hooks made from the rows.

Three dialects of one conversion: what goes over the wire (`WIRE`), the part of it that is an HTTP body (`BODY`), and
boto3's dicts (`BOTO`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import cattrs
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from . import timestamps
from .body import is_body, to_body
from .client_error_correction import client_error_correction
from .enums import OpenEnum
from .json_text import loads
from .loading import Part, compile_loader, enum_load
from .maps import FrozenMap, thaw
from .members import is_optional, member_converter
from .simple_types import (
    BOTO_READERS,
    WIRE_READERS,
    Load,
    dump_base64,
    dump_document,
    dump_float,
    load_document,
    wrong,
)
from .structure import Structure

if TYPE_CHECKING:
    from .loading import Notes
    from .registry import Converter, Registry
    from .schema import MemberRow, ShapeRow

StructureT = TypeVar("StructureT", bound=Structure)
Dump = Callable[[Any], Any]

LOAD_ERRORS = (TypeError, ValueError, LookupError, AttributeError, OverflowError, RecursionError, OSError)
"""What loading raises for data that is not what the model says; OSError for a time that no calendar holds."""

_MAPPING: Any = Mapping
"""For `isinstance` of what may be anything: unlike `Mapping` itself it does not make unknown types of the items."""


class Dialect:
    """One way to write a structure as plain data and to read it back."""

    def __init__(self, *, wire: bool, body_only: bool = False) -> None:
        self._wire = wire
        self._body_only = body_only
        self._readers = WIRE_READERS if wire else BOTO_READERS
        self._loads: dict[tuple[Registry, str], Load] = {}
        self._dumps: dict[tuple[Registry, str, str | None], Dump] = {}
        converter = cattrs.Converter(detailed_validation=False)
        converter.register_structure_hook_factory(_is_structure, self._structure_hook)
        converter.register_unstructure_hook_factory(_is_structure, self._unstructure_hook)
        self._converter = converter
        self.loader: Callable[[Any], Load] = functools.cache(converter.get_structure_hook)
        self.dumper: Callable[[Any], Dump] = functools.cache(converter.get_unstructure_hook)

    def load(self, cls: type[StructureT], value: Any, notes: Notes | None = None) -> StructureT:
        """A structure from plain data. Raises one of `LOAD_ERRORS` for what is not of its shape.

        `notes` stays empty where the data is all that the model says and nothing else.
        """
        loaded: StructureT = self.loader(cls)(value, notes)
        return loaded

    def dump(self, value: Structure) -> Any:
        """Plain data from a structure."""
        return self.dumper(type(value))(value)

    def key(self, wire_name: str, member: MemberRow) -> str:
        """The member's key in the plain data."""
        if not self._wire or member.get("location"):
            return wire_name
        return member.get("location_name", wire_name)

    def load_key(self, row: ShapeRow, wire_name: str, member: MemberRow) -> str:
        """The key of a structure's member in what is loaded."""
        return elsewhere_key(member) if self._elsewhere(row, wire_name, member) else self.key(wire_name, member)

    def _elsewhere(self, row: ShapeRow, wire_name: str, member: MemberRow) -> bool:
        return self._left_out(member) or (self._body_only and row.get("payload") == wire_name)

    def _left_out(self, member: MemberRow) -> bool:
        return self._body_only and "location" in member

    def _structure_hook(self, cls: type[Structure]) -> Load:
        # A class that a user derived from one of ours has slots, or a constructor, of its own.
        return self._compiled(cls) if cls is cls.__namespace__[cls.__shape__] else self._structure_load(cls)

    def _compiled(self, cls: type[Structure]) -> Load:
        namespace, row = _row(cls)
        return compile_loader(cls, [self._part(namespace, row, *entry) for entry in row["members"].items()])

    def _part(self, namespace: Registry, row: ShapeRow, wire_name: str, member: MemberRow) -> Part:
        elsewhere = self._elsewhere(row, wire_name, member)
        body = not self._wire and is_body(namespace, row, wire_name)
        load = _as_it_is if elsewhere else self.load_hook(namespace, member["shape"])
        if elsewhere or not self._wire:  # what is read elsewhere, and what a user gives, is as a constructor takes it
            load = _converting(load, to_body if body else member_converter(namespace, member))
        return Part(self.load_key(row, wire_name, member), member, load, is_plain=not elsewhere and not body)

    def _compiled_later(self, find: Callable[[], type[Structure]]) -> Load:
        """Loads structures of a class that is built, and its loader compiled, for the first of them."""
        compiled: Load | None = None

        def load(value: Any, notes: Any = None) -> Any:
            nonlocal compiled
            if value is None:
                return None
            if compiled is None:
                compiled = self.loader(find())
            return compiled(value, notes)

        return load

    def _structure_load(self, cls: type[Structure]) -> Load:
        """Loads structures of a user's own class, through its constructor."""
        fast, required = self._compile_load(cls)

        def load(value: Any, _: Any = None) -> Any:
            if value.__class__ is not dict and not isinstance(value, _MAPPING):
                if value is None:
                    return None
                raise wrong("an object", value)
            try:
                return fast(value, cls)
            except KeyError:
                return fast({**required, **value}, cls)

        return load

    def _compile_load(self, cls: type[Structure]) -> tuple[Load, dict[str, None]]:
        namespace, row = _row(cls)
        overrides: dict[str, Any] = {}
        required: dict[str, None] = {}
        for wire_name, member in row["members"].items():
            key = self.key(wire_name, member)
            elsewhere = self._elsewhere(row, wire_name, member)
            if elsewhere:
                key = elsewhere_key(member)
            if is_optional(member):
                hook = _as_it_is if elsewhere else self.load_hook(namespace, member["shape"])
            else:
                required[key] = None
                hook = (
                    _corrected(_as_it_is, namespace, member["shape"])
                    if elsewhere
                    else self._required_load(namespace, member["shape"])
                )
            overrides[member["name"]] = override(rename=key, struct_hook=hook)
        if "response" in row:
            overrides["response_metadata"] = override(omit=True)
        fast = make_dict_structure_fn(cls, self._converter, _cattrs_detailed_validation=False, **overrides)
        return fast, required

    def _unstructure_hook(self, cls: type[Structure]) -> Dump:
        namespace, row = _row(cls)
        overrides: dict[str, Any] = {}
        for wire_name, member in row["members"].items():
            overrides[member["name"]] = (
                override(omit=True)
                if self._left_out(member)
                else override(
                    rename=self.key(wire_name, member),
                    unstruct_hook=self._member_dump(namespace, member),
                )
            )
        if "response" in row:
            overrides["response_metadata"] = override(omit=True)
        dump: Dump = make_dict_unstructure_fn(cls, self._converter, _cattrs_omit_if_default=True, **overrides)
        return dump

    def _member_dump(self, namespace: Registry, member: MemberRow) -> Dump:
        if not self._wire and member.get("json_value") and member.get("location") == "header":
            return _dump_json_value
        return self.dump_hook(namespace, member["shape"], member.get("format"))

    def load_hook(self, namespace: Registry, name: str) -> Load:
        """The hook that loads a value of the shape; None stays None."""
        key = namespace, name
        if key not in self._loads:
            self._loads[key] = self._make_load(namespace, name)
        return self._loads[key]

    def _make_load(self, namespace: Registry, name: str) -> Load:
        row = namespace.shapes[name]
        kind = row["type"]
        if kind == "structure":
            return self._compiled_later(lambda: namespace[name])
        if kind == "list":
            if namespace.shapes[row["item"]]["type"] == "structure":
                return _structures_load(lambda: self.loader(namespace[row["item"]]))
            return _list_load(self.load_hook(namespace, row["item"]))
        if kind == "map":
            return _map_load(self.load_hook(namespace, row["value"]))
        if kind == "document":
            return load_document
        if kind == "enum" and self._wire:
            return enum_load(namespace, name)
        return self._readers[kind](None)

    def _required_load(self, namespace: Registry, name: str) -> Load:
        """The hook that loads a value of a required member, and the correction in place of null."""
        reader = self._readers.get(namespace.shapes[name]["type"])
        if reader is not None:
            return reader(client_error_correction(namespace, name))
        return _corrected(self.load_hook(namespace, name), namespace, name)

    def dump_hook(self, namespace: Registry, name: str, timestamp_format: str | None = None) -> Dump:
        """The hook that dumps a value of the shape."""
        key = namespace, name, timestamp_format
        if key not in self._dumps:
            self._dumps[key] = self._make_dump(namespace, name, timestamp_format)
        return self._dumps[key]

    def _make_dump(self, namespace: Registry, name: str, timestamp_format: str | None) -> Dump:
        row = namespace.shapes[name]
        kind = row["type"]
        if kind == "structure":
            return self._lazy_dump(namespace, name)
        if kind == "enum":
            return _dump_enum
        if kind == "list":
            return _list_dump(self.dump_hook(namespace, row["item"]))
        if kind == "map":
            return _map_dump(self.dump_hook(namespace, row["value"]))
        if kind == "document":
            return dump_document if self._wire else thaw
        if not self._wire:
            return identity
        if kind == "timestamp":
            return timestamps.DUMP[timestamp_format or row.get("format", "unixtimestamp")]
        if kind in ("float", "double"):
            return dump_float
        return dump_base64 if kind == "blob" else identity

    def _lazy_dump(self, namespace: Registry, name: str) -> Dump:
        hook: Dump | None = None

        def dump(value: Any) -> Any:
            nonlocal hook
            if value is None:
                return None
            if hook is None:
                hook = self.dumper(namespace[name])
            return hook(value)

        return dump


def elsewhere_key(member: MemberRow) -> str:
    """Where `BODY` looks for the value, read already, of a member that is not in the body, or is all of it."""
    return f"\0{member['name']}"


def _converting(load: Load, convert: Converter | None) -> Load:
    return load if convert is None else lambda value, notes: convert(load(value, notes))


def _as_it_is(value: Any, _: Any = None) -> Any:
    return value


def _row(cls: type[Structure]) -> tuple[Registry, ShapeRow]:
    return cls.__namespace__, cls.__namespace__.shapes[cls.__shape__]


def _is_structure(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Structure)


def _corrected(hook: Load, namespace: Registry, name: str) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        return client_error_correction(namespace, name) if value is None else hook(value, None)

    return load


def _dump_json_value(value: Any) -> Any:
    return None if value is None else loads(value)


def _dump_enum(value: Any) -> Any:
    return value._value_ if isinstance(value, OpenEnum) else value  # `value` is a property, and takes ten times as long


# A null in a list or map is dropped: the types promise values.


def _list_load(item: Load) -> Load:
    def load(value: Any, notes: Any = None) -> Any:
        if value.__class__ is list or value.__class__ is tuple:
            return tuple([item(entry, notes) for entry in value if entry is not None])
        if value is None:
            return None
        raise wrong("a list", value)

    return load


def _structures_load(loader: Callable[[], Load]) -> Load:
    """Loads lists of structures, whose loader is asked for with the first of them."""
    made: Load | None = None

    def load(value: Any, notes: Any = None) -> Any:
        nonlocal made
        if made is None:
            if not value and value.__class__ in (list, tuple):
                return ()
            made = _list_load(loader())
        return made(value, notes)

    return load


def _list_dump(item: Dump) -> Dump:
    def dump(value: Any) -> Any:
        return None if value is None else [item(entry) for entry in value]

    return dump


def _map_load(item: Load) -> Load:
    def load(value: Any, notes: Any = None) -> Any:
        if isinstance(value, _MAPPING):
            return FrozenMap({key: item(entry, notes) for key, entry in value.items() if entry is not None})
        if value is None:
            return None
        raise wrong("an object", value)

    return load


def _map_dump(item: Dump) -> Dump:
    def dump(value: Any) -> Any:
        return None if value is None else {key: item(entry) for key, entry in value.items()}

    return dump


WIRE = Dialect(wire=True)
BODY = Dialect(wire=True, body_only=True)
BOTO = Dialect(wire=False)
