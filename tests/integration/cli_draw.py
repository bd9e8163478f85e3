"""Command lines drawn by lot: any command, any of its members, each value written in one of the ways there are."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from aiosagemaker.cli.shapes import SCALARS

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from aiosagemaker.cli.commands import Command, Parameter
    from aiosagemaker.cli.shapes import RowShape

_WORDS = ["a", "churn", "x1", "v-2", "data", "Team", "ml.m5.large", "s3://bucket/key", "0", "true", "null", "12:30"]
_ODD = ["é✓", "two words", "a,b", "k=v", "{a}", "[b]", "it's", "semi;colon", "100%", "a:b", "#x", "😀", "~", "*", "a/b"]
_PLAIN = re.compile(r"[\w.:/-]+")
_DEEPEST = 6


class Draw:
    """Draws lines; the same generator of chance draws the same ones."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def line(self, command: Command, folder: Path) -> list[str]:
        """The words after the service: the command, options in any order, the outfile."""
        chance = self._chance
        chosen = [each for each in command.parameters if each.required or chance.random() < 0.3]
        values = {each: self._value(each.shape, each.wire_name, self._is_outside(command, each), 0) for each in chosen}
        if chance.random() < 0.1 and not command.has_outfile and not _has_blob(command):
            whole = json.dumps({each.wire_name: value for each, value in values.items()}, ensure_ascii=False)
            groups = [["--cli-input-json", self._perhaps_in_a_file(whole, folder)]]
        else:
            groups = [self._option(each, value, folder) for each, value in values.items()]
        groups += [words for words in (["--region", "eu-west-1"], ["--color", "off"]) if chance.random() < 0.05]
        chance.shuffle(groups)
        outfile = [str(folder / "out")] if command.has_outfile else []
        front = outfile if chance.random() < 0.5 else []
        return [command.name, *front, *(word for group in groups for word in group), *([] if front else outfile)]

    def _is_outside(self, command: Command, parameter: Parameter) -> bool:
        """Whether the member goes into a header or the address, where not every character may stand."""
        return "location" in command.input.row["members"][parameter.wire_name]

    def _option(self, parameter: Parameter, value: Any, folder: Path) -> list[str]:
        option, kind = parameter.option, parameter.shape.kind
        if kind == "boolean":
            return [option if value else f"--no-{option.removeprefix('--')}"]
        if kind in SCALARS:
            return self._with(option, str(value))
        as_json = json.dumps(value, ensure_ascii=False)
        if kind == "list" and value and parameter.shape.item.kind in SCALARS and self._chance.random() < 0.7:
            words = list(map(_text, value))
            # A word that looks like JSON, or like an option, is taken for it.
            if not words[0].startswith(("[", "{")) and not any(word.startswith("-") for word in words):
                return [option, *words]
        if self._chance.random() < 0.6:
            try:
                short = [shorthand(item) for item in value] if kind == "list" else [shorthand(value)]
            except _Inexpressible:
                short = []
            if short and all(short):
                return [option, *short]
        return self._with(option, self._perhaps_in_a_file(as_json, folder) if parameter.from_file else as_json)

    def _with(self, option: str, word: str) -> list[str]:
        if word.startswith("-") or self._chance.random() < 0.2:
            return [f"{option}={word}"]
        return [option, word]

    def _perhaps_in_a_file(self, text: str, folder: Path) -> str:
        if self._chance.random() < 0.8:
            return text
        path = folder / f"{self._chance.randrange(10**9)}.json"
        path.write_text(text, encoding="utf-8")
        return f"file://{path}"

    def _value(self, shape: RowShape, name: str, outside: bool, depth: int) -> Any:
        chance, row, kind = self._chance, shape.row, shape.kind
        least = math.ceil(row.get("min", 0))
        if kind == "structure":
            members = row["members"]
            if row.get("union"):
                only = chance.choice(
                    [wire for wire in members if depth < _DEEPEST or shape.members[wire].kind in SCALARS]
                )
                return {only: self._value(shape.members[only], only, outside, depth + 1)}
            likely = 0.5 if depth == 0 else 0.2 if depth < _DEEPEST else 0.0
            wanted = [wire for wire, row in members.items() if row.get("required") or chance.random() < likely]
            return {wire: self._value(shape.members[wire], wire, outside, depth + 1) for wire in wanted}
        if kind == "list":
            count = max(least, chance.choice([0, 1, 1, 2]) if depth < _DEEPEST else 0)
            return [self._value(shape.item, name, outside, depth + 1) for _ in range(count)]
        if kind == "map":
            keys = ["a", "k-2", "K.3"][: max(least, chance.choice([1, 1, 2]))]
            return {key: self._value(shape.value, name, outside, depth + 1) for key in keys}
        if kind == "string":
            text = chance.choice(shape.values or _WORDS if outside or chance.random() < 0.7 else _ODD)
            return text if shape.values and text in shape.values else text.ljust(least, "x")
        if kind == "boolean":
            return chance.random() < 0.5
        if kind == "timestamp":
            return chance.choice(["2020-01-02T03:04:05Z", "2020-01-02T03:04:05+02:00", "2020-01-02", 1577934245])
        if kind in ("integer", "long"):
            return least + chance.randrange(100)
        if kind == "blob":
            return chance.choice(["text", "{}", "é", '{"a": [1, 2]}'])
        return least + chance.choice([0, 0.5, 1, 1e-3, 12.25])


def can_be_drawn(command: Command) -> bool:
    """Whether every value of the command can be written on a line and sent to this machine."""
    return "host_prefix" not in command.row and not _holds(command.input, "document", ())


def _has_blob(command: Command) -> bool:
    return _holds(command.input, "blob", ())


def _holds(shape: RowShape, kind: str, outer: tuple[str, ...]) -> bool:
    if shape.kind == kind or shape.name in outer:
        return shape.kind == kind
    inner = {"list": "item", "map": "value"}.get(shape.kind)
    parts = shape.members.values() if shape.kind == "structure" else [getattr(shape, inner)] if inner else []
    return any(_holds(part, kind, (*outer, shape.name)) for part in parts)


class _Inexpressible(Exception):
    pass


def shorthand(value: Any, depth: int = 0) -> str:
    """The value in shorthand. Raises _Inexpressible for what shorthand cannot say, or says otherwise."""
    if isinstance(value, dict):
        if not value:
            raise _Inexpressible
        pairs = ",".join(f"{key}={shorthand(item, depth + 1)}" for key, item in value.items())
        return f"{{{pairs}}}" if depth else pairs
    if isinstance(value, list):
        if not value or any(isinstance(item, list) for item in value):
            raise _Inexpressible
        return f"[{','.join(shorthand(item, depth + 1) for item in value)}]"
    text = _text(value)
    if _PLAIN.fullmatch(text):
        return text
    if '"' in text or "\\" in text or not text:
        raise _Inexpressible
    return f'"{text}"'


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
