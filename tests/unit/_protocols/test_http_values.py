"""Values in headers, query strings and labels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiosagemaker._protocols.http_values import dump_header, dump_text, load_header, percent_encode
from aiosagemaker._shapes.convert import LOAD_ERRORS
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema

SHAPES: dict[str, Any] = {
    "Text": {"type": "string"},
    "Flag": {"type": "boolean"},
    "Count": {"type": "integer"},
    "Ratio": {"type": "double"},
    "Time": {"type": "timestamp"},
    "Blob": {"type": "blob"},
    "Kind": {"type": "enum", "values": {"A": "a"}},
    "Texts": {"type": "list", "item": "Text"},
    "Times": {"type": "list", "item": "Time"},
    "Counts": {"type": "list", "item": "Count"},
}
NAMESPACE = Namespace(
    "x",
    Schema(
        {
            "metadata": {"protocol": "rest-json"},
            "categories": {},
            "operations": {},
            "paginators": {},
            "waiters": {},
            "shapes": SHAPES,
        }
    ),
)
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
HEADER_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF).filter(lambda c: c != "\x7f"))


def header(shape: str, **traits: Any) -> Any:
    return {"name": "m", "shape": shape, **traits}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_percent_encoding_is_reversible(text: str) -> None:
    """Any text comes back from its percent-encoding, which holds unreserved characters and escapes alone."""
    encoded = percent_encode(text)
    assert unquote(encoded) == text
    assert encoded.replace("%", "").replace("-", "").replace("_", "").replace(".", "").replace("~", "").isalnum() or (
        not encoded.strip("-_.~%")
    )


@pytest.mark.parametrize(
    ("shape", "value", "text"),
    [
        ("Text", "a", "a"),
        ("Flag", True, "true"),
        ("Flag", False, "false"),
        ("Count", 5, "5"),
        ("Ratio", 1.5, "1.5"),
        ("Ratio", float("nan"), "NaN"),
        ("Ratio", float("-inf"), "-Infinity"),
        ("Time", NOON, "2025-07-01T12:00:00Z"),
        ("Blob", b"ab", "YWI="),
    ],
)
def test_scalars_as_text(shape: str, value: Any, text: str) -> None:
    """Each type has one text, whatever Python's own `str` of it."""
    assert dump_text(NAMESPACE, shape, value, "iso8601") == text


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("Flag", True),
        ("Count", -3),
        ("Ratio", 2.5),
        ("Time", NOON),
        ("Blob", b"\x00\xff"),
        ("Texts", ("a", "b,c", 'd"e', "f\\,g")),
        ("Times", (NOON, NOON.replace(hour=1))),
        ("Counts", (1, 2)),
    ],
)
def test_headers_read_as_they_are_written(shape: str, value: Any) -> None:
    """A header's value comes back as what it was, lists with commas, quotes and dates in them too."""
    member = header(shape)
    assert load_header(NAMESPACE, member, dump_header(NAMESPACE, member, value)) == value


@given(HEADER_TEXT)
def test_text_headers_read_as_they_are_written(text: str) -> None:
    """Any text that a header can carry comes back as it was."""
    assert load_header(NAMESPACE, header("Text"), dump_header(NAMESPACE, header("Text"), text)) == text


def test_json_headers() -> None:
    """A header declared as JSON is base64, and is read only if it holds JSON."""
    member = header("Text", json_value=True)
    assert dump_header(NAMESPACE, member, '{"a":1}') == "eyJhIjoxfQ=="
    assert load_header(NAMESPACE, member, "eyJhIjoxfQ==") == '{"a":1}'
    for text in ("***", "eyJh", "/w=="):
        with pytest.raises(LOAD_ERRORS):
            load_header(NAMESPACE, member, text)


@pytest.mark.parametrize(("shape", "text"), [("Flag", "yes"), ("Count", "1.5"), ("Ratio", "x"), ("Time", "noon")])
def test_malformed_headers(shape: str, text: str) -> None:
    """A header that is not of its shape is refused, not guessed at."""
    with pytest.raises(LOAD_ERRORS):
        load_header(NAMESPACE, header(shape), text)
