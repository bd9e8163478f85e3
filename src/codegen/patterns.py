"""Java's regular expressions, as service models write them, into Python's `re`.

The result is meant for `re.compile(pattern, re.ASCII).fullmatch`: Java's `\\w`, `\\d`, `\\s` and `\\b` are ASCII,
and a service matches the whole value. A general category (`\\p{L}`) stays in the pattern by name, and `expand` puts its
characters in, so that the table holds them once. What this module cannot translate it refuses; nothing is dropped.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
import warnings

_POSIX = {
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "ASCII": "\\x00-\\x7f",
    "Digit": "0-9",
    "Lower": "a-z",
    "Print": "\\x20-\\x7e",
    "Punct": "!-/:-@\\[-`{-~",
    "Space": " \\t\\n\\x0b\\f\\r",
    "Upper": "A-Z",
}
_CATEGORIES = ("C", "L", "M", "N", "P", "S", "Z")
_PROPERTY = re.compile(r"\\p(?:\{(?:Is)?(\w+)\}|([A-Z]))")
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_QUANTIFIED_END = re.compile(r"(?<!\\)\$\{\d+(?:,\d*)?\}")
_REFUSED = re.compile(r"\\[PGhHRXkQE]|&&")


@functools.cache
def category_characters(category: str) -> str:
    """The characters of a general category as the inside of a character class.

    Unicode 3.2, which every Python carries unchanged, decides; what was unassigned then belongs to every category,
    so that no newer character is refused and the result is the same on every Python.
    """
    of = unicodedata.ucd_3_2_0.category
    inside = [of(chr(point))[0] == category or of(chr(point)) == "Cn" for point in range(sys.maxunicode + 1)]
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


def _property(match: re.Match[str]) -> str:
    name = match[1] or match[2]
    if name in _POSIX:
        return _POSIX[name]
    if name in _CATEGORIES:
        return f"\\p{{{name}}}"
    raise ValueError(f"unknown character property {match[0]!r}")


def _pair(match: re.Match[str]) -> str:
    high, low = int(match[1], 16), int(match[2], 16)
    return _escape(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _in_class(pattern: str, position: int) -> bool:
    inside = escaped = False
    for char in pattern[:position]:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "[":
            inside = True
        elif char == "]":
            inside = False
    return inside


def to_python(pattern: str) -> str:
    """The same rule for Python's `re`, once expanded. Raises ValueError for what has no translation."""
    if _REFUSED.search(pattern):
        raise ValueError(f"no translation for {pattern!r}")
    out = _SURROGATES.sub(_pair, pattern)
    out = _QUANTIFIED_END.sub("$", out)
    out = _PROPERTY.sub(lambda m: _property(m) if _in_class(m.string, m.start()) else f"[{_property(m)}]", out)
    out = out.replace("\\z", "\\Z")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(expand(out), re.ASCII)
    except (re.error, Warning) as error:
        raise ValueError(f"no translation for {pattern!r}: {error}") from error
    return out


def categories(pattern: str) -> list[str]:
    """The general categories that a translated pattern names."""
    return sorted({match[1] for match in _PROPERTY.finditer(pattern)})


def expand(pattern: str) -> str:
    """A translated pattern with the characters of its categories put in."""
    return _PROPERTY.sub(lambda match: category_characters(match[1]), pattern)
