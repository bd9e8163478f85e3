"""Java's patterns in Python's `re`."""

from __future__ import annotations

import re
import unicodedata

import pytest

from aiosagemaker._model.patterns import categories, category_characters, expand, to_python
from aiosagemaker.sagemaker.models import NAMESPACE


def matches(pattern: str, text: str) -> bool:
    return re.compile(expand(to_python(pattern)), re.ASCII).fullmatch(text) is not None


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", ["a", "a-b", "a" * 63], ["", "-a", "a-", "a_b", "a" * 64, "a\n"]),
        ("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", ["", "aé漢 1_", "½", "a\u2028"], ["a!", "a\n", "#"]),
        ("\\p{L}+", ["aé漢"], ["1", " "]),
        ("[^\\p{L}]+", ["1 "], ["é", "1a"]),
        ("\\pL+", ["é"], ["1"]),
        ("[\\p{IsL}]+", ["é"], ["1"]),
        ("\\p{Alpha}\\p{Digit}[\\p{Punct}\\p{Space}]", ["a1!", "a1 "], ["é1!", "a1a"]),
        ("[\\p{ASCII}]*", ["a~\x7f"], ["é"]),
        ("[\\p{Print}]*", ["a ~"], ["\x7f", "\t"]),
        ("\\w\\d\\s", ["_1 "], ["é1 ", "a\u0661 ", "a1\u00a0"]),
        ("a$", ["a"], ["a\n", "ab"]),
        ("^a\\Z", ["a"], ["a\n"]),
        ("^a\\z", ["a"], ["a\n"]),
        ("^.{1,3}${1,3}", ["ab"], ["", "abcd"]),
        ("[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*", ["a🚀\t\U0010ffff"], ["\x00"]),
        ("(?:a|b)++c", ["abc"], ["ab"]),
        ("(?>a+)b", ["aab"], ["aa"]),
        ("(?=.*a)[ab]+", ["ba"], ["bb"]),
        ("[\\S\\s]*", ["a\n\x00é"], []),
        ("a{2,}", ["aa", "aaa"], ["a"]),
        ("\\[\\p{L}\\]", ["[é]"], ["é"]),
        ("\\P{L}+", ["1 \u2028"], ["é", "1a"]),
        ("[\\P{C}\\n]*", ["aé漢\n"], ["\x00", "\t"]),
        ("[\\P{M}\\p{M}]{1,3}", ["a\u0301\n"], ["", "abcd"]),
        ("\\p{Lu}\\p{Ll}[\\p{Zs}]", ["Éa ", "Éa\u00a0"], ["éa ", "Éa\n"]),
        ("[^\\p{Cc}]*", ["a é"], ["\x1f"]),
        ("\\P{Alpha}", ["é", "1"], ["a"]),
        ("\\p{XDigit}{2}\\p{Blank}\\p{Graph}", ["aF\t!"], ["ag !", "aF  "]),
        ("[\\w- ]*[\\d-_]", ["a- -", "a_", "5"], ["a+", "é-"]),
        ("[\\w-]+", ["a-b"], ["a b"]),
        ("[a||b]+", ["a|b"], ["c"]),
        ("[a&b]+", ["a&b"], ["c"]),
        ("\\x{1F680}[\\x{61}-c]", ["🚀b"], ["🚀d"]),
        ("\\h\\H\\v\\V[\\h\\v]", ["\ta\u2028b\n"], ["a\ta\n\t"]),
        ("[${1}]+", ["$1{}"], ["2"]),
        ("a\\$", ["a$"], ["a"]),
    ],
)
def test_translation(pattern: str, good: list[str], bad: list[str]) -> None:
    """A translated pattern takes and refuses what Java's does, of the whole value."""
    assert [text for text in good if not matches(pattern, text)] == []
    assert [text for text in bad if matches(pattern, text)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        "[a-z&&[^b]]",
        "[a[bc]]",
        "\\R",
        "\\X",
        "\\Qa\\E",
        "(?<name>a)\\k<name>",
        "\\p{Unknown}",
        "[\\P{Alpha}]",
        "\\p{IsAlphabetic}",
        "a(?i)b|c",
        "[",
        "(",
        "a**",
    ],
)
def test_refused(pattern: str) -> None:
    """What has no translation is refused, never dropped or changed in meaning."""
    with pytest.raises(ValueError, match="no translation"):
        to_python(pattern)


def test_categories_stay_by_name() -> None:
    """A general category stays in the pattern, so that the table has its characters once."""
    translated = to_python("[\\p{L}\\p{N}]*\\p{Z}")
    assert translated == "[\\p{L}\\p{N}]*[\\p{Z}]"
    assert categories(translated) == ["L", "N", "Z"]
    assert "\\p" not in expand(translated)


@pytest.mark.parametrize("category", ["L", "N", "Z", "P", "S", "M", "Lu", "Zs", "^L", "^C", "^Cc"])
def test_category_characters(category: str) -> None:
    """A category has every character that it had in Unicode 3.2, and none that belonged to another; `^` is the rest."""
    pattern = re.compile(f"[{category_characters(category)}]")
    for point in (*range(0x3000), *range(0x4E00, 0x4F00), 0x1D400, 0x20000):
        of = unicodedata.ucd_3_2_0.category(chr(point))
        if of != "Cn":
            expected = of.startswith(category.removeprefix("^")) is not category.startswith("^")
            assert (pattern.fullmatch(chr(point)) is not None) is expected, hex(point)


def test_newer_characters_are_not_refused() -> None:
    """A character that Unicode 3.2 did not know is not refused."""
    assert matches("[\\p{L}]", "\u1e9e")
    assert matches("[\\P{C}]", "\u1e9e")


def test_every_pattern_of_the_service() -> None:
    """Every pattern of the service compiles, with the categories that the table has."""
    found = 0
    for row in NAMESPACE.shapes.values():
        if "pattern" in row:
            found += 1
            assert set(categories(row["pattern"])) <= set(NAMESPACE.schema.categories)
            re.compile(expand(row["pattern"]), re.ASCII)
    assert found > 300
    for category, characters in NAMESPACE.schema.categories.items():
        assert characters == category_characters(category)
