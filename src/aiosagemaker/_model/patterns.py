"""Java's regular expressions, as service models write them, into Python's `re`.

The result is meant for `re.compile(pattern, re.ASCII).fullmatch`: Java's `\\w`, `\\d`, `\\s` and `\\b` are ASCII,
and a service matches the whole value. A general category (`\\p{L}`, `\\p{^L}` for all others) stays in the pattern by
name, and `expand` puts its characters in, so that the table holds them once. What this module cannot translate it
refuses; nothing is dropped.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
import warnings

from .ambiguity import unambiguous

# https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
_SETS = {
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "ASCII": "\\x00-\\x7f",
    "Blank": " \\t",
    "Cntrl": "\\x00-\\x1f\\x7f",
    "Digit": "0-9",
    "Graph": "!-~",
    "Lower": "a-z",
    "Print": "\\x20-\\x7e",
    "Punct": "!-/:-@\\[-`{-~",
    "Space": " \\t\\n\\x0b\\f\\r",
    "Upper": "A-Z",
    "XDigit": "0-9a-fA-F",
    "h": " \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000",
    "v": "\\n\\x0b\\f\\r\\x85\\u2028\\u2029",
}
_CATEGORY = re.compile(r"(?:Is)?([CLMNPSZ][a-z]?)")
_NAMED = re.compile(r"\\p\{(\^?\w+)\}")
_TOKEN = re.compile(
    r"""
    (?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})
    | \\(?P<property>[pP])(?:\{(?P<name>\w+)\}|(?P<letter>[A-Z]))
    | \\(?P<space>[hHvV])
    | \\x\{(?P<point>[0-9a-fA-F]+)\}
    | (?P<end>\$\{\d+(?:,\d*)?\})
    | \\.
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_REFUSED = frozenset(f"\\{letter}" for letter in "ERGQXkpP")
_SHORTHANDS = frozenset(f"\\{letter}" for letter in "wWdDsS")


@functools.cache
def category_characters(category: str) -> str:
    """The characters of a general category (`L`, `Lu`), or with `^` of all others, as the inside of a character class.

    Unicode 3.2, which every Python carries unchanged, decides; what was unassigned then belongs to every category,
    so that no newer character is refused and the result is the same on every Python.
    """
    of = unicodedata.ucd_3_2_0.category
    name = category.removeprefix("^")
    wanted = name == category

    def is_in(point: int) -> bool:
        found = of(chr(point))
        return found == "Cn" or found.startswith(name) is wanted

    inside = [is_in(point) for point in range(sys.maxunicode + 1)]
    ranges: list[str] = []
    start: int | None = None
    for point, member in enumerate([*inside, False]):
        if member and start is None:
            start = point
        elif not member and start is not None:
            ranges.append(_escape(start) if point - 1 == start else f"{_escape(start)}-{_escape(point - 1)}")
            start = None
    return "".join(ranges)


def _escape(point: int) -> str:
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _set(name: str, negated: bool, inside: bool) -> str:
    """A named set of characters, as a class of its own or as a part of one."""
    if category := _CATEGORY.fullmatch(name):
        contents = f"\\p{{{'^' if negated else ''}{category[1]}}}"
        return contents if inside else f"[{contents}]"
    if name not in _SETS or (negated and inside):
        raise ValueError(f"unknown character property {name!r}")
    return _SETS[name] if inside else f"[{'^' if negated else ''}{_SETS[name]}]"


def _pair(text: str) -> str:
    high, low = int(text[2:6], 16), int(text[8:12], 16)
    return _escape(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _is_set(text: str) -> bool:
    return text in _SHORTHANDS or text.startswith(("\\p", "\\P"))


def _translated(pattern: str) -> str:
    out: list[str] = []
    inside = False
    before = ""
    for token in _TOKEN.finditer(pattern):
        text = made = token[0]
        if token["pair"]:
            made = _pair(text)
        elif token["property"]:
            made = _set(token["name"] or token["letter"], token["property"] == "P", inside)
        elif token["space"]:
            made = _set(text[1].lower(), text[1].isupper(), inside)
        elif token["point"]:
            made = _escape(int(token["point"], 16))
        elif token["end"] and not inside:
            made = "$"
        elif text == "\\z":
            made = "\\Z"
        elif text in _REFUSED:
            raise ValueError(f"no translation for {text}")
        elif inside:
            if text == "[" or (text == before == "&"):
                raise ValueError("no translation for a set of sets")
            if text == before and text in "|~":
                made = f"\\{text}"
            elif text == "-" and _is_set(before) and pattern[token.end() : token.end() + 1] != "]":
                made = "\\-"
            inside = text != "]"
        elif text == "[":
            inside = True
        out.append(made)
        before = text
    return "".join(out)


def to_python(pattern: str) -> str:
    """The same rule for Python's `re`, once expanded, and without a loop that `re` may take exponential time for.

    Raises ValueError for what has no such translation.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(expand(_translated(pattern)), re.ASCII)
            out = unambiguous(_translated(pattern))
    except (ValueError, re.error, Warning) as error:
        raise ValueError(f"no translation for {pattern!r}: {error}") from error
    return out


def categories(pattern: str) -> list[str]:
    """The general categories that a translated pattern names."""
    return sorted({match[1] for match in _NAMED.finditer(pattern)})


def expand(pattern: str) -> str:
    """A translated pattern with the characters of its categories put in."""
    return _NAMED.sub(lambda match: category_characters(match[1]), pattern)
