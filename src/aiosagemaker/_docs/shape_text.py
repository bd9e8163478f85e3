"""What the table says of a shape, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._services import BY_NAME, PAGE_BY_MODEL
from .._shapes.annotations import argument_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._shapes.registry import Registry
    from .._shapes.schema import MemberRow, ShapeRow

    Mark = Callable[[str], str]

_SHOWN_VALUES = 8
"""How many values of an enum stand beside a member; all of them are in the enum's own documentation."""
_UNITS = {"blob": "bytes", "list": "items", "map": "entries", "string": "characters"}


def reference_page(namespace: Registry, name: str) -> str:
    """The address of an operation's or a structure's page in the AWS API reference, or an empty text."""
    metadata = namespace.schema.metadata
    service = BY_NAME.get(metadata.get("name", ""))
    if service is None:
        return PAGE_BY_MODEL.format(metadata["uid"]).format(name) if "uid" in metadata else ""
    return service.page.format(name)


def stored_type(namespace: Registry, name: str) -> str:
    """The type of a stored value of the shape, in words."""
    row = namespace.shapes[name]
    if "item" in row:
        return f"tuple[{stored_type(namespace, row['item'])}, ...]"
    if "value" in row:
        return f"Mapping[str, {stored_type(namespace, row['value'])}]"
    return name if row["type"] == "enum" else argument_type(namespace, name)


def kind_text(row: ShapeRow, *, values: bool = True) -> str:
    """The model's type of a shape with its bounds and, of an enum, its values unless they are not wanted."""
    kind = "string" if row["type"] == "enum" else row["type"]
    limits = f", {bounds}" if (bounds := bounds_text(row)) else ""
    union = ", exactly one of its members" if row.get("union") else ""
    found = list(row.get("values", {}).values()) if values else []
    return f"{kind}{union}{limits}{'. Valid values are: ' if found else ''}{', '.join(found)}"


def wire_fact(wire_name: str, member: MemberRow) -> Iterator[str]:
    """The model's name for a member, where it cannot be guessed and is sent."""
    guess = "".join(word[:1].upper() + word[1:] for word in member["name"].split("_"))
    if "location" not in member and guess != wire_name:
        yield f"wire name {wire_name}"


def member_facts(namespace: Registry, wire_name: str, member: MemberRow, code: Mark = str) -> Iterator[str]:
    """What is worth knowing of a member beside its type and its name, each fact in words.

    `code` marks up a pattern, for a reader of Markdown.
    """
    if member.get("deprecated"):
        yield "deprecated"
    if "location" in member:
        yield f"sent as {member['location']} {member.get('location_name', wire_name)}"
    if member.get("idempotency_token"):
        yield "a token, made for each request when left out"
    if member.get("json_value"):
        yield "JSON: text, or a value to be written as such"
    yield from rules(namespace, member["shape"], code=code)


def rules(namespace: Registry, name: str, subject: str = "", code: Mark = str) -> Iterator[str]:
    """What the model demands of a value of the shape, each rule in words."""
    row = namespace.shapes[name]
    if row["type"] == "enum":
        values = list(row["values"].values())
        shown = ", ".join(map(repr, values[:_SHOWN_VALUES]))
        more = f", ... ({len(values)} values, see {name})" if len(values) > _SHOWN_VALUES else ""
        yield f"{subject}one of {shown}{more}"
    if bounds := bounds_text(row):
        yield f"{subject}{bounds}"
    if "pattern" in row:
        yield f"{subject}matches {code(row['pattern'])}"
    if row.get("sensitive"):
        yield f"{subject}sensitive: shown as <redacted>"
    for part, words in (("item", "each item: "), ("key", "each key: "), ("value", "each value: ")):
        inner: Any = row.get(part)
        if inner is not None and namespace.shapes[inner]["type"] != "structure":
            yield from rules(namespace, inner, subject + words, code)


def bounds_text(row: ShapeRow) -> str:
    """The least and the most that the model allows, with their unit; empty if it sets neither."""
    unit = f" {_UNITS[row['type']]}" if row["type"] in _UNITS else ""
    low, high = row.get("min"), row.get("max")
    if low is None and high is None:
        return ""
    if low == high:
        return f"exactly {low}{unit}"
    if low is None or high is None:
        return f"at least {low}{unit}" if high is None else f"at most {high}{unit}"
    return f"{low} to {high}{unit}"
