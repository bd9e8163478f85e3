"""HTML as text for a terminal."""

from __future__ import annotations

import pytest

from aiosagemaker._docs.html_text import WIDTH, Links, plain_text


def text(html: str) -> str:
    return plain_text(html, Links())


def test_paragraphs_are_wrapped_and_kept_apart() -> None:
    """Paragraphs are separated by one blank line and no line is wider than the width."""
    wrapped = text(f"<p>{'word ' * 40}</p> <p>last</p>").split("\n")
    assert wrapped[-2:] == ["", "last"]
    assert max(map(len, wrapped)) <= WIDTH


def test_code_is_quoted() -> None:
    """Code stands in backquotes, and spaces written inside the element stay outside of them."""
    assert text("<p>Use<code> Name </code>or <code>Arn</code>.</p>") == "Use `Name` or `Arn`."


def test_links_are_numbered_once() -> None:
    """The same address has the same number in every text that shares the links."""
    links = Links()
    assert plain_text('<p><a href="https://a">A</a>, <a href="https://b"> <code>B</code> </a>.</p>', links, 60) == (
        "A [1], `B` [2]."
    )
    assert plain_text('<a href="https://b">again</a>', links) == "again [2]"
    assert links.lines() == ["[1] https://a", "[2] https://b"]


def test_a_link_without_an_address_is_its_text() -> None:
    """A link that leads nowhere, or whose text is its address, gets no number."""
    assert text('<a>plain</a> <a href="https://a">https://a</a>') == "plain https://a"


def test_lists() -> None:
    """Items are marked, nested items are indented, and a second paragraph of an item lines up with its first."""
    html = "<p>Either:</p><ul><li><p>one</p><p>more</p></li><li>two<ol><li>a</li><li>b</li></ol></li></ul><p>end</p>"
    assert text(html).split("\n") == [
        "Either:",
        "",
        "- one",
        "",
        "  more",
        "- two",
        "  1.  a",
        "  2.  b",
        "",
        "end",
    ]


def test_definitions() -> None:
    """A definition stands indented under its term."""
    assert text("<dl><dt>Name</dt><dd><p>What it is.</p></dd><dt>Arn</dt><dd>Where.</dd></dl>").split("\n") == [
        "Name",
        "    What it is.",
        "Arn",
        "    Where.",
    ]


def test_notes_are_labelled() -> None:
    """A note says that it is one, once."""
    assert text("<note> <p>Mind this.</p> <p>And this.</p> </note>") == "Note: Mind this.\n\nAnd this."


def test_entities() -> None:
    """Entities become their characters."""
    assert text("<p>a &lt; b &amp;&amp; c&nbsp;d</p>") == "a < b && c d"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "</p></ul></a></code>",
        "<li>x",
        "<dd>x",
        "<a href>x",
        "<code><p>x</code></p>",
        "<ul><ul><li>",
        "&#x;",
        "<!",
    ],
)
def test_broken_markup_never_raises(html: str) -> None:
    """Markup that is not closed, not opened or not markup gives some text."""
    assert isinstance(text(html), str)
