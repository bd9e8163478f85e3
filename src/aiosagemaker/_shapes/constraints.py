"""The model's constraints, checked on values that exist.

A checker takes a value, the path to it and the list that collects violations; checkers are made per shape from its
row and kept. `strict` checks everything the model says; otherwise type, required, union and minimum are checked, as
boto3 does, because services loosen maxima and patterns while older clients are in use.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from .._errors import REDACTED, ParamValidationError, Violation
from .._hints import key_hint
from .body import check_body, is_body
from .maps import FrozenMap
from .structure import Response, Structure, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .registry import Checker, Registry
    from .schema import MemberRow, ShapeRow

ROOT: Any = ()
"""The empty path; any other is the path so far and its next step, as text or an item's index."""
_PROPERTY = re.compile(r"\\p\{(\^?\w+)\}")


def check(value: Structure, *, strict: bool) -> None:
    """Raises ParamValidationError listing every violation of the constraints."""
    violations: list[Violation] = []
    cls = type(value)
    checker(cls.__namespace__, cls.__shape__, strict)(value, ROOT, violations)
    if violations:
        raise ParamValidationError(cls.__name__, violations)


def checker(namespace: Registry, name: str, strict: bool) -> Checker:
    """The checker for a value of the shape."""
    made = namespace.checkers.get((name, strict))
    if made is None:
        made = namespace.checkers[name, strict] = _make(namespace, name, strict)
    return made


def path_text(path: Any) -> str:
    """A path as Python would write it: `production_variants[0].initial_instance_count`."""
    steps: list[str] = []
    while path:
        path, step = path
        steps.append(f"[{step}]" if isinstance(step, int) else step)
    return "".join(reversed(steps)).removeprefix(".")


def _make(namespace: Registry, name: str, strict: bool) -> Checker:
    row = namespace.shapes[name]
    kind = row["type"]
    if kind == "structure":
        return _structure(namespace, name, row, strict)
    if kind == "list":
        return _list(namespace, row, strict)
    if kind == "map":
        return _map(namespace, row, strict)
    if kind == "document":
        return _document
    bounds = _Bounds(namespace, name, row, strict)
    if kind in ("string", "enum"):
        return _string(bounds) if kind == "string" else _typed(str, bounds)
    if kind == "blob":
        return _typed(bytes, bounds)
    if kind == "boolean":
        return _typed(bool, bounds)
    if kind == "timestamp":
        return _timestamp(bounds)
    return _number((int,) if kind in ("integer", "long") else (float, int), bounds)


class _Bounds:
    """The limits of one shape, and how a violation of them is told."""

    def __init__(self, namespace: Registry, name: str, row: ShapeRow, strict: bool) -> None:
        self.min = row.get("min")
        self.max = row.get("max") if strict else None
        pattern = row.get("pattern") if strict else None
        self.pattern_text = pattern or ""
        self.pattern: re.Pattern[str] | None = None
        if pattern is not None:
            expanded = _PROPERTY.sub(lambda match: namespace.schema.categories[match[1]], pattern)
            self.pattern = re.compile(expanded, re.ASCII)
        self._namespace = namespace
        self._name = name

    def report(self, path: Any, rule: str, value: object, expected: str, out: list[Violation]) -> None:
        out.append(Violation(path_text(path), rule, _shown(self._namespace, self._name, value), expected))

    def wrong_type(self, path: Any, expected: str, value: object, out: list[Violation]) -> None:
        self.report(path, "type", value, f"expected {expected}", out)

    def check_length(self, path: Any, value: Any, unit: str, out: list[Violation]) -> None:
        length = len(value)
        if self.min is not None and length < self.min:
            self.report(path, "length", value, f"expected at least {self.min} {unit}", out)
        elif self.max is not None and length > self.max:
            self.report(path, "length", value, f"expected at most {self.max} {unit}", out)


def _string(bounds: _Bounds) -> Checker:
    least, most = bounds.min or 0, math.inf if bounds.max is None else bounds.max
    pattern = bounds.pattern

    def check_string(value: Any, path: Any, out: list[Violation]) -> None:
        if value.__class__ is str and pattern is None and least <= len(value) <= most:
            return  # which it nearly always is
        if not isinstance(value, str):
            bounds.wrong_type(path, "str", value, out)
            return
        bounds.check_length(path, value, "characters", out)
        # What is too long is not matched: the time that takes may grow with the square of the length.
        if pattern is not None and len(value) <= most and pattern.fullmatch(value) is None:
            bounds.report(path, "pattern", value, f"expected a match of {bounds.pattern_text}", out)

    return check_string


def _typed(cls: type, bounds: _Bounds) -> Checker:
    sized = bounds.max is not None and cls is bytes

    def check_type(value: Any, path: Any, out: list[Violation]) -> None:
        if not isinstance(value, cls):
            bounds.wrong_type(path, cls.__name__, value, out)
        elif sized:
            bounds.check_length(path, value, "bytes", out)

    return check_type


def _timestamp(bounds: _Bounds) -> Checker:
    def check_timestamp(value: Any, path: Any, out: list[Violation]) -> None:
        if not isinstance(value, datetime):
            bounds.wrong_type(path, "datetime", value, out)
        elif value.utcoffset() is None:
            bounds.wrong_type(path, "an aware datetime (one with a tzinfo)", value, out)

    return check_timestamp


def _number(classes: tuple[type[float], ...], bounds: _Bounds) -> Checker:
    usual, expected = classes[0], classes[0].__name__
    least, most = -math.inf if bounds.min is None else bounds.min, math.inf if bounds.max is None else bounds.max

    def check_number(value: Any, path: Any, out: list[Violation]) -> None:
        if value.__class__ is usual and least <= value <= most:
            return  # which it nearly always is
        if not isinstance(value, classes) or isinstance(value, bool):
            bounds.wrong_type(path, expected, value, out)
        elif bounds.min is not None and value < bounds.min:
            bounds.report(path, "range", value, f"expected at least {bounds.min}", out)
        elif bounds.max is not None and value > bounds.max:
            bounds.report(path, "range", value, f"expected at most {bounds.max}", out)

    return check_number


def _document(value: Any, path: Any, out: list[Violation]) -> None:
    inner = value  # which no check narrows to a type with unknown parts
    if isinstance(value, Mapping):
        for key, entry in inner.items():
            _document(entry, (path, f"[{key!r}]"), out)
    elif isinstance(value, tuple):
        for index, entry in enumerate(inner):
            _document(entry, (path, index), out)
    elif value is not None and not (
        isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value))
    ):
        out.append(Violation(path_text(path), "type", value, "expected a JSON value"))


def _list(namespace: Registry, row: ShapeRow, strict: bool) -> Checker:
    bounds = _Bounds(namespace, row["item"], row, strict)
    check_item: Checker | None = None

    def check_list(value: Any, path: Any, out: list[Violation]) -> None:
        nonlocal check_item
        items: Iterable[Any] = value  # if it is one, as for a map's entries
        if not isinstance(value, tuple):
            bounds.wrong_type(path, "an iterable", value, out)
            return
        bounds.check_length(path, value, "items", out)
        check_item = check_item or checker(namespace, row["item"], strict)
        for index, item in enumerate(items):
            check_item(item, (path, index), out)

    return check_list


def _map(namespace: Registry, row: ShapeRow, strict: bool) -> Checker:
    bounds = _Bounds(namespace, row["value"], row, strict)
    check_key: Checker | None = None
    check_value: Checker | None = None

    def check_map(value: Any, path: Any, out: list[Violation]) -> None:
        nonlocal check_key, check_value
        entries: Mapping[str, Any] = value
        if not isinstance(value, FrozenMap):
            bounds.wrong_type(path, "a mapping", value, out)
            return
        if strict:
            bounds.check_length(path, value, "entries", out)
        check_key = check_key or checker(namespace, row["key"], strict)
        check_value = check_value or checker(namespace, row["value"], strict)
        for key, entry in entries.items():
            step = (path, f"[{key!r}]")
            check_key(key, step, out)
            check_value(entry, step, out)

    return check_map


def _structure(namespace: Registry, name: str, row: ShapeRow, strict: bool) -> Checker:
    check_members: Callable[[Any, Any, list[Violation]], int] | None = None
    union = row.get("union", False)

    def check_structure(value: Any, path: Any, out: list[Violation]) -> None:
        nonlocal check_members
        if getattr(value, "__shape__", None) != name or not isinstance(value, Structure):
            hint = f"; use {name}.from_dict(...)" if hasattr(value, "keys") else ""
            out.append(Violation(path_text(path), "type", _shown(namespace, name, value), f"expected {name}{hint}"))
            return
        if check_members is None:
            check_members = _members(namespace, row, strict)
        count = check_members(value, path, out)
        if union and count != 1:
            expected = f"expected exactly one member of {name} to be set"
            out.append(Violation(path_text(path), "union", value, expected))

    return check_structure


def _members(namespace: Registry, row: ShapeRow, strict: bool) -> Callable[[Any, Any, list[Violation]], int]:
    """What checks the members of a structure, and counts those that are set.

    It is compiled, as attrs compiles its methods: most structures have many members and few of them set, and a loop
    over them would be a tenth of what sending a large request costs.
    """
    used: dict[str, Any] = {"missing": _missing}
    lines = ["def check_members(value, path, out):", " count = 0"]
    for wire_name, member in row["members"].items():
        name = member["name"]
        body = is_body(namespace, row, wire_name)
        used[f"check_{name}"] = _check_body if body else checker(namespace, member["shape"], strict)
        lines += [
            f" entry = value.{name}",
            " if entry is not None:",
            "  count += 1",
            f"  check_{name}(entry, (path, '.{name}'), out)",
        ]
        if _is_required(member):
            lines += [" else:", f"  missing((path, '.{name}'), out)"]
    exec("\n".join([*lines, " return count"]), used)  # names that are those of an attrs class
    made: Callable[[Any, Any, list[Violation]], int] = used["check_members"]
    return made


def _missing(path: Any, out: list[Violation]) -> None:
    out.append(Violation(path_text(path), "required", None, "required"))


def _shown(namespace: Registry, name: str, value: object) -> object:
    return REDACTED if is_secret(namespace, name, value) else value


def _is_required(member: MemberRow) -> bool:
    return bool(member.get("required"))


def _check_body(value: Any, path: Any, out: list[Violation]) -> None:
    check_body(value, path_text(path), out)


def check_keys(cls: type[Structure], value: object, key: Callable[..., str]) -> None:
    """Raises ParamValidationError for unknown keys and missing members in plain data, at any depth.

    In a response neither is wrong: a newer service may send more, and less is corrected.
    """
    if not isinstance(value, Mapping):
        shown = _shown(cls.__namespace__, cls.__shape__, value)
        raise ParamValidationError(cls.__name__, [Violation("", "type", shown, "expected a dict")])
    if issubclass(cls, Response):
        return
    violations: list[Violation] = []
    _check_keys(cls.__namespace__, cls.__shape__, value, ROOT, key, violations)
    if violations:
        raise ParamValidationError(cls.__name__, violations)


def _check_keys(
    namespace: Registry, name: str, value: Any, path: Any, key: Callable[..., str], out: list[Violation]
) -> None:
    row = namespace.shapes[name]
    kind = row["type"]
    if value is None or kind not in ("structure", "list", "map"):
        return
    if kind == "list":
        if not isinstance(value, (list, tuple)):
            out.append(Violation(path_text(path), "type", _shown(namespace, name, value), "expected a list"))
            return
        for index, item in enumerate(cast("Iterable[Any]", value)):
            _check_keys(namespace, row["item"], item, (path, index), key, out)
        return
    if not isinstance(value, Mapping):
        out.append(Violation(path_text(path), "type", _shown(namespace, name, value), "expected a dict"))
        return
    entries = cast("Mapping[str, Any]", value)
    if kind == "map":
        for entry, item in entries.items():
            _check_keys(namespace, row["value"], item, (path, f"[{entry!r}]"), key, out)
        return
    known = {key(wire_name, member): member for wire_name, member in row["members"].items()}
    for unknown in (entry for entry in entries if entry not in known):
        text = path_text((path, f".{unknown}"))
        shown = _shown(namespace, name, entries[unknown])
        names = {entry: member["name"] for entry, member in known.items()}
        hint = namespace.newer(name, str(unknown)) or key_hint(str(unknown), names)
        out.append(Violation(text, "unknown", shown, f"unknown key, {name} has no such member{hint}"))
    for entry, member in known.items():
        step = (path, f".{member['name']}")
        if entries.get(entry) is not None:
            _check_keys(namespace, member["shape"], entries[entry], step, key, out)
        elif _is_required(member) and not member.get("idempotency_token"):
            out.append(Violation(path_text(step), "required", None, "required"))
