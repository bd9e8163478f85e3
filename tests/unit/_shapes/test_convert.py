"""The three dialects: the wire, its body, and boto3's dicts."""

from __future__ import annotations

import base64
import math
from datetime import UTC, datetime
from typing import Any

import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.convert import BODY, BOTO, LOAD_ERRORS, WIRE
from aiosagemaker._shapes.maps import FrozenMap
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema

MEMBERS: dict[str, Any] = {
    "Text": {"shape": "Text"},
    "Flag": {"shape": "Flag"},
    "Count": {"shape": "Count"},
    "Ratio": {"shape": "Ratio"},
    "Epoch": {"shape": "Time"},
    "Iso": {"shape": "IsoTime"},
    "Http": {"shape": "Time", "timestampFormat": "rfc822"},
    "Data": {"shape": "Data"},
    "Kind": {"shape": "Kind"},
    "Texts": {"shape": "Texts"},
    "Times": {"shape": "Times"},
    "Map": {"shape": "Map"},
    "Inner": {"shape": "Inner"},
    "Document": {"shape": "Document"},
    "Renamed": {"shape": "Text", "locationName": "renamed-on-the-wire"},
    "Header": {"shape": "Text", "location": "header", "locationName": "x-header"},
}
SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "apiVersion": "1"},
    "operations": {"Get": {"name": "Get", "output": {"shape": "GetResponse"}}},
    "shapes": {
        "All": {"type": "structure", "members": MEMBERS},
        "GetResponse": {"type": "structure", "required": ["All"], "members": {"All": {"shape": "All"}}},
        "Inner": {"type": "structure", "required": ["Text"], "members": {"Text": {"shape": "Text"}}},
        "Text": {"type": "string"},
        "Texts": {"type": "list", "member": {"shape": "Text"}},
        "Flag": {"type": "boolean"},
        "Count": {"type": "integer"},
        "Ratio": {"type": "double"},
        "Time": {"type": "timestamp"},
        "IsoTime": {"type": "timestamp", "timestampFormat": "iso8601"},
        "Times": {"type": "list", "member": {"shape": "IsoTime"}},
        "Data": {"type": "blob"},
        "Kind": {"type": "string", "enum": ["A"]},
        "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Texts"}},
        "Document": {"type": "structure", "members": {}, "document": True},
    },
}
NAMESPACE = Namespace("convert", Schema(build_schema(SERVICE)))
All, Inner = NAMESPACE["All"], NAMESPACE["Inner"]
NOW = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
EVERYTHING = All(
    text="é",
    flag=False,
    count=0,
    ratio=0.5,
    epoch=NOW,
    iso=NOW,
    http=NOW,
    data=b"\x00\xff",
    kind="A",
    texts=[],
    times=[NOW],
    map={"a": ["b"]},
    inner=Inner(text=""),
    document={"a": [None]},
    renamed="r",
    header="h",
)
WIRE_FORM: dict[str, Any] = {
    "Text": "é",
    "Flag": False,
    "Count": 0,
    "Ratio": 0.5,
    "Epoch": 1577934245,
    "Iso": "2020-01-02T03:04:05Z",
    "Http": "Thu, 02 Jan 2020 03:04:05 GMT",
    "Data": base64.b64encode(b"\x00\xff").decode(),
    "Kind": "A",
    "Texts": [],
    "Times": ["2020-01-02T03:04:05Z"],
    "Map": {"a": ["b"]},
    "Inner": {"Text": ""},
    "Document": {"a": [None]},
    "renamed-on-the-wire": "r",
    "Header": "h",
}


def test_wire() -> None:
    """On the wire every type has its form, members their wire names, and empty values are values."""
    assert WIRE.dump(EVERYTHING) == WIRE_FORM
    assert WIRE.load(All, WIRE_FORM) == EVERYTHING


def test_body() -> None:
    """The body leaves out what travels elsewhere in the message."""
    without = {name: value for name, value in WIRE_FORM.items() if name != "Header"}
    assert BODY.dump(EVERYTHING) == without
    assert BODY.load(All, WIRE_FORM) == EVERYTHING.without_header()


def test_boto() -> None:
    """boto3's form has the model's names, datetimes and bytes."""
    form = {name: value for name, value in WIRE_FORM.items() if name != "renamed-on-the-wire"} | {
        "Epoch": NOW,
        "Iso": NOW,
        "Http": NOW,
        "Times": [NOW],
        "Data": b"\x00\xff",
        "Renamed": "r",
    }
    assert BOTO.dump(EVERYTHING) == form
    assert BOTO.load(All, form) == EVERYTHING
    assert list(BOTO.dump(EVERYTHING)) == list(MEMBERS)


def test_boto_takes_more() -> None:
    """boto3 takes text for a blob, and text or numbers for a timestamp; so does this."""
    loaded = BOTO.load(All, {"Data": "é", "Epoch": 1577934245, "Iso": "2020-01-02T03:04:05Z", "Texts": ("a",)})
    assert (loaded.data, loaded.epoch, loaded.iso, loaded.texts) == ("é".encode(), NOW, NOW, ("a",))


@pytest.mark.parametrize("dialect", [WIRE, BODY, BOTO])
def test_unset(dialect: Any) -> None:
    """Unset members are left out, and null is unset."""
    assert dialect.dump(All()) == {}
    assert dialect.load(All, dict.fromkeys(MEMBERS)) == All()


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"), (1, 1), (2.5, 2.5)]
)
def test_floats(value: float, text: Any) -> None:
    """What JSON has no number for travels as Smithy's strings."""
    assert WIRE.dump(All(ratio=value)) == {"Ratio": text}
    read = WIRE.load(All, {"Ratio": text}).ratio
    assert type(read) is float
    assert read == value or (math.isnan(value) and math.isnan(read))


def test_null_in_lists_and_maps() -> None:
    """A null in a list or a map is dropped, for the types promise values."""
    loaded = WIRE.load(All, {"Texts": ["a", None, "b"], "Map": {"a": None, "b": ["c", None]}})
    assert loaded.texts == ("a", "b")
    assert loaded.map == {"b": ("c",)}


def test_integers_written_as_floats() -> None:
    """A whole number with a fraction of zero is an integer."""
    loaded = WIRE.load(All, {"Count": 5.0})
    assert loaded.count == 5
    assert type(loaded.count) is int


def test_loaded_values_are_frozen() -> None:
    """What is loaded is as immutable and hashable as what is made."""
    loaded = WIRE.load(All, WIRE_FORM)
    hash(loaded)
    assert type(loaded.map) is FrozenMap
    assert type(loaded.document) is FrozenMap
    assert type(loaded.kind) is NAMESPACE["Kind"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Text", 5),
        ("Flag", 0),
        ("Count", True),
        ("Count", "1"),
        ("Ratio", "0.5"),
        ("Ratio", True),
        ("Epoch", False),
        ("Epoch", 1e400),
        ("Data", "%"),
        ("Data", "YQ"),
        ("Kind", 5),
        ("Texts", "ab"),
        ("Texts", {"a": 1}),
        ("Map", [["a", ["b"]]]),
        ("Inner", "text"),
        ("Inner", [["Text", "a"]]),
    ],
)
def test_malformed(name: str, value: Any) -> None:
    """What is not of the shape raises one of the errors that callers expect of loading."""
    with pytest.raises(LOAD_ERRORS):
        WIRE.load(All, {name: value})


def test_dumped_is_not_shared() -> None:
    """Changing what was dumped changes nothing that is dumped later."""
    first = WIRE.dump(EVERYTHING)
    first["Texts"].append("x")
    first["Document"]["a"].append("x")
    assert WIRE.dump(EVERYTHING) == WIRE_FORM


def test_missing_members_are_corrected() -> None:
    """A required member that is missing or null in a nested structure is filled in too."""
    for inner in ({}, {"Text": None}):
        assert WIRE.load(NAMESPACE["GetResponse"], {"All": {"Inner": inner}}).all.inner == Inner(text="")
