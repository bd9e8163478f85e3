"""Docstrings, put together when they are read.

First the facts, from the table: names, types, bounds, errors, the page in AWS's reference. Then the service's own
words, where the installed botocore has any.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from .._shapes.annotations import member_type
from .._shapes.members import is_optional
from .html_text import WIDTH, Links, plain_text
from .options import paginator_options, waiter_options
from .sentences import alternatives, paginator_sentence, shape_sentence, waiter_sentence
from .service_text import service_text
from .shape_text import member_facts, reference_page, stored_type, wire_fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._shapes.registry import Registry
    from .._shapes.schema import AcceptorRow, ShapeRow
    from .options import Option


def shape_doc(namespace: Registry, name: str) -> str:
    """The documentation of a structure, an enum or an error."""
    row = namespace.shapes[name]
    words = _Words(namespace)
    if row["type"] == "enum":
        facts = ["Values; others that the service may send are kept as they are:", *_indented(_values(row))]
        return _joined(shape_sentence(namespace, name), facts, words.shape(name, row))
    received = "error" in row or "response" in row
    facts = ["Attributes:" if received else "Members:", *_members(namespace, row, stored=received)]
    own = words.shape(name, row) or words.operation(row.get("request", ""))
    page = "" if "error" in row else reference_page(namespace, row.get("request") or row.get("response") or name)
    return _joined(shape_sentence(namespace, name), facts, page, own, words.members(name, row), words.links())


def operation_doc(namespace: Registry, name: str) -> str:
    """The documentation of a client's method for an operation."""
    row = namespace.schema.operations[name]
    taken, returned = namespace.shapes[row["input"]], namespace.shapes[row["output"]]
    words = _Words(namespace)
    return _joined(
        f"{name}{' (deprecated)' if row.get('deprecated') else ''}.",
        [f"Takes a {row['input']}, or its members as keywords:", *_members(namespace, taken, stored=False)],
        [f"Returns a {row['output']}:", *_members(namespace, returned, stored=True, brief=True)],
        ["Raises:", *_indented([*row.get("errors", ()), "SdkError: anything else, see aiosagemaker.errors"])],
        reference_page(namespace, name),
        words.operation(name),
        words.members(row["input"], taken),
        words.links(),
    )


def waiter_doc(namespace: Registry, name: str) -> str:
    """The documentation of a client's method for a waiter."""
    row = namespace.schema.waiters[name]
    operation = namespace.schema.operations[row["operation"]]
    taken, response = namespace.shapes[operation["input"]], operation["output"]
    words = _Words(namespace)
    return _joined(
        waiter_sentence(namespace, name),
        [f"Takes a {operation['input']}, or its members as keywords:", *_members(namespace, taken, stored=False)],
        ["Options:", *_options(waiter_options(namespace, name))],
        ["Returns:", *_indented(_returned(response, row["acceptors"]))],
        [
            "Raises:",
            *_indented(
                [
                    f"WaiterFailed: it is {alternatives(row['acceptors'], 'failure')}",
                    f"WaiterTimeout: the time is up; either has the last {response}, or None, as `last_response`",
                    "SdkError: a poll failed for good",
                ]
            ),
        ],
        reference_page(namespace, row["operation"]),
        words.members(operation["input"], taken),
        words.links(),
    )


def paginator_doc(namespace: Registry, name: str) -> str:
    """The documentation of a client's method for a paginator."""
    row = namespace.schema.paginators[name]
    operation = namespace.schema.operations[name]
    taken, returned = namespace.shapes[operation["input"]], namespace.shapes[operation["output"]]
    result = next(member for member in returned["members"].values() if member["name"] == row["result"])
    item = stored_type(namespace, namespace.shapes[result["shape"]].get("item", result["shape"]))
    words = _Words(namespace)
    return _joined(
        paginator_sentence(namespace, name),
        [f"Takes a {operation['input']}, or its members as keywords:", *_members(namespace, taken, stored=False)],
        ["Options:", *_options(options)] if (options := paginator_options(namespace, name)) else [],
        [
            "Returns:",
            *_indented(
                [
                    f"an asynchronous iterator of {item}",
                    f".pages(): the same of {operation['output']}, one for each page",
                    "await .collect(limit=None): a list of all, or of the first `limit`",
                ]
            ),
        ],
        ["Raises, while iterating:", *_indented([*operation.get("errors", ()), "SdkError: anything else"])],
        reference_page(namespace, name),
        words.operation(name),
        words.members(operation["input"], taken),
        words.links(),
    )


def _members(namespace: Registry, row: ShapeRow, *, stored: bool, brief: bool = False) -> Iterator[str]:
    members = row["members"]
    if not members:
        yield "    (no members)"
    for wire_name, member in members.items():
        kind = stored_type(namespace, member["shape"]) if stored else member_type(namespace, row, wire_name)
        optional = is_optional(member)
        yield f"    {member['name']}: {kind}{' | None' if optional else ', required'}"
        if not brief:
            for line in (*wire_fact(wire_name, member), *member_facts(namespace, wire_name, member)):
                yield from _wrapped(line, 8)


def _values(row: ShapeRow) -> Iterator[str]:
    for name, value in row["values"].items():
        yield f"{name} = {value!r}"


def _returned(output: str, acceptors: Iterable[AcceptorRow]) -> Iterator[str]:
    yield f"the last {output}"
    if any(acceptor["state"] == "success" and acceptor["matcher"] == "error" for acceptor in acceptors):
        yield "or None, if the first poll already found nothing"


def _options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        yield f"    {option.name}: {option.type}"
        yield from _wrapped(option.text, 8)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from _wrapped(line, 4)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH + indent,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _joined(*parts: str | list[str]) -> str:
    """The parts that say something, a blank line between any two."""
    texts = (part if isinstance(part, str) else "\n".join(part) for part in parts)
    return "\n\n".join(text for text in texts if text)


class _Words:
    """The service's words for the parts of one docstring, with their links numbered together."""

    def __init__(self, namespace: Registry) -> None:
        self._source = service_text(namespace.schema.metadata.get("name", ""))
        self._links = Links()

    def operation(self, name: str) -> str:
        return self._section(self._source.operations.get(name, ""))

    def shape(self, name: str, row: ShapeRow) -> str:
        return self._section(self._source.shapes.get(row.get("model", name), ""))

    def members(self, name: str, row: ShapeRow) -> str:
        parts: list[str] = []
        for wire_name, member in row["members"].items():
            html = self._source.members.get((row.get("model", name), wire_name), "")
            text = plain_text(html, self._links, WIDTH - 4)
            if text:
                parts.append(f"{member['name']}\n{textwrap.indent(text, '    ')}")
        return "\n\n".join(["The members, in the service's words:", *parts]) if parts else ""

    def links(self) -> str:
        return "\n".join(self._links.lines())

    def _section(self, html: str) -> str:
        text = plain_text(html, self._links)
        return f"In the service's words:\n\n{text}" if text else ""
