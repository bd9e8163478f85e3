"""Values of simple types, read and written."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from aiosagemaker._shapes.maps import FrozenMap
from aiosagemaker._shapes.simple_types import (
    BOTO_READERS,
    WIRE_READERS,
    dump_base64,
    dump_document,
    dump_float,
    load_document,
)

TIME = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("string", "a", "a"),
        ("enum", "a", "a"),
        ("boolean", False, False),
        ("integer", -(2**63), -(2**63)),
        ("long", 3.0, 3),
        ("float", 3, 3.0),
        ("double", "-Infinity", -math.inf),
        ("timestamp", 1700000000, TIME),
        ("timestamp", 1700000000.0, TIME),
        ("timestamp", "2023-11-14T22:13:20Z", TIME),
        ("blob", "YQ==", b"a"),
    ],
)
def test_reading(kind: str, given: Any, expected: Any) -> None:
    """What the wire has for a value is read as that value, of its type."""
    found = WIRE_READERS[kind](None)(given, None)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("string", 1),
        ("enum", 1),
        ("boolean", 1),
        ("boolean", "true"),
        ("integer", "1"),
        ("integer", True),
        ("integer", 1.5),
        ("integer", 2**63),
        ("long", 2.0**63),
        ("float", "1"),
        ("double", True),
        ("double", math.inf),
        ("timestamp", []),
        ("timestamp", "yesterday"),
        ("blob", 1),
        ("blob", "a"),
    ],
)
def test_refusing(kind: str, given: Any) -> None:
    """What is not of the type, or beyond it, is never taken for a value."""
    with pytest.raises((TypeError, ValueError)):
        WIRE_READERS[kind](None)(given, None)


@pytest.mark.parametrize("readers", [WIRE_READERS, BOTO_READERS])
def test_null(readers: Any) -> None:
    """Null is what stands for it, whatever that is."""
    stand_in = object()
    assert all(make(stand_in)(None, None) is stand_in for make in readers.values())


def test_boto_values_stay() -> None:
    """boto3's values are those of the classes; text stands for the bytes of a blob and for a time."""
    for kind, value in {"boolean": 1, "double": "x", "integer": "x", "string": 1, "timestamp": TIME}.items():
        assert BOTO_READERS[kind](None)(value, None) is value
    assert BOTO_READERS["blob"](None)("a", None) == b"a"
    assert BOTO_READERS["timestamp"](None)("2023-11-14T22:13:20Z", None) == TIME


def test_writing() -> None:
    """Numbers that JSON has not are written as Smithy says, blobs in base64, and documents as they were."""
    assert [dump_float(value) for value in (1.5, 2, math.inf, -math.inf)] == [1.5, 2, "Infinity", "-Infinity"]
    assert dump_float(math.nan) == "NaN"
    assert dump_base64(b"a") == "YQ=="
    document = {"a": [1, {"b": None}], "c": "d"}
    loaded = load_document(document)
    assert isinstance(loaded, FrozenMap)
    assert dump_document(loaded) == document
    with pytest.raises(ValueError, match="not JSON"):
        dump_document(load_document([math.nan]))
