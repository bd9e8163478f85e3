"""Read-only mappings."""

from __future__ import annotations

import copy
import pickle
from types import MappingProxyType
from typing import Any

import pytest

from aiosagemaker._shapes.maps import FrozenMap, Headers, freeze, thaw


def test_is_a_mapping() -> None:
    """It does what a mapping does, in the order given, and is a copy of what it was made from."""
    source = {"b": 1, "a": 2}
    frozen = FrozenMap(source)
    source["c"] = 3
    assert list(frozen) == ["b", "a"]
    assert (len(frozen), frozen["a"], frozen.get("c"), "a" in frozen, "c" in frozen) == (2, 2, None, True, False)
    assert dict(frozen) == {"b": 1, "a": 2}
    assert {**frozen} == {"b": 1, "a": 2}
    assert list(FrozenMap()) == []
    with pytest.raises(KeyError):
        frozen["c"]


@pytest.mark.parametrize("change", ["m['a'] = 1", "del m['a']", "m.clear()", "m.update(a=1)", "m.pop('a')", "m |= {}"])
def test_read_only(change: str) -> None:
    """Nothing that changes a dict works."""
    with pytest.raises((TypeError, AttributeError)):
        exec(change, {"m": FrozenMap({"a": 1})})


def test_equality_and_hash() -> None:
    """It equals any mapping with the same items, and equal ones have equal hashes whatever their order."""
    one, two = FrozenMap({"a": 1, "b": 2}), FrozenMap({"b": 2, "a": 1})
    assert one == two == {"a": 1, "b": 2} == MappingProxyType({"b": 2, "a": 1})
    assert hash(one) == hash(two)
    assert one != FrozenMap({"a": 1})
    assert len({one, two}) == 1


def test_survives() -> None:
    """It survives pickle and copies as itself."""
    frozen = FrozenMap({"a": (1, 2)})
    for made in (pickle.loads(pickle.dumps(frozen)), copy.copy(frozen), copy.deepcopy(frozen)):
        assert made == frozen
        assert type(made) is FrozenMap
    assert repr(frozen) == "{'a': (1, 2)}"


def test_headers() -> None:
    """Headers are found without regard to case, and values of a repeated one are joined."""
    headers = Headers([("Content-Type", "a"), ("X-Many", "1"), ("x-many", "2")])
    assert headers["content-type"] == headers["CONTENT-TYPE"] == headers.get("Content-type") == "a"
    assert headers["X-Many"] == "1, 2"
    assert "CONTENT-TYPE" in headers
    assert 5 not in headers
    assert headers.get("missing") is None
    assert Headers({"A": "b"}) == Headers({"a": "b"})
    assert pickle.loads(pickle.dumps(headers)) == headers
    assert copy.deepcopy(headers)["X-MANY"] == "1, 2"


@pytest.mark.parametrize("value", [None, 1, 1.5, True, "a", [], {}, [1, [2, {"a": [None]}]], {"a": {"b": [1]}}])
def test_freeze_and_thaw(value: Any) -> None:
    """A JSON value is hashable when frozen, and the same again when thawed."""
    frozen = freeze(value)
    hash(frozen)
    assert thaw(frozen) == value
    assert freeze(frozen) == frozen
