"""Every rule of a model, where it is broken, and what a violation says."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.constraints import check
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.errors import ParamValidationError, Violation

MEMBERS = {
    "Name": "Name",
    "Free": "Free",
    "Count": "Count",
    "Big": "Big",
    "Ratio": "Ratio",
    "Flag": "Flag",
    "When": "When",
    "Data": "Data",
    "Kind": "Kind",
    "Names": "Names",
    "Inners": "Inners",
    "Labels": "Labels",
    "Inner": "Inner",
    "Choice": "Choice",
    "Secret": "Secret",
    "Secrets": "Secrets",
    "Document": "Document",
}
SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "apiVersion": "1"},
    "operations": {},
    "shapes": {
        "All": {"type": "structure", "required": ["Name"], "members": {n: {"shape": s} for n, s in MEMBERS.items()}},
        "Name": {"type": "string", "min": 2, "max": 5, "pattern": "[a-z]+"},
        "Free": {"type": "string"},
        "Count": {"type": "integer", "min": 1, "max": 10},
        "Big": {"type": "long"},
        "Ratio": {"type": "float", "min": 0.25, "max": 0.75},
        "Flag": {"type": "boolean"},
        "When": {"type": "timestamp"},
        "Data": {"type": "blob", "min": 2, "max": 4},
        "Kind": {"type": "string", "enum": ["A", "B"], "max": 1, "pattern": "[AB]"},
        "Names": {"type": "list", "member": {"shape": "Name"}, "min": 1, "max": 2},
        "Inners": {"type": "list", "member": {"shape": "Inner"}},
        "Labels": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}, "max": 1},
        "Inner": {"type": "structure", "required": ["Name"], "members": {"Name": {"shape": "Name"}}},
        "Choice": {
            "type": "structure",
            "union": True,
            "members": {"One": {"shape": "Free"}, "Two": {"shape": "Count"}},
        },
        "Secret": {"type": "string", "sensitive": True, "min": 3, "pattern": "[a-z]+"},
        "Secrets": {"type": "list", "member": {"shape": "Secret"}},
        "Document": {"type": "structure", "members": {}, "document": True},
    },
}
NAMESPACE = Namespace("constraints", Schema(build_schema(SERVICE)))
All, Inner, Choice = NAMESPACE["All"], NAMESPACE["Inner"], NAMESPACE["Choice"]
NOW = datetime(2025, 7, 1, tzinfo=UTC)


class Number(enum.IntEnum):
    ONE = 1


def broken(strict: bool = True, **members: Any) -> list[tuple[str, str]]:
    """Paths and rules of what is broken in a structure with these members and a good name."""
    try:
        check(All(**{"name": "abc", **members}), strict=strict)
    except ParamValidationError as error:
        return [(violation.path, violation.rule) for violation in error.violations]
    return []


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"name": "ab"},
        {"name": "abcde"},
        {"count": 1},
        {"count": 10},
        {"count": Number.ONE},
        {"big": 2**62},
        {"ratio": 0.25},
        {"ratio": 0.75},
        {"flag": False},
        {"when": NOW},
        {"data": b"ab"},
        {"data": bytearray(b"abcd")},
        {"data": memoryview(b"ab")},
        {"kind": "A"},
        {"kind": "something the model does not know"},
        {"names": ["ab"]},
        {"labels": {"ab": "cd"}},
        {"labels": {}},
        {"inner": Inner(name="ab")},
        {"inners": []},
        {"choice": Choice(one="a")},
        {"secret": "abc"},
        {"document": {"a": [1, None, {"b": True}]}},
        {"document": None},
    ],
)
def test_good(members: dict[str, Any]) -> None:
    """What the model allows has no violation."""
    assert broken(**members) == []
    assert broken(strict=False, **members) == []


TYPES = [
    ({"name": 5}, "name"),
    ({"name": b"abc"}, "name"),
    ({"free": ["a"]}, "free"),
    ({"count": "5"}, "count"),
    ({"count": 5.0}, "count"),
    ({"count": True}, "count"),
    ({"big": False}, "big"),
    ({"ratio": "0.5"}, "ratio"),
    ({"ratio": True}, "ratio"),
    ({"ratio": Decimal("0.5")}, "ratio"),
    ({"flag": 1}, "flag"),
    ({"flag": "true"}, "flag"),
    ({"when": "2020-01-02"}, "when"),
    ({"when": 5}, "when"),
    ({"when": NOW.date()}, "when"),
    ({"when": NOW.replace(tzinfo=None)}, "when"),
    ({"data": "abc"}, "data"),
    ({"kind": 5}, "kind"),
    ({"names": "ab"}, "names"),
    ({"names": 5}, "names"),
    ({"names": ["ab", None]}, "names[1]"),
    ({"names": ["ab", 5]}, "names[1]"),
    ({"inners": [Inner(name="ab"), {"Name": "ab"}]}, "inners[1]"),
    ({"inners": [Inner(name=5)]}, "inners[0].name"),
    ({"labels": [("ab", "cd")]}, "labels"),
    ({"labels": {"ab": 5}}, "labels['ab']"),
    ({"labels": {5: "ab"}}, "labels[5]"),
    ({"labels": {"ab": None}}, "labels['ab']"),
    ({"inner": {"Name": "ab"}}, "inner"),
    ({"inner": Inner}, "inner"),
    ({"inner": Choice(one="a")}, "inner"),
    ({"choice": "one"}, "choice"),
    ({"document": {"a": [object()]}}, "document['a'][0]"),
]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(("members", "path"), TYPES, ids=str)
def test_type(members: dict[str, Any], path: str, strict: bool) -> None:
    """A wrong type is a violation at its path, strict or not."""
    assert broken(strict, **members) == [(path, "type")]


@pytest.mark.parametrize(
    ("members", "path", "rule"),
    [
        ({"name": None}, "name", "required"),
        ({"name": "a"}, "name", "length"),
        ({"count": 0}, "count", "range"),
        ({"ratio": 0.2}, "ratio", "range"),
        ({"ratio": 0}, "ratio", "range"),
        ({"names": []}, "names", "length"),
        ({"names": ["a"]}, "names[0]", "length"),
        ({"labels": {"a": "bc"}}, "labels['a']", "length"),
        ({"inner": Inner(name=None)}, "inner.name", "required"),
        ({"inners": [Inner(name="ab"), Inner(name=None)]}, "inners[1].name", "required"),
        ({"choice": Choice()}, "choice", "union"),
        ({"choice": Choice(one="a", two=2)}, "choice", "union"),
    ],
    ids=str,
)
@pytest.mark.parametrize("strict", [True, False])
def test_standard(members: dict[str, Any], path: str, rule: str, strict: bool) -> None:
    """Required members, minima and unions are checked, strict or not, as boto3 does."""
    assert broken(strict, **members) == [(path, rule)]


@pytest.mark.parametrize(
    ("members", "path", "rule"),
    [
        ({"name": "abcdef"}, "name", "length"),
        ({"name": "ABC"}, "name", "pattern"),
        ({"name": "abc\n"}, "name", "pattern"),
        ({"count": 11}, "count", "range"),
        ({"ratio": 0.8}, "ratio", "range"),
        ({"data": b"abcde"}, "data", "length"),
        ({"data": b"a"}, "data", "length"),
        ({"names": ["ab", "cd", "ef"]}, "names", "length"),
        ({"names": ["ab", "CD"]}, "names[1]", "pattern"),
        ({"labels": {"ab": "cd", "ef": "gh"}}, "labels", "length"),
        ({"labels": {"AB": "cd"}}, "labels['AB']", "pattern"),
    ],
    ids=str,
)
def test_strict(members: dict[str, Any], path: str, rule: str) -> None:
    """Maxima and patterns are violations when strict alone: services loosen them while older clients are in use."""
    assert broken(strict=True, **members) == [(path, rule)]
    assert broken(strict=False, **members) == []


def test_all_at_once() -> None:
    """Every violation is listed, in the order of the members, with path, rule, value and words."""
    with pytest.raises(ParamValidationError) as caught:
        All(
            name=None, count=True, ratio=2, names=["ab", "C"], labels={"AB": "cd"}, inner=Inner(name=5), choice=Choice()
        ).validate()
    assert [tuple(violation) for violation in caught.value.violations] == [
        ("name", "required", None),
        ("count", "type", True),
        ("ratio", "range", 2),
        ("names[1]", "length", "C"),
        ("names[1]", "pattern", "C"),
        ("labels['AB']", "pattern", "AB"),
        ("inner.name", "type", 5),
        ("choice", "union", Choice()),
    ]
    assert all(isinstance(violation, Violation) and violation.expected for violation in caught.value.violations)
    assert str(caught.value).splitlines() == [
        "All: 8 violations",
        "  name: required",
        "  count: expected int, got True",
        "  ratio: expected at most 0.75, got 2",
        "  names[1]: expected at least 2 characters, got 'C'",
        "  names[1]: expected a match of [a-z]+, got 'C'",
        "  labels['AB']: expected a match of [a-z]+, got 'AB'",
        "  inner.name: expected str, got 5",
        "  choice: expected exactly one member of Choice to be set, got Choice()",
    ]


def test_naive_datetime_is_told() -> None:
    """A naive datetime is refused in words that say what is missing."""
    with pytest.raises(ParamValidationError, match="tzinfo"):
        All(name="abc", when=datetime(2020, 1, 2)).validate()


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "members",
    [{"secret": "A!"}, {"secret": ["A!"]}, {"secrets": ["A!"]}, {"secrets": "A!"}, {"secrets": [["A!"]]}],
    ids=str,
)
def test_sensitive(members: dict[str, Any], strict: bool) -> None:
    """A violation of a sensitive member does not have its value."""
    with pytest.raises(ParamValidationError) as caught:
        check(All(name="abc", **members), strict=strict)
    assert "A!" not in str(caught.value)
    assert "A!" not in repr(caught.value)
    assert {violation.value for violation in caught.value.violations} == {"<redacted>"}


def test_long_values_are_cut() -> None:
    """A message has the start of a long value, the violation all of it."""
    with pytest.raises(ParamValidationError) as caught:
        All(name="abc", free=list(range(1000))).validate()
    assert len(str(caught.value)) < 200
    assert len(caught.value.violations[0].value) == 1000


def test_pickle() -> None:
    """The error with its violations survives pickle."""
    import pickle

    with pytest.raises(ParamValidationError) as caught:
        All(name=None).validate()
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.violations == caught.value.violations
    assert str(again) == str(caught.value)


def test_too_long_to_match() -> None:
    """A text beyond the maximum length is not matched with the pattern: its length alone is reported."""
    assert broken(name="ABCDE") == [("name", "pattern")]
    assert broken(name="ABCDEF") == [("name", "length")]
