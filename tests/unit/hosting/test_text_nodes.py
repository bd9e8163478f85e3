"""Reading without a library for YAML, and lines."""

from __future__ import annotations

import sys

import pytest

from aiosagemaker.hosting.text_nodes import Lines, TextError, read_text, substituted


@pytest.fixture
def without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)


@pytest.mark.usefixtures("without_yaml")
def test_json_needs_nothing() -> None:
    """JSON is read without the library, the environment's values included; its syntax errors have lines."""
    assert read_text('{"a": ["${X}", 1, null]}', {"X": "y"})[0] == {"a": ["y", 1, None]}
    with pytest.raises(TextError) as caught:
        read_text('{\n"a": }', {})
    assert caught.value.where == "line 2"


@pytest.mark.usefixtures("without_yaml")
def test_yaml_says_what_it_needs() -> None:
    """YAML without the library is an error that says what to install."""
    with pytest.raises(TextError, match="aiosagemaker\\[cli\\]"):
        read_text("a: 1\nb: 2\n", {})


def test_scalars() -> None:
    """Scalars are what YAML 1.2 says; a time stays the text it is."""
    text = "a: 1\nb: 1.5\nc: true\nd: null\ne: 2020-01-01\nf: '1'\ng: yes\nh: ${N}\n"
    value, _ = read_text(text, {"N": "3"})
    assert value == {"a": 1, "b": 1.5, "c": True, "d": None, "e": "2020-01-01", "f": "1", "g": "yes", "h": 3}


def test_merge_keys() -> None:
    """`<<` takes the keys of other mappings, the first of them first; a mapping's own hold, and each has its line."""
    text = "a: &a {X: 1, Y: 1}\nb: &b\n  Y: 2\n  Z: 2\nc:\n  <<: [*a, *b]\n  X: 3\nd:\n  '<<': 4\n"
    value, lines = read_text(text, {})
    assert value["c"] == {"X": 3, "Y": 1, "Z": 2}
    assert [lines.of(f"c.{key}") for key in "XYZ"] == [7, 1, 4]
    assert value["d"] == {"<<": 4}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: &a [1, *a]\n", "an anchor is within itself"),
        ("a: 1\nb: &a {<<: *a}\n", "an anchor is within itself"),
        ("a: 1\nb: {<<: 3}\n", "<< takes mappings alone"),
        ("a: 1\nb: {X: 1, X: 2}\n", "X is named twice"),
    ],
)
def test_what_cannot_be_built(text: str, said: str) -> None:
    """What is no tree of values is an error with its line."""
    with pytest.raises(TextError, match=said) as caught:
        read_text(text, {})
    assert caught.value.where == "line 2"


def test_nearest_line() -> None:
    """What has no line of its own has that of what it is within."""
    lines = Lines({"": 1, "A": 2, "A[0].B": 4})
    assert [lines.of(path) for path in ("A[0].B.C", "A[0].B", "A[0]", "X.Y")] == [4, 4, 2, 1]


def test_a_variable_that_is_empty_takes_its_default() -> None:
    """As in a shell, `:-` counts for what is empty too."""
    assert substituted("${A:-x}", {"A": ""}, 0) == "x"
