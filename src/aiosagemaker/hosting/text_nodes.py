"""YAML and JSON read with the line of each value, and with the environment's variables put in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_MERGE = "tag:yaml.org,2002:merge"
_BOOLEANS = {"true": True, "false": False}


class TextError(ValueError):
    """A text cannot be read. `where` names the line, if it is known."""

    def __init__(self, message: str, line: int = 0, value: object = None) -> None:
        super().__init__(message)
        self.where: str = f"line {line}" if line else ""
        self.value = value


@attrs.frozen
class Lines:
    """The line of each value by its path, `ProductionVariants[0].VariantName`; the first line is 1."""

    by_path: Mapping[str, int]

    def of(self, path: str) -> int:
        """The line of a value, or of the nearest that has it within; 0 if none is known."""
        while path:
            if path in self.by_path:
                return self.by_path[path]
            path = re.sub(r"(\.[^.\[]*|\[[^\]]*\]|^[^.\[]*)$", "", path)
        return self.by_path.get("", 0)


def read_text(text: str, environ: Mapping[str, str]) -> tuple[Any, Lines]:
    """The value and its lines. JSON needs no library, but knows no lines without one. Raises TextError."""
    try:
        import ruamel.yaml
        import ruamel.yaml.error
    except ImportError:
        return _read_json(text, environ), Lines({})
    yaml: Any = ruamel.yaml.YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except ruamel.yaml.error.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or str(error).partition("\n")[0])
        raise TextError(problem, 0 if mark is None else mark.line + 1) from error
    if node is None:
        return None, Lines({})
    building = _Building(yaml.resolver, environ)
    return building.value(node, ""), Lines(building.lines)


def _read_json(text: str, environ: Mapping[str, str]) -> Any:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if text.lstrip()[:1] not in ("{", "["):
            raise TextError("YAML needs ruamel.yaml: pip install 'aiosagemaker[cli]'") from error
        raise TextError(error.msg, error.lineno) from error
    return _filled(value, environ)


def _filled(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, environ) for key, each in _items(value)}
    if isinstance(value, list):
        return [_filled(each, environ) for each in _values(value)]
    return substituted(value, environ, 0) if isinstance(value, str) else value


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    yield from value.items()


def _values(value: Any) -> Iterator[Any]:
    yield from value


def substituted(text: str, environ: Mapping[str, str], line: int) -> str:
    """A text with `${NAME}` and `${NAME:-default}` put in; `$${` is `${`. Raises TextError for what is not set."""

    def put(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if name is None:
            return "${"
        value = environ.get(name) or default
        if value is None:
            raise TextError(f"the environment has no {name}", line, found[0])
        return value

    return _VARIABLE.sub(put, text)


class _Building:
    """Values of a composed document."""

    def __init__(self, resolver: Any, environ: Mapping[str, str]) -> None:
        self._resolver = resolver
        self._environ = environ
        self.lines: dict[str, int] = {}
        self._open: list[Any] = []
        """The nodes that hold the one that is being read."""

    def value(self, node: Any, path: str) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if node.id == "scalar":
            return self._scalar(node, line)
        if node in self._open:
            raise TextError("an anchor is within itself", line)
        self._open.append(node)
        try:
            if node.id == "mapping":
                return self._mapping(node, path)
            return [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
        finally:
            self._open.pop()

    def _mapping(self, node: Any, path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, key_node, value_node in self._pairs(node):
            inner = f"{path}.{key}".lstrip(".")
            self.lines[inner] = key_node.start_mark.line + 1
            made[key] = self.value(value_node, inner)
        return made

    def _pairs(self, node: Any) -> list[tuple[str, Any, Any]]:
        """A mapping's keys, with their nodes and those of their values.

        Those that `<<` takes from other mappings (https://yaml.org/type/merge.html) come after its own, which hold.
        """
        own: dict[str, tuple[Any, Any]] = {}
        merged: list[Any] = []
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key_node.id == "scalar" and key_node.tag == _MERGE:
                merged += value_node.value if value_node.id == "sequence" else [value_node]
            elif key in own:
                raise TextError(f"{key} is named twice", line, key)
            else:
                own[key] = key_node, value_node
        for other in merged:
            if other.id != "mapping":
                raise TextError("<< takes mappings alone", other.start_mark.line + 1)
            if other in self._open:
                raise TextError("an anchor is within itself", other.start_mark.line + 1)
            self._open.append(other)
            for key, key_node, value_node in self._pairs(other):
                own.setdefault(key, (key_node, value_node))
            self._open.pop()
        return [(key, *nodes) for key, nodes in own.items()]

    def _scalar(self, node: Any, line: int) -> Any:
        text = substituted(node.value, self._environ, line)
        tag = str(node.tag)
        if text != node.value and node.style is None:
            # What a variable holds is read as if it stood there.
            tag = str(self._resolver.resolve(type(node), text, (True, False)))
        kind = tag.rpartition(":")[2]
        try:
            if kind == "int":
                return int(text.replace("_", ""), 0)
            if kind == "float":
                return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError as error:
            raise TextError(f"{text} is no number", line, text) from error
        if kind == "null":
            return None
        return _BOOLEANS.get(text.lower(), text) if kind == "bool" else text
