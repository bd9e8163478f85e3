"""How a value is written: the syntax of one shape in shorthand and in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .shapes import SCALARS

if TYPE_CHECKING:
    from .shapes import RowShape

_DEEPEST = 4
"""A shape that nests deeper is shown in JSON only: nobody could read it in one line."""


class _TooDeep(Exception):
    pass


def shorthand_syntax(shape: RowShape) -> str:
    """One line such as `Key=string,Value=string ...`; empty where shorthand would not be read or could not be."""
    if shape.kind == "list" and shape.item.kind in SCALARS:
        return f'"{shape.item.kind}" "{shape.item.kind}" ...'
    try:
        if shape.kind == "list":
            return f"{_short(shape.item, 0)} ..."
        return _short(shape, 0)
    except _TooDeep:
        return ""


def _short(shape: RowShape, depth: int) -> str:
    if depth > _DEEPEST:
        raise _TooDeep
    if shape.kind == "structure":
        inner = ",".join(f"{name}={_short(member, depth + 1)}" for name, member in shape.members.items())
    elif shape.kind == "map":
        value = _short(shape.value, depth + 1)
        inner = f"KeyName1={value},KeyName2={value}"
    elif shape.kind == "list":
        item = _short(shape.item, depth + 1)
        return f"{item},{item}" if depth == 1 and shape.item.kind in SCALARS else f"[{item},{item}]"
    elif shape.kind == "document":
        raise _TooDeep
    else:
        return shape.kind
    return f"{{{inner}}}" if depth else inner


def json_syntax(shape: RowShape) -> str:
    """The JSON of a value, types in place of values."""
    return "\n".join(_json(shape, []))


def _json(shape: RowShape, outer: list[str]) -> list[str]:
    if shape.name in outer:
        return ["{ ... the same again ... }"]
    path = [*outer, shape.name]
    if shape.kind == "structure":
        entries = [(f'"{name}": ', member) for name, member in shape.members.items()]
    elif shape.kind == "map":
        entries = [('"string": ', shape.value)]
    elif shape.kind == "list":
        entries = [("", shape.item)]
    else:
        return [_scalar(shape)]
    opening, closing = ("[", "]") if shape.kind == "list" else ("{", "}")
    lines = [opening]
    for index, (key, member) in enumerate(entries):
        first, *rest = _json(member, path)
        lines += [f"  {key}{first}", *(f"  {line}" for line in rest)]
        if index < len(entries) - 1:
            lines[-1] += ","
    if shape.kind != "structure":
        lines.append("  ...")
    return [*lines, closing]


def _scalar(shape: RowShape) -> str:
    if shape.values:
        return " | ".join(f'"{value}"' for value in shape.values[:8]) + (" | ..." if len(shape.values) > 8 else "")
    return {"boolean": "true | false", "string": '"string"', "document": "{...}"}.get(shape.kind, shape.kind)
