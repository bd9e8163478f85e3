"""Docstrings as reStructuredText: backticks are code, addresses are links, sections are fields, the rest is itself."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECE = re.compile(r"`([^`]+)`|(https?://[^\s)]*[^\s).,;])")
_SPECIAL = re.compile(r"([\\*_|`\[\]<>])")
_SECTION = re.compile(r"(Args|Raises|Returns):")
_ENTRY = re.compile(r"([\w, .]+): (.*)", re.DOTALL)
_FIELDS = {"Args": "param", "Raises": "raises"}


def inline(text: str) -> str:
    """A piece of prose: names in backticks are code, addresses are links, and nothing else means anything."""
    parts, last = list[str](), 0
    for match in _PIECE.finditer(text):
        parts.append(_plain(text[last : match.start()]))
        parts.append(_code(match[1]) if match[1] else f"`{match[2]} <{match[2]}>`__")
        last = match.end()
    return f"{''.join(parts)}{_plain(text[last:])}"


def line(text: str) -> str:
    """A line of a docstring that is laid out already: indentation and bullets stay."""
    indent = text[: len(text) - len(text.lstrip())]
    bullet = "- " if text.lstrip().startswith("- ") else ""
    return f"{indent}{bullet}{inline(text.strip().removeprefix(bullet))}"


def document(docstring: str) -> Iterator[str]:
    """A docstring's paragraphs, lists, examples and sections."""
    lines = inspect.cleandoc(docstring).splitlines()
    while lines:
        if not lines[0]:
            del lines[0]
        elif (section := _SECTION.fullmatch(lines[0])) and lines[1:] and lines[1].startswith("    "):
            body = _indented_block(lines[1:])
            yield from ("", *_section(section[1], body))
            del lines[: 1 + len(body)]
        elif lines[0].startswith("    "):
            body = _indented_block(lines)
            yield from ("", *_example(body))
            del lines[: len(body)]
        else:
            rest = takewhile(lambda each: each and not _SECTION.fullmatch(each), lines[1:])
            paragraph = [lines[0], *rest]
            yield from ("", *_paragraph(paragraph))
            del lines[: len(paragraph)]


def indented(lines: Iterable[str]) -> list[str]:
    """The lines as the content of a directive."""
    return [f"   {each}".rstrip() for each in lines]


def heading(title: str) -> list[str]:
    """A page's title."""
    return [title, "=" * len(title), ""]


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _code(text: str) -> str:
    return f"``{text.strip()}``\\ " if text.strip() else ""


def _indented_block(lines: list[str]) -> list[str]:
    """The first lines that are indented, without blank ones after the last."""
    body = [*takewhile(lambda each: not each or each.startswith("    "), lines)]
    while not body[-1]:
        del body[-1]
    return [each[4:] for each in body]


def _paragraph(lines: list[str]) -> Iterator[str]:
    """Prose, a list, or both. Two colons at the end announce an example, and one of them is read."""
    items: list[list[str]] = [[]]
    for each in lines:
        if each.startswith("- "):
            items.append([])
        items[-1].append(each.strip())
    prose, *bullets = (" ".join(item) for item in items)
    if prose.removesuffix("::"):
        yield inline(re.sub("::$", ":", prose))
    if bullets:
        yield ""
    yield from (f"- {inline(bullet[2:])}" for bullet in bullets)


def _section(name: str, body: list[str]) -> Iterator[str]:
    entries: list[list[str]] = []
    for each in filter(None, body):
        if not each.startswith(" "):
            entries.append([])
        entries[-1].append(each.strip())
    for text in (" ".join(entry) for entry in entries):
        entry = _ENTRY.fullmatch(text) if name in _FIELDS else None
        yield f":{_FIELDS[name]} {entry[1]}: {inline(entry[2])}" if entry else f":returns: {inline(text)}"


def _example(body: list[str]) -> Iterator[str]:
    text = "\n".join(body)
    try:
        ast.parse(f"async def example():\n{textwrap.indent(text, ' ')}")
        language = "python"
    except SyntaxError:
        language = "text"
    yield from (f".. code-block:: {language}", "", *indented(body))
