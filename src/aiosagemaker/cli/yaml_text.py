"""YAML 1.2 in and out, by ruamel.yaml as in version 2 of the AWS CLI; only the commands that ask for YAML need it."""

from __future__ import annotations

import io
from typing import Any

from .failures import require


def library() -> Any:
    """The library. Raises UsageError where it is not installed."""
    return require("ruamel.yaml", "YAML input and output")


def load(text: str | bytes) -> Any:
    """The value. Timestamps stay the text they are. Raises ValueError for what is not YAML, or names a key twice."""
    ruamel = library()

    base: Any = ruamel.constructor.SafeConstructor
    # One of its own, as constructors are kept by class.
    constructor: Any = type("Constructor", (base,), {})
    constructor.add_constructor("tag:yaml.org,2002:timestamp", base.construct_yaml_str)
    yaml = ruamel.YAML(typ="safe", pure=True)
    yaml.Constructor = constructor
    try:
        return yaml.load(text)
    except ruamel.YAMLError as error:
        raise ValueError(_problem(error)) from error


def _problem(error: Any) -> str:
    # The library's own text goes on with advice for programmers.
    mark = getattr(error, "problem_mark", None)
    where = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
    return f"{getattr(error, 'problem', None) or str(error).partition(chr(10))[0]}{where}"


def _always(data: object) -> bool:
    return True


def dump(value: Any, *, ascii_only: bool = False) -> str:
    """The text, in block style, with keys in their order; with `ascii_only` other characters are escaped."""
    ruamel = library()
    yaml = ruamel.YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.allow_unicode = not ascii_only
    yaml.width = 10_000
    # The same object twice is written twice: an anchor would only puzzle.
    yaml.representer.ignore_aliases = _always
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue().removesuffix("...\n")
