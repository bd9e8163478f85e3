"""How a value is written: the syntax of one shape in shorthand and in JSON."""

from __future__ import annotations

import json
import math
import re
import shlex
from typing import TYPE_CHECKING, Any

from .plain import is_dict
from .shapes import SCALARS

if TYPE_CHECKING:
    from .commands import Command
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


def example(command: Command) -> str:
    """Options that make a request which the command accepts, each after a blank; the outfile last."""
    words: list[str] = []
    for parameter in command.parameters:
        if not parameter.required:
            continue
        value = _example(parameter.shape, parameter.wire_name, ())
        kind = parameter.shape.kind
        if kind == "boolean":
            words.append(parameter.option)
        elif kind == "list":
            words += [parameter.option, *map(_word, value)]
        else:
            words += [parameter.option, _word(value)]
    return "".join(f" {word}" for word in [*words, *(["answer.out"] if command.has_outfile else [])])


def _word(value: Any) -> str:
    """A value as it is typed: a structure of texts in shorthand, deeper ones as JSON."""
    if is_dict(value):
        flat = all(isinstance(item, (str, int, float)) for item in value.values())
        plain = flat and all(re.fullmatch(r"[\w.:/ -]+", str(item)) for item in value.values())
        if plain and value:
            pairs = (f"{name}={str(item).lower() if isinstance(item, bool) else item}" for name, item in value.items())
            return shlex.quote(",".join(pairs))
    return shlex.quote(value if isinstance(value, str) else json.dumps(value))


def _example(shape: RowShape, name: str, outer: tuple[str, ...]) -> Any:
    kind, row = shape.kind, shape.row
    if kind == "structure":
        members = row["members"]
        needed = [wire for wire, member in members.items() if member.get("required")]
        if row.get("union"):
            needed = [next((wire for wire in members if shape.members[wire].kind in SCALARS), next(iter(members)))]
        path = (*outer, shape.name)
        return {
            wire: _example(shape.members[wire], wire, path) for wire in needed if shape.members[wire].name not in path
        }
    least = math.ceil(row.get("min", 0))
    if kind == "list":
        return [_example(shape.item, name.removesuffix("s"), outer)] * max(least, 1)
    if kind == "map":
        return {"key": _example(shape.value, "Value", outer)}
    if kind in ("string", "blob"):
        return shape.values[0] if shape.values else _text(name, least)
    if kind == "timestamp":
        return "2030-01-01T00:00:00Z"
    if kind == "document":
        return {}
    return True if kind == "boolean" else max(least, 1)


def _text(name: str, least: int) -> str:
    if name.endswith("Arn"):
        noun = re.sub(r"(?<!^)(?=[A-Z])", "-", name.removesuffix("Arn") or "Resource").lower()
        service = "iam::123456789012" if "role" in noun else "sagemaker:us-east-1:123456789012"
        text = f"arn:aws:{service}:{'role' if 'role' in noun else noun}/example"
    elif "S3" in name:
        text = "s3://my-bucket/my-folder"
    else:
        noun = re.sub(r"(?<!^)(?=[A-Z])", "-", re.sub(r"(Name|Id)$", "", name) or name).lower()
        text = f"my-{noun}"
    return text.ljust(least, "x")
