"""What the table says, in words."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._docs.shape_text import kind_text, member_facts, reference_page, rules, stored_type, wire_fact
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema


def namespace(service: str = "sagemaker", **shapes: Any) -> Namespace:
    table = {"metadata": {"protocol": "json", "name": service}, "shapes": shapes}
    return Namespace("tests.made_up", Schema({**{section: {} for section in Schema.SECTIONS}, **table}))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"type": "string", "min": 1, "max": 63}, ["1 to 63 characters"]),
        ({"type": "string", "max": 63, "pattern": "[a-z]+"}, ["at most 63 characters", "matches [a-z]+"]),
        ({"type": "integer", "min": 0}, ["at least 0"]),
        ({"type": "float", "max": 1.5}, ["at most 1.5"]),
        ({"type": "blob", "min": 16, "max": 16}, ["exactly 16 bytes"]),
        ({"type": "map", "key": "Text", "value": "Text", "max": 2}, ["at most 2 entries"]),
        ({"type": "list", "item": "Short"}, ["each item: at most 2 characters"]),
        (
            {"type": "map", "key": "Short", "value": "Kind"},
            ["each key: at most 2 characters", "each value: one of 'a'"],
        ),
        ({"type": "list", "item": "Part", "min": 1}, ["at least 1 items"]),
        ({"type": "string", "sensitive": True}, ["sensitive: shown as <redacted>"]),
    ],
)
def test_every_rule_is_told(row: Any, expected: list[str]) -> None:
    """Bounds have the unit of their type, and the rules of items, keys and values are told with them."""
    made = namespace(
        Shape=row,
        Text={"type": "string"},
        Short={"type": "string", "max": 2},
        Kind={"type": "enum", "values": {"A": "a"}},
        Part={"type": "structure", "members": {}},
    )
    assert list(rules(made, "Shape")) == expected


def test_a_long_enum_is_cut() -> None:
    """Of an enum with many values some are shown, with their count and where to find the rest."""
    made = namespace(Kind={"type": "enum", "values": {f"V{n}": f"v{n}" for n in range(20)}})
    (rule,) = rules(made, "Kind")
    assert rule.endswith("'v7', ... (20 values, see Kind)")


@pytest.mark.parametrize(
    ("wire", "member", "expected"),
    [
        ("EndpointName", {"name": "endpoint_name"}, []),
        ("Body", {"name": "body", "location": "header", "location_name": "X-B"}, ["sent as header X-B"]),
        ("Old", {"name": "old", "deprecated": True}, ["deprecated"]),
        ("Token", {"name": "token", "idempotency_token": True}, ["a token, made for each request when left out"]),
        ("Json", {"name": "json", "json_value": True}, ["JSON: text, or a value to be written as such"]),
    ],
)
def test_facts_of_a_member(wire: str, member: Any, expected: list[str]) -> None:
    """A member's place and its particulars are told."""
    assert list(member_facts(namespace(Text={"type": "string"}), wire, {**member, "shape": "Text"})) == expected


@pytest.mark.parametrize(
    ("wire", "member", "expected"),
    [
        ("EndpointName", {"name": "endpoint_name"}, []),
        ("VPCId", {"name": "vpc_id"}, ["wire name VPCId"]),
        ("VPCId", {"name": "vpc_id", "location": "header"}, []),
    ],
)
def test_wire_names(wire: str, member: Any, expected: list[str]) -> None:
    """A member's wire name is told where it is sent and cannot be guessed."""
    assert list(wire_fact(wire, {**member, "shape": "Text"})) == expected


def test_patterns_are_marked_up() -> None:
    """A pattern, of an item too, is marked up as the reader asks."""
    made = namespace(Texts={"type": "list", "item": "Text"}, Text={"type": "string", "pattern": "a*"})
    assert list(rules(made, "Texts", code="<{}>".format)) == ["each item: matches <a*>"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"type": "string", "min": 1, "max": 63}, "string, 1 to 63 characters"),
        ({"type": "enum", "values": {"A": "a", "B": "b"}}, "string. Valid values are: a, b"),
        ({"type": "structure", "union": True}, "structure, exactly one of its members"),
        ({"type": "integer"}, "integer"),
    ],
)
def test_kinds(row: Any, expected: str) -> None:
    """A shape's kind is told in the model's word, with its bounds and its values, which may be left out."""
    assert kind_text(row) == expected
    assert kind_text(row, values=False) == expected.partition(".")[0]


def test_stored_types() -> None:
    """The type of a stored value names tuples and read-only mappings, whatever a constructor takes."""
    made = namespace(
        Kind={"type": "enum", "values": {}},
        Kinds={"type": "list", "item": "Kind"},
        Table={"type": "map", "key": "Text", "value": "Kinds"},
        Text={"type": "string"},
        When={"type": "timestamp"},
    )
    assert stored_type(made, "Table") == "Mapping[str, tuple[Kind, ...]]"
    assert stored_type(made, "When") == "datetime"


@pytest.mark.parametrize(
    ("service", "page"),
    [
        ("sagemaker", "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_X.html"),
        ("sagemaker-runtime", "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_X.html"),
        ("another", ""),
    ],
)
def test_reference_pages(service: str, page: str) -> None:
    """The services of this library have pages in AWS's reference; of others none is claimed."""
    assert reference_page(namespace(service), "X") == page
