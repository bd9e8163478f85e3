"""Consoles to draw on."""

from __future__ import annotations

import io

import pytest

from aiosagemaker.cli.console import is_unicode, make_console


@pytest.mark.parametrize(("color", "coloured"), [("on", True), ("off", False), ("auto", False)])
def test_colours_are_as_the_option_says(color: str, coloured: bool) -> None:
    """`on` colours a file too, `auto` does not, and text is never taken for markup."""
    out = io.StringIO()
    make_console(color, out).print("[bold]:smile:[/bold]", style="red")
    assert ("\x1b[31m" in out.getvalue()) == coloured
    assert "[bold]:smile:[/bold]" in out.getvalue()


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR takes the colours of a terminal."""
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    make_console("on", out).print("x", style="red")
    assert "31" not in out.getvalue()


def test_only_unicode_has_lines() -> None:
    """An encoding without box characters is known as such."""
    assert is_unicode(io.TextIOWrapper(io.BytesIO(), "utf-8"))
    assert not is_unicode(io.TextIOWrapper(io.BytesIO(), "latin-1"))
