"""JSON text, strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiosagemaker._shapes import json_text
from aiosagemaker._shapes.convert import WIRE
from aiosagemaker._shapes.json_text import dumps, loads
from aiosagemaker.sagemaker.models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable


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


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.skipif(json_text._fast_decode is None, reason="orjson is not installed")
@given(value=VALUES)
def test_orjson_changes_nothing(value: object) -> None:
    """With orjson the same value is written, and the same text read, as without it."""
    try:
        slow = json_text._encode_slowly(value)
    except ValueError:  # an infinity
        with pytest.raises(ValueError, match="not JSON compliant"):
            json_text._encode(value)
        return
    assert json_text._decode_slowly(json_text._encode(value)) == value
    assert json_text._loads(slow) == json_text._decode_slowly(slow) == value


@pytest.mark.skipif(json_text._fast_decode is None, reason="orjson is not installed")
@given(text=st.binary(max_size=40) | st.from_regex(rb'[\[\]{}:,"\\ud8\-0-9.eEtrufalsn ]{0,30}', fullmatch=True))
def test_orjson_refuses_nothing_more(text: bytes) -> None:
    """What is JSON, and what it says, does not depend on orjson."""

    def outcome(read: Callable[[bytes], object]) -> object:
        try:
            return read(text)
        except ValueError:
            return ValueError

    assert repr(outcome(json_text._loads)) == repr(outcome(json_text._decode_slowly))


def test_the_integers_of_an_answer_have_64_bits() -> None:
    """An integer that no long holds is refused, however the JSON was read."""
    load = WIRE.load_hook(NAMESPACE, "JavaLong")
    assert load(2**63 - 1) == 2**63 - 1
    for wrong in (2**63, float(2**63), -(2**63) - 1):
        with pytest.raises(TypeError, match="64 bits"):
            load(wrong)
