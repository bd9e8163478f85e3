"""The HTML of service models as plain text for a terminal."""

from __future__ import annotations

import re
import textwrap
from html.parser import HTMLParser

WIDTH = 80

_INLINE = frozenset({"a", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "tt", "u"})
_ITEMS = frozenset({"dd", "dt", "li"})
_LISTS = frozenset({"dl", "ol", "ul"})
_NOTES = frozenset({"caution", "important", "note", "tip", "warning"})
_SPACE = re.compile(r"\s+")
_LOOSE = re.compile(r" (?=[,.;:)](?:\s|$))")


class Links:
    """The addresses that several texts share, each numbered once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, address: str) -> int:
        """The number by which a text refers to the address."""
        return self._numbers.setdefault(address, len(self._numbers) + 1)

    def lines(self) -> list[str]:
        """The addresses with their numbers."""
        return [f"[{number}] {address}" for address, number in self._numbers.items()]


def plain_text(html: str, links: Links, width: int = WIDTH) -> str:
    """Wrapped paragraphs and lists; code in backquotes, links numbered. Never raises, whatever the markup."""
    parser = _Parser(links, width)
    parser.feed(html)
    parser.close()
    return parser.text()


class _List:
    """A list that is being read."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.indent = 2 if tag == "ul" else 4 if tag == "ol" else 0
        self.count = 0

    def marker(self) -> str:
        self.count += 1
        return (f"{self.count}." if self.tag == "ol" else "-").ljust(self.indent)


class _Parser(HTMLParser):
    def __init__(self, links: Links, width: int) -> None:
        super().__init__(convert_charrefs=True)
        self._links = links
        self._width = width
        self._out: list[str] = []
        self._inline: list[str] = []
        self._opened: list[tuple[str, int, str]] = []  # an inline element, where its text begins, its address
        self._lists: list[_List] = []
        self._marker = ""
        self._label = ""
        self._starts_item = False
        self._after_item = False

    def text(self) -> str:
        self._flush()
        return "\n".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("a", "code"):
            self._opened.append((tag, len(self._inline), dict(attrs).get("href") or ""))
            return
        if tag in _INLINE:
            return
        self._flush()
        if tag in _NOTES:
            self._label = f"{tag.capitalize()}: "
        elif tag in _LISTS:
            self._lists.append(_List(tag))
        elif tag in _ITEMS and self._lists:
            self._starts_item = True
            if tag == "li":
                self._marker = self._lists[-1].marker()
            else:
                self._lists[-1].indent = 4 if tag == "dd" else 0

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "code"):
            if self._opened and self._opened[-1][0] == tag:
                self._close_inline()
            return
        if tag in _INLINE:
            return
        self._flush()
        if tag in _LISTS and self._lists:
            self._lists.pop()
            self._marker = ""

    def handle_data(self, data: str) -> None:
        self._inline.append(data)

    def _close_inline(self) -> None:
        tag, start, address = self._opened.pop()
        raw = "".join(self._inline[start:])
        words = raw.strip()
        if tag == "code":
            words = words and f"`{words}`"
        elif address and words != address:
            words = f"{words} [{self._links.number(address)}]".strip()
        # The space beside an element is often written inside it.
        before, after = (" " if raw[:1].isspace() else ""), (" " if raw[-1:].isspace() else "")
        self._inline[start:] = [f"{before}{words}{after}"]

    def _flush(self) -> None:
        while self._opened:
            self._close_inline()
        words = _LOOSE.sub("", _SPACE.sub(" ", "".join(self._inline))).strip()
        self._inline.clear()
        if not words:
            return
        tight = self._starts_item and self._after_item
        if self._out and not tight:
            self._out.append("")
        indent = sum(each.indent for each in self._lists)
        self._out += textwrap.wrap(
            self._label + words,
            max(self._width, indent + 20),
            initial_indent=self._marker.rjust(indent),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self._marker = self._label = ""
        self._starts_item, self._after_item = False, bool(self._lists)
