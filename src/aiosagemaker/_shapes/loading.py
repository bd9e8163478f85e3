"""Loaders of plain data, above all of what comes over the wire: a function for each structure, compiled from its row.

A page of a list has hundreds of structures, so a loader does one thing after the other and calls nothing for a value
that is as it should be. It fills an instance of the class's twin, which has the same slots and is not frozen, and then
makes it one of the class: nobody has it before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from .client_error_correction import client_error_correction
from .members import is_optional
from .simple_types import LEAST, MOST, wrong
from .structure import NO_METADATA, Structure

if TYPE_CHECKING:
    from .registry import Registry
    from .schema import MemberRow
    from .simple_types import Load

Notes = list[object]
"""Something in it once a required member was filled, or a key was met that is of no member (or a null)."""

_MAPPING: Any = Mapping

_UNLIKE = {
    "boolean": "entry.__class__ is not bool",
    "double": "entry.__class__ is not float or entry - entry != 0.0",
    "float": "entry.__class__ is not float or entry - entry != 0.0",
    "integer": "entry.__class__ is not int or not least <= entry <= most",
    "long": "entry.__class__ is not int or not least <= entry <= most",
    "string": "entry.__class__ is not str",
}
"""When a value is not as it nearly always is, by its type. Infinity less itself is no zero."""


class Part(NamedTuple):
    """One member, as its loader needs it."""

    key: str
    """Its key in what is loaded."""
    member: MemberRow
    load: Load
    """What loads a value that is not as it nearly always is."""
    is_plain: bool
    """Whether the value is plain data, and was not read already."""


def compile_loader(cls: type[Structure], parts: list[Part]) -> Load:
    """What makes an instance of the class from plain data. None stays None."""
    namespace = cls.__namespace__
    twin: Any = type(f"{cls.__name__}Unfrozen", cls.__bases__, {"__slots__": cls.__dict__["__slots__"]})
    used: dict[str, Any] = {
        "cls": cls,
        "isinstance": isinstance,
        "mapping": _MAPPING,
        "new": twin,
        "no_metadata": NO_METADATA,
        "wrong": wrong,
        "from_epoch": datetime.fromtimestamp,
        "utc": UTC,
        "least": LEAST,
        "most": MOST,
        "len": len,
        **{cls.__name__: cls for cls in (bool, dict, float, int, str)},
    }
    lines = [
        "def load(value, notes=None):",
        " if value.__class__ is not dict:",
        "  if value is None:",
        "   return None",
        "  if not isinstance(value, mapping):",
        "   raise wrong('an object', value)",
        " made = new()",
        " get = value.get",
        " found = 0",
    ]
    for index, part in enumerate(parts):
        lines += _member_lines(namespace, index, part, used)
    if "response" in namespace.shapes[cls.__shape__]:
        lines.append(" made.response_metadata = no_metadata")
    lines += [
        " if notes is not None and found != len(value):",
        "  notes.append(cls)",
        " made.__class__ = cls",
        " return made",
    ]
    exec("\n".join(lines), used)  # names that are those of an attrs class, keys as their own literals
    load: Load = used["load"]
    return load


def _member_lines(namespace: Registry, index: int, part: Part, used: dict[str, Any]) -> list[str]:
    name, shape = part.member["name"], part.member["shape"]
    missing = [] if is_optional(part.member) else [f"  entry = correct_{index}()"]
    used[f"correct_{index}"] = lambda: client_error_correction(namespace, shape)
    used[f"load_{index}"] = part.load
    kind = namespace.shapes[shape]["type"] if part.is_plain else ""
    slowly = f"entry = load_{index}(entry, notes)"
    if kind in _UNLIKE:
        lines = [f"  if {_UNLIKE[kind]}:", f"   {slowly}"]
    elif kind == "timestamp":
        lines = [
            "  if entry.__class__ is float or entry.__class__ is int:",
            "   entry = from_epoch(entry, utc)",
            "  else:",
            f"   {slowly}",
        ]
    else:
        lines = [f"  {slowly}"]
    noted = ["  if notes is not None:", f"   notes.append({name!r})"] if missing else []
    unset = [" if entry is None:", *missing, *noted, " else:"] if missing else [" if entry is not None:"]
    return [f" entry = get({part.key!r})", *unset, "  found += 1", *lines, f" made.{name} = entry"]


def enum_load(namespace: Registry, name: str) -> Load:
    """What loads a value of an enum."""
    convert: Callable[[Any], Any] = namespace.converter(name) or str

    def load(value: Any, notes: Any = None) -> Any:
        if value.__class__ is str:
            return convert(value)
        if value is None:
            return None
        raise wrong("a string", value)

    return load
