"""Answers as JSON could say them."""

from __future__ import annotations

from datetime import UTC, datetime

from aiosagemaker.cli.plain import is_dict, is_list, is_tuple, plain


def test_what_json_lacks_becomes_text() -> None:
    """Bytes become base64, times ISO 8601 in the local zone; the rest stays."""
    value = {"a": [b"hi", datetime(2020, 1, 2, tzinfo=UTC)], "b": None, "c": 1.5}
    made = plain(value)
    assert made["a"][0] == "aGk="
    assert datetime.fromisoformat(made["a"][1]) == value["a"][1]  # type: ignore[index]  # it is a list
    assert (made["b"], made["c"]) == (None, 1.5)


def test_kinds_are_told_apart() -> None:
    """Only a dict is an object, only a list a list, only a tuple a tuple."""
    assert (is_dict({}), is_dict([]), is_list([]), is_list(())) == (True, False, True, False)
    assert (is_tuple(()), is_tuple([])) == (True, False)
