"""Samples of requests and answers, from the shapes alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._docs.shape_text import kind_text

if TYPE_CHECKING:
    from .commands import Command
    from .shapes import RowShape

_NUMBERS: dict[str, Any] = {"integer": 0, "long": 0, "float": 0.0, "double": 0.0, "boolean": True}
_EPOCH = "1970-01-01T00:00:00"


def input_skeleton(command: Command) -> str:
    """A request as JSON, for `--cli-input-json`: every member, texts empty, numbers 0, enums their first value."""
    return json.dumps(_sample(command.input, [], None), indent=4) + "\n"


def output_skeleton(command: Command) -> Any:
    """An answer: every member, texts their member's name."""
    return _sample(command.output, [], "")


def _sample(shape: RowShape, outer: list[str], name: str | None) -> Any:
    # A structure inside itself ends with an empty one; a document may be anything.
    kind = shape.kind
    if kind == "document":
        return {}
    path = [*outer, shape.row.get("model", shape.name)]
    if kind == "structure":
        if path.count(path[-1]) > 1:
            return {}
        return {key: _sample(member, path, None if name is None else key) for key, member in shape.members.items()}
    if kind == "list":
        return [_sample(shape.item, path, None if name is None else shape.item.name)]
    if kind == "map":
        return {"KeyName": _sample(shape.value, path, None if name is None else "")}
    if kind == "string":
        return name if name is not None else (shape.values or [""])[0]
    return _EPOCH if kind == "timestamp" else _NUMBERS.get(kind)


def yaml_skeleton(command: Command) -> str:
    """A request as YAML, for `--cli-input-yaml`; comments say what is required, of which type, and which values."""
    lines = _members(command.input, [], "")
    return "".join(f"{line}\n" for line in lines) or "{}\n"


def _members(shape: RowShape, outer: list[str], indent: str) -> list[str]:
    lines: list[str] = []
    rows = shape.row["members"]
    for name, member in shape.members.items():
        needed = bool(rows[name].get("required")) and not rows[name].get("idempotency_token")
        lines += _entry(f"{indent}{name}:", member, [*outer, shape.name], indent, required=needed)
    return lines


def _entry(head: str, shape: RowShape, outer: list[str], indent: str, *, required: bool) -> list[str]:
    comment = f"  # {'[REQUIRED] ' if required else ''}{kind_text(shape.row)}"
    kind = shape.kind
    if kind == "structure" and (shape.name in outer or not shape.members):
        return [f"{head} {{}}{comment}"]
    if kind == "structure":
        return [f"{head}{comment}", *_members(shape, outer, f"{indent}  ")]
    if kind == "map":
        path = [*outer, shape.name]
        return [f"{head}{comment}", *_entry(f"{indent}  KeyName:", shape.value, path, f"{indent}  ", required=False)]
    if kind == "list":
        return [f"{head}{comment}", *_item(shape.item, [*outer, shape.name], indent)]
    return [f"{head} {_scalar(shape)}{comment}"]


def _item(shape: RowShape, outer: list[str], indent: str) -> list[str]:
    if shape.kind == "structure" and shape.name not in outer and shape.members:
        # The first member stands beside the dash.
        lines = _members(shape, outer, f"{indent}  ")
        return [f"{indent}- {lines[0].lstrip()}", *lines[1:]]
    if shape.kind in ("list", "map") and shape.name not in outer:
        nested = _entry(f"{indent}  x:", shape, outer, f"{indent}  ", required=False)
        first = nested[0].partition("#")
        return [f"{indent}-  #{first[2]}", *nested[1:]]
    return [f"{indent}- {'{}' if shape.kind == 'structure' else _scalar(shape)}  # {kind_text(shape.row)}"]


def _scalar(shape: RowShape) -> str:
    if shape.kind == "string":
        return json.dumps((shape.values or [""])[0]) if shape.values else "''"
    if shape.kind == "timestamp":
        return _EPOCH
    return {"blob": "''", "document": "{}"}.get(shape.kind) or json.dumps(_NUMBERS[shape.kind])
