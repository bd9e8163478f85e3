"""How the text of a stub is laid out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

WIDTH = 120
_INDENT = " " * 4


def listed(head: str, items: Sequence[str], tail: str) -> list[str]:
    """A bracketed list, on one line if it fits, otherwise one item a line: a new one is then a small difference."""
    line = f"{head}{', '.join(items)}{tail}"
    return [line] if len(line) <= WIDTH else [head, *(f"{_INDENT}{item}," for item in items), tail]


def imports(names: Mapping[str, Sequence[str]], used: frozenset[str]) -> Iterator[str]:
    """Import statements, by module, for those of the names that are used; `A as B` is used if B is."""
    for module, wanted in names.items():
        if found := [name for name in wanted if name.split()[-1] in used]:
            line = f"from {module} import {', '.join(found)}"
            yield from [line] if len(line) <= WIDTH else listed(f"from {module} import (", found, ")")


def words(lines: Iterable[str]) -> frozenset[str]:
    """Every identifier in the lines, and other words."""
    return frozenset(re.findall(r"\w+", "\n".join(lines)))


def function(head: str, parameters: Sequence[str], returns: str, doc: Sequence[str] = ()) -> list[str]:
    """A method, with its docstring, a sentence and lines beneath it, if there is one."""
    line = f"{_INDENT}{head}({', '.join(parameters)}) -> {returns}:"
    lines = [line]
    if len(line) + 4 > WIDTH:
        lines = [f"{_INDENT}{head}(", *(f"{_INDENT * 2}{parameter}," for parameter in parameters)]
        lines.append(f"{_INDENT}) -> {returns}:")
    if doc:
        return [*lines, *(f"{_INDENT * 2}{line}".rstrip() for line in docstring(*doc).splitlines())]
    lines[-1] += " ..."
    return lines


def docstring(sentence: str, *lines: str) -> str:
    """A docstring: of one line, or of a sentence and more lines. Raises ValueError for what cannot be one."""
    for text in (sentence, *lines):
        if '"""' in text or text.endswith('"') or not text.isprintable():
            raise ValueError(f"not for a docstring: {text!r}")
    beneath = "".join(f"- {text}\n" for text in lines)
    whole = f"{sentence}\n\n{beneath}" if lines else sentence
    return f'{"r" if chr(92) in whole else ""}"""{whole}"""'


def literal(text: str) -> str:
    """A string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
