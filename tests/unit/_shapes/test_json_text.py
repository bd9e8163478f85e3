"""JSON text, strictly."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._shapes.json_text import dumps, loads


def test_compact_ascii() -> None:
    """Text is compact ASCII, in the order given."""
    assert dumps({"b": [1, 2.5, None, True], "a": "é🚀"}) == '{"b":[1,2.5,null,true],"a":"\\u00e9\\ud83d\\ude80"}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), {1, 2}, b"a", object()])
def test_dumps_refuses(value: Any) -> None:
    """What JSON cannot say is refused."""
    with pytest.raises((ValueError, TypeError)):
        dumps([value])


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "[-Infinity]", "{'a': 1}", "1 2", b"\xff", b"\xef\xbb\xbf{}"]
)
def test_loads_refuses(text: str | bytes) -> None:
    """What is not JSON in UTF-8 is refused, the constants that Python would take included."""
    with pytest.raises(ValueError, match=r"not JSON|Expecting|Extra|decode|BOM"):
        loads(text)


@pytest.mark.parametrize(
    "text", ['{"a":[1,2.5,null,true,"\\u00e9"]}', ' {"a" : [ 1, 2.5, null, true, "é" ] } '.encode()]
)
def test_loads(text: str | bytes) -> None:
    """Text and bytes are read."""
    assert loads(text) == {"a": [1, 2.5, None, True, "é"]}


def test_depth() -> None:
    """What is nested too deep raises RecursionError, which loading counts as malformed."""
    with pytest.raises(RecursionError):
        loads("[" * 100_000)
