"""Patterns that could block a program: found, rewritten without a change of meaning, none left in what is shipped."""

from __future__ import annotations

import itertools
import random
import re
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker._model.ambiguity import is_ambiguous, parser, unambiguous
from aiosagemaker._model.patterns import expand
from aiosagemaker._services import SERVICES
from aiosagemaker.errors import ParamValidationError
from aiosagemaker.sagemaker import ComputeQuotaTarget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MODEL = {
    r".*(?:[ \r\n\t].*)*": r"[\s\S]*",
    r".*(?:[ \r\n\t].*)*.*": r"[\s\S]*",
    r"[a-z0-9]([-a-z0-9]*[a-z0-9]){0,39}?": r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?",
    r"https://([.\-_a-zA-Z0-9]+/?){3,1016}": (
        r"https://(?!(?:[.\-_a-zA-Z0-9]+/){1016}[.\-_a-zA-Z0-9])(?:[.\-_a-zA-Z0-9]/?){3,}"
    ),
}
"""The model's ambiguous patterns, and what is made of them."""
LIKE_THEM = [
    "([ab]+c?)*",
    "([ab]+c?)+",
    "([ab]+c?){2,}d",
    "([ab]+c?){2,21}",
    "(?:[ab]*a)+",
    "(?:[ab]*a)*b",
    "(?:[ab]*b){1,21}?c",
    "(a*[ab])*",
    "[ab]*(?:[bc][ab]*)*",
    "[ab]*(?:[ad][ab]*)*c",
]
HARMLESS = [
    "[a-z0-9](-*[a-z0-9]){0,62}",
    r"[!#-\[\]-~]+( [!#-\[\]-~]+)*",
    r"arn:aws(-[\w]+)*:sagemaker:.+:[0-9]{12}:image/[a-zA-Z0-9]([-.]?[a-zA-Z0-9])*",
    "(0|[1-9][0-9]*)",
    "([0-9a-f]{16})+",
    "([0-9]{1,3}\\.){3}[0-9]{1,3}",
    r"(?=.{1,9}$)\p{L}+(?<!-)\b",
]


@pytest.mark.parametrize(
    "pattern", ["(a*)*", "(ab|ab)*", "(?:ab?|a)*", "(?:a?){2,}b+(?:b|c)*b*(b*c?)*", *MODEL, *LIKE_THEM]
)
def test_ambiguous(pattern: str) -> None:
    """A loop that can match one text in two ways is found."""
    assert is_ambiguous(pattern)


@pytest.mark.parametrize("pattern", HARMLESS)
def test_harmless(pattern: str) -> None:
    """A pattern of which each loop has one way to match is left as it is."""
    assert not is_ambiguous(pattern)
    assert unambiguous(pattern) == pattern


@pytest.mark.parametrize(("pattern", "rewritten"), MODEL.items())
def test_the_models_own(pattern: str, rewritten: str) -> None:
    """Each ambiguous pattern of the model has its rewriting."""
    assert unambiguous(pattern) == rewritten


@pytest.mark.parametrize("pattern", LIKE_THEM)
def test_the_same_meaning(pattern: str) -> None:
    """A rewritten pattern matches what the pattern matches, for every text of up to six characters."""
    before, after = re.compile(pattern), re.compile(unambiguous(pattern))
    assert after.pattern != pattern
    for length in range(7):
        for text in map("".join, itertools.product("abcd", repeat=length)):
            assert bool(before.fullmatch(text)) is bool(after.fullmatch(text)), text


def test_the_same_repositories() -> None:
    """The address of a repository matches as before, for all short texts and at the limit of 1,016 runs."""
    before = re.compile(next(pattern for pattern in MODEL if pattern.startswith("https")))
    after = re.compile(unambiguous(before.pattern))
    for length in range(8):
        for rest in map("".join, itertools.product("a/ ", repeat=length)):
            text = f"https://{rest}"
            assert bool(before.fullmatch(text)) is bool(after.fullmatch(text)), text
    assert after.fullmatch("https://" + "a/" * 1016)
    assert not after.fullmatch("https://" + "a/" * 1016 + "a")


@pytest.mark.parametrize("pattern", ["(a*)*", "(ab|[ac]b)*b", r"(a)\1", "(?:ab?|a)+"])
def test_refused(pattern: str) -> None:
    """What cannot be rewritten, or not be judged, is refused."""
    with pytest.raises(ValueError, match=r"exponential|cannot judge"):
        unambiguous(pattern)


def patterns() -> Iterator[tuple[str, int]]:
    """Every pattern of the shipped services, with the longest text that is matched with it."""
    longest: dict[str, int] = {}
    for service in SERVICES:
        for row in import_module(f"aiosagemaker.{service.package}.models").NAMESPACE.shapes.values():
            if "pattern" in row:
                longest[row["pattern"]] = max(longest.get(row["pattern"], 0), int(row.get("max", 20_480)))
    yield from longest.items()


def shortest(tree: Iterable[Any]) -> str:
    """A text that the pattern matches but for its assertions, each loop taken as seldom as may be, but once."""
    text = ""
    for kind, of in tree:
        match str(kind):
            case "LITERAL":
                text += chr(of)
            case "NOT_LITERAL":
                text += "b" if chr(of) == "a" else "a"
            case "ANY":
                text += "a"
            case "IN":
                text += member(of)
            case "SUBPATTERN":
                text += shortest(of[3])
            case "BRANCH":
                text += max(map(shortest, of[1]), key=len)
            case "MAX_REPEAT" | "MIN_REPEAT":
                text += shortest(of[2]) * max(of[0], 1)
            case _:
                pass  # an assertion
    return text


def member(items: Any) -> str:
    """A character of a set."""
    if str(items[0][0]) == "NEGATE":
        return "a"
    kind, of = items[0]
    return chr(of) if str(kind) == "LITERAL" else chr(of[0]) if str(kind) == "RANGE" else "a"


def attacks(pattern: str, longest: int) -> Iterator[str]:
    """Texts that match up to some place, go round there as often as the length allows, and then do not match."""
    text = shortest(parser.parse(expand(pattern), re.ASCII))
    random.seed(0)
    places = range(len(text) + 1) if len(text) < 24 else sorted(random.sample(range(len(text) + 1), 24))
    for place in places:
        near = {text[max(0, place - size) : place] for size in (1, 2, 3)} | {text[place : place + 1]}
        for pump in filter(None, {*near, "a", "-", " ", "a-"}):
            times = (longest - place - 1) // len(pump)
            yield f"{text[:place]}{pump * times}\x00"
            yield f"{text[:place]}{pump * times}\n"


def test_no_pattern_blocks() -> None:
    """No pattern of a shipped service is ambiguous, and none takes a quarter of a second for an adversary's text."""
    checked = 0
    for pattern, longest in patterns():
        assert not is_ambiguous(pattern), pattern
        compiled = re.compile(expand(pattern), re.ASCII)
        for text in attacks(pattern, min(longest, 20_480)):
            started = time.process_time()
            compiled.fullmatch(text)
            took = time.process_time() - started
            assert took < 0.25, (pattern, text[:80], took)
            checked += 1
    assert checked > 10_000


def test_a_typo_is_told_at_once() -> None:
    """A capital in the name of a team is a violation of its pattern, in no time at all."""
    target = ComputeQuotaTarget(team_name="team-alpha-production-priorityClass")
    started = time.process_time()
    with pytest.raises(ParamValidationError) as caught:
        target.validate()
    assert time.process_time() - started < 0.25
    assert [(path, rule) for path, rule, _ in caught.value.violations] == [("team_name", "pattern")]
