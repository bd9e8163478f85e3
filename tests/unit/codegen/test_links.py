"""Links between the pages of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codegen.links import broken_links

if TYPE_CHECKING:
    from pathlib import Path

GOOD = [
    "b.html",
    "b.html#here",
    "#top",
    "sub/c.html",
    "b%2Ehtml",
    "pic.svg#part",
    "https://elsewhere.example/x#y",
    "//host/x",
    "#",
    "",
]
BAD = ["gone.html", "b.html#nowhere", "#nowhere", "sub", "sub/gone.svg"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for name in ("b.html", "sub/c.html", "pic.svg"):
        (tmp_path / name).write_text('<p id="here">', encoding="utf-8")
    return tmp_path


def test_good_links(site: Path) -> None:
    """What leads to a file, a place in a page or another site is not broken."""
    text = '<h1 id="top">' + "".join(f'<a href="{link}">' for link in GOOD) + '<img src="pic.svg">'
    (site / "a.html").write_text(text, encoding="utf-8")
    (site / "sub" / "d.html").write_text('<a href="../a.html#top"><a href="c.html#here">', encoding="utf-8")
    assert list(broken_links(site)) == []


@pytest.mark.parametrize("link", BAD)
def test_broken_links(site: Path, link: str) -> None:
    """What leads nowhere is named with its page, a picture too."""
    (site / "sub" / "a.html").write_text("", encoding="utf-8")
    (site / "a.html").write_text(f'<a href="b.html"><a href="{link}">', encoding="utf-8")
    assert list(broken_links(site)) == [f"a.html: {link}"]
    (site / "a.html").write_text(f'<img src="{link}">', encoding="utf-8")
    assert list(broken_links(site)) == [f"a.html: {link}"]
