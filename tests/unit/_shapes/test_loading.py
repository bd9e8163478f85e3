"""Compiled loaders: the same result as a constructor's, on a class that stays frozen."""

from __future__ import annotations

import pickle
import weakref
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.convert import BODY, LOAD_ERRORS, WIRE
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker._shapes.structure import NO_METADATA
from aiosagemaker.sagemaker import EndpointStatus, EndpointSummary, ListEndpointsResponse, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "rest-json"},
    "operations": {"Get": {"output": {"shape": "GetResponse"}}},
    "shapes": {
        "GetResponse": {
            "type": "structure",
            "required": ["Text", "Place", "Tree"],
            "members": {
                "Text": {"shape": "Text"},
                "Flag": {"shape": "Flag"},
                "Count": {"shape": "Count"},
                "Ratio": {"shape": "Ratio"},
                "When": {"shape": "When"},
                "Kind": {"shape": "Kind"},
                "Kinds": {"shape": "Kinds"},
                "Blob": {"shape": "Blob"},
                "Tree": {"shape": "Tree"},
                "Trees": {"shape": "Trees"},
                "Table": {"shape": "Table"},
                "Place": {"shape": "Text", "location": "header", "locationName": "x-place"},
            },
        },
        "Text": {"type": "string"},
        "Flag": {"type": "boolean"},
        "Count": {"type": "long"},
        "Ratio": {"type": "double"},
        "When": {"type": "timestamp"},
        "Kind": {"type": "string", "enum": ["A", "B"]},
        "Kinds": {"type": "list", "member": {"shape": "Kind"}},
        "Blob": {"type": "blob"},
        "Tree": {"type": "structure", "members": {"Trees": {"shape": "Trees"}, "Text": {"shape": "Text"}}},
        "Trees": {"type": "list", "member": {"shape": "Tree"}},
        "Table": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Kind"}},
    },
}
NAMESPACE = Namespace("loading", Schema(build_schema(SERVICE)))
Get, Tree, Kind = NAMESPACE["GetResponse"], NAMESPACE["Tree"], NAMESPACE["Kind"]
PLAIN: dict[str, Any] = {
    "Text": "a",
    "Flag": False,
    "Count": 3,
    "Ratio": 0.5,
    "When": 1.5,
    "Kind": "A",
    "Kinds": ["B", "C"],
    "Blob": "YQ==",
    "Tree": {"Trees": [{"Text": "b"}, None]},
    "Trees": [],
    "Table": {"x": "A", "y": None},
    "x-place": "c",
}
MADE = {
    "text": "a",
    "flag": False,
    "count": 3,
    "ratio": 0.5,
    "when": datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC),
    "kind": "A",
    "kinds": ["B", "C"],
    "blob": b"a",
    "tree": Tree(trees=[Tree(text="b")]),
    "trees": [],
    "table": {"x": "A"},
    "place": "c",
}


@pytest.mark.parametrize("make", [dict, MappingProxyType])
def test_the_same_as_made(make: type[Mapping[str, Any]]) -> None:
    """What is loaded equals what the constructor makes, in every type, and its members have the same types."""
    loaded = WIRE.load(Get, make({**PLAIN, "Place": "c"}))
    made = Get(**MADE)
    assert loaded == made
    assert type(loaded) is Get
    assert loaded.response_metadata is NO_METADATA
    for field in attrs.fields(Get):
        assert type(getattr(loaded, field.name)) is type(getattr(made, field.name))
    assert type(loaded.kinds[1]) is Kind
    assert hash(loaded) == hash(made)
    assert repr(loaded) == repr(made)


def test_it_stays_frozen() -> None:
    """What is loaded cannot be changed, can be pickled and referred to weakly, and has no dictionary."""
    loaded = WIRE.load(ListEndpointsResponse, {"Endpoints": [{"EndpointName": "a"}], "NextToken": "b"})
    for value in (loaded, loaded.endpoints[0]):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            value.endpoint_name = "b"  # type: ignore[union-attr]  # what is tested
        assert not hasattr(value, "__dict__")
        assert weakref.ref(value)() is value
    assert pickle.loads(pickle.dumps(loaded)) == loaded
    assert type(loaded.endpoints[0]) is EndpointSummary


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("Count", 3.0, 3),
        ("Ratio", 1, 1.0),
        ("Ratio", "Infinity", float("inf")),
        ("When", "1970-01-01T00:00:02Z", datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=2)),
        ("When", 2, datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=2)),
        ("Kind", "New", "New"),
        ("Trees", None, None),
        ("Text", None, ""),
        ("Tree", None, Tree()),
    ],
)
def test_values_that_are_unusual(member: str, value: Any, expected: Any) -> None:
    """What is written otherwise is read, a null is unset, and of a required member the correction."""
    assert getattr(WIRE.load(Get, {**PLAIN, member: value}), member.lower()) == expected


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Text", 1),
        ("Flag", 1),
        ("Count", 2**63),
        ("Count", True),
        ("Ratio", float("inf")),
        ("Ratio", float("nan")),
        ("When", "soon"),
        ("Kind", 1),
        ("Kinds", [1]),
        ("Blob", "!"),
        ("Tree", []),
        ("Trees", {}),
        ("Trees", [1]),
        ("Table", []),
    ],
)
def test_what_is_wrong_is_refused(member: str, value: Any) -> None:
    """A value of another type is refused."""
    with pytest.raises(LOAD_ERRORS):
        WIRE.load(Get, {**PLAIN, member: value})


def test_what_is_not_in_a_body() -> None:
    """A member that has its place elsewhere is given as it was read there; a required one that is not, is noted."""
    notes: list[object] = []
    body = {"Text": "a", "Tree": {}}
    assert BODY.load(Get, {**body, "\0place": "b"}, notes).place == "b"
    assert notes == []
    assert BODY.load(Get, body, notes).place == ""
    assert notes


def test_a_class_that_a_user_derived() -> None:
    """A class derived from one of ours is loaded as itself."""

    class Own(Tag):
        """A tag with a method of its own."""

        def upper(self) -> str:
            return self.key.upper()

    own = Own.from_json('{"Key": "a", "Value": "b"}')
    assert own.upper() == "A"
    assert type(own) is Own


def test_an_enum_is_that_of_its_class() -> None:
    """A known value of an enum is the class's own member."""
    loaded = WIRE.load(EndpointSummary, {"EndpointStatus": "InService"})
    assert loaded.endpoint_status is EndpointStatus.IN_SERVICE
