"""Reprs that can be read."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._shapes.maps import FrozenMap
from aiosagemaker._shapes.short_repr import MOST, items_repr, map_repr, short_repr


@pytest.mark.parametrize("value", ["a", b"a", (), ("a",), ("a", 2), ((1,), ("b", 2)), 5, None])
def test_what_is_short_is_as_it_is(value: Any) -> None:
    """The repr of what is short is Python's own."""
    assert short_repr(value) == repr(value)


@pytest.mark.parametrize("value", ["a" * 10_000, b"a" * 10_000, bytearray(b"a" * 10_000)])
def test_texts(value: Any) -> None:
    """A long text is cut, and the rest is counted."""
    text = short_repr(value)
    assert text.endswith("... 8,000 more")
    assert text.count("a") in (MOST, MOST + 2)  # with those of `bytearray`
    assert len(text) < MOST + 50


def test_lists() -> None:
    """Of a long list the first items are shown, in order, and how many more there are."""
    text = items_repr(tuple(range(10_000, 20_000)), "[]")
    assert text.startswith("[10000, 10001, ")
    shown, _, more = text.partition(", ... ")
    assert len(text) < MOST + 50
    assert int(more.removesuffix(" more]").replace(",", "")) == 10_000 - (shown.count(",") + 1)
    assert short_repr(tuple(range(10_000, 20_000))) == f"({text[1:-1]})"


def test_a_list_that_just_fits_is_whole() -> None:
    """Nothing is counted where nothing is left out."""
    items = ("a" * (MOST - 2), "b")
    assert items_repr(items, "()") == repr(items)


def test_maps() -> None:
    """Of a long map the first entries are shown, also where it is an item of a list."""
    entries = {f"key-{number:05}": "v" * 10 for number in range(1_000)}
    text = map_repr(entries)
    assert text.startswith("{'key-00000': 'vvvvvvvvvv', 'key-00001': ")
    assert text.endswith(" more}")
    assert len(text) < MOST + 100
    assert repr(FrozenMap(entries)) == text
    assert short_repr((1, FrozenMap(entries))) == f"(1, {text})"
    assert map_repr({"a": 1, "b": "c"}) == "{'a': 1, 'b': 'c'}"
