"""Answers that the service did not write."""

from __future__ import annotations

import time

import pytest

from aiosagemaker._protocols.foreign_body import EXCERPT, excerpt

PAGE = b"""<!DOCTYPE html><html><head><title>Access &amp; denied</title><style>p { color: red }</style>
<script>alert("never");</script></head><body><!-- hidden --><h1>Blocked</h1><p>by\tpolicy <b>7</b></p></body></html>"""


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b"upstream connect error\r\n", "upstream connect error"),
        (PAGE, "Access & denied Blocked by policy 7"),
        (b"\x1f\x8b\x08\x00", ""),
        (b"\xff\xfe", ""),
        (b"1 < 2 <br> 3", "1 < 2 3"),
        (b"open <b", "open"),
        ("Zugriff verweigert: Gerät".encode(), "Zugriff verweigert: Gerät"),
    ],
)
def test_excerpt(body: bytes, text: str) -> None:
    """A page is quoted as its reader would see it, on one line; what is no text is not quoted."""
    assert excerpt(body) == text


def test_long_page_is_cut() -> None:
    """However long a page is, the quotation is short, and quickly made; a character is not cut in two."""
    assert excerpt(b"word " * 10_000) == ("word " * (EXCERPT // 5)).rstrip() + "..."
    assert excerpt("é".encode() * 10_000).startswith("é")
    begun = time.process_time()
    excerpt(b"<script" * 100_000)
    excerpt(b"<!--" * 100_000)
    excerpt(b"<a" * 100_000)
    assert time.process_time() - begun < 0.5
