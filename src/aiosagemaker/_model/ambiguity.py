"""Patterns that `re` would try in exponentially many ways, found and rewritten.

Where a loop can match the same text in two ways, a text that does not match in the end is tried in all of them: thirty
characters are enough to take a program's time for good
(https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# `re`'s own parser, which every Python from 3.11 on has and typeshed does not know.
code: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_ALPHABET = [*map(chr, range(128)), "\u00e9", "\u0416", "\u2028", "\u4e2d", "\u0301"]
"""Enough to tell apart the sets of characters that occur in patterns."""
_NAMED = re.compile(r"\\p\{(\^?)(\w+)\}")
_COPIES = 20
"""How often the body of a counted loop may stand in the automaton before the loop counts as endless."""

# A set of characters: a class, an escape or a character.
_SET = r"(?:\[(?:\\.|[^\]\\])+\]|\\.|[^\\\[\](){}*+?|^$])"
_GROUP = r"\((?:\?:)?"
_TIMES = r"(?P<times>[*+]|\{(?P<least>\d+),(?P<most>\d*)\})\??"
_RUNS = re.compile(rf"{_GROUP}(?P<run>{_SET})\+(?P<gap>{_SET})\?\){_TIMES}")
_ENDING = re.compile(rf"{_GROUP}(?P<any>{_SET})\*(?P<last>{_SET})\){_TIMES}")
_LINES = re.compile(rf"(?P<any>{_SET})\*{_GROUP}(?P<gap>{_SET})(?P=any)\*\)\*(?:(?P=any)\*)?")


def is_ambiguous(pattern: str) -> bool:
    """Whether `re` may take exponential time. True for some patterns with assertions that would keep it from that."""
    automaton = _Automaton()
    automaton.sequence(parser.parse(_NAMED.sub(_sample, pattern), re.ASCII))
    return automaton.has_two_ways_round()


def unambiguous(pattern: str) -> str:
    """The same rule, with one way to match where a loop had several. Raises ValueError where none is known."""
    if not is_ambiguous(pattern):
        return pattern
    rewritten = _LINES.sub(_lines, _ENDING.sub(_ending, _RUNS.sub(_runs, pattern)))
    if is_ambiguous(rewritten):
        raise ValueError("matching it may take exponential time")
    return rewritten


def _runs(match: re.Match[str]) -> str:
    """`(?:x+/?){3,9}`: a run may end at any of its characters, so a loop over the characters says the same."""
    run, gap = match["run"], match["gap"]
    if _characters(run) & _characters(gap):
        return match[0]
    least, most = _bounds(match)
    loop = f"(?:{run}{gap}?){{{least},}}"
    if most is None:
        return loop
    # That there may be so many runs and no more still has to be said; it can be where nothing comes after them.
    return match[0] if match.end() < len(match.string) else f"(?!(?:{run}+{gap}){{{most}}}{run}){loop}"


def _ending(match: re.Match[str]) -> str:
    """`(?:[-a]*a){0,9}`: what ends in the last character is one part of that form as much as nine."""
    least, most = _bounds(match)
    if least <= 1 and most is None and _characters(match["any"]) <= _characters(match["last"]):
        return f"{match['last']}{'+' if least else '*'}"
    if least > 1 or most == 0 or not _characters(match["last"]) <= _characters(match["any"]):
        return match[0]
    once = f"(?:{match['any']}*{match['last']})"
    return once if least else f"{once}?"


def _lines(match: re.Match[str]) -> str:
    r"""`.*(?:[ \n].*)*`: any characters of the two sets."""
    every, gap = match["any"], match["gap"]
    if _characters(gap) <= _characters(every):
        return f"{every}*"
    if every == ".":
        return "[\\s\\S]*" if "\n" in _characters(gap) else match[0]
    if "[^" in (every[:2], gap[:2]):
        return match[0]
    return f"[{''.join(part[1:-1] if part[0] == '[' else part for part in (every, gap))}]*"


def _bounds(match: re.Match[str]) -> tuple[int, int | None]:
    if match["times"] in ("*", "+"):
        return int(match["times"] == "+"), None
    return int(match["least"]), int(match["most"]) if match["most"] else None


def _characters(one: str) -> frozenset[str]:
    found = re.compile(_NAMED.sub(_sample, one), re.ASCII)
    return frozenset(filter(found.fullmatch, _ALPHABET))


def _sample(match: re.Match[str]) -> str:
    """The characters of a general category that are in the alphabet here."""
    wanted = not match[1]
    found = (c for c in _ALPHABET if unicodedata.category(c).startswith(match[2]) is wanted)
    return "".join(f"\\u{ord(c):04x}" for c in found)


class _Part(NamedTuple):
    """A part of the automaton. What can be in several ways is counted; two ways are as many as more."""

    empty: int
    """The ways to match nothing."""
    first: list[int]
    """Where it may begin, once for each way."""
    last: list[int]


class _Automaton:
    """Glushkov's automaton: a state for each set of characters in the pattern.

    An edge that two loops make counts twice: they are two ways for `re`.
    """

    def __init__(self) -> None:
        self._sets: list[frozenset[str]] = []
        self._edges: Counter[tuple[int, int]] = Counter()

    def sequence(self, tree: Iterable[Any]) -> _Part:
        """Add what comes one after the other."""
        whole = _Part(1, [], [])
        for node in tree:
            whole = self._joined(whole, self._node(node))
        return whole

    def has_two_ways_round(self) -> bool:
        """Whether some text leads from a state back to itself in two ways."""
        after: dict[int, list[int]] = {}
        for state, following in self._edges:
            after.setdefault(state, []).append(following)
        reached = {state: _reached(state, lambda at: after.get(at, ())) for state in after}
        loops = {
            state: {other for other in states if state in reached.get(other, ())} for state, states in reached.items()
        }
        if any(count > 1 and start in reached.get(end, ()) for (start, end), count in self._edges.items()):
            return True

        def pairs_after(pair: tuple[int, int]) -> Iterable[tuple[int, int]]:
            return (
                (left, right)
                for left in after.get(pair[0], ())
                for right in after.get(pair[1], ())
                if self._sets[left] & self._sets[right] and left in loop and right in loop
            )

        for state, loop in loops.items():
            if state in loop:
                apart = [pair for pair in _reached((state, state), pairs_after) if pair[0] != pair[1]]
                if any((state, state) in _reached(pair, pairs_after) for pair in apart):
                    return True
        return False

    def _node(self, node: Any) -> _Part:
        kind, of = node
        if kind is code.SUBPATTERN:
            return self.sequence(of[3])
        if kind is code.BRANCH:
            parts = [self.sequence(branch) for branch in of[1]]
            return _Part(
                min(2, sum(part.empty for part in parts)),
                [state for part in parts for state in part.first],
                [state for part in parts for state in part.last],
            )
        if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
            return self._loop(*of)
        if kind is code.ATOMIC_GROUP:
            return self.sequence(of)
        if kind in (code.AT, code.ASSERT, code.ASSERT_NOT):
            return _Part(1, [], [])
        if kind not in (code.LITERAL, code.NOT_LITERAL, code.ANY, code.IN):
            raise ValueError(f"cannot judge {kind}")
        self._sets.append(_set_of(node))
        state = [len(self._sets) - 1]
        return _Part(0, state, state)

    def _loop(self, least: int, most: int, body: Iterable[Any]) -> _Part:
        if most > _COPIES:
            part = self.sequence(body)
            self._link(part.last, part.first)
            return part._replace(empty=int(part.empty > 0 or least == 0))
        part = _Part(1, [], [])
        for count in reversed(range(most)):
            part = self._joined(self.sequence(body), part)
            part = part._replace(empty=min(2, part.empty + (count >= least)))
        return part

    def _joined(self, before: _Part, then: _Part) -> _Part:
        self._link(before.last, then.first)
        return _Part(
            min(2, before.empty * then.empty),
            _twice_at_most(before.first + then.first * before.empty),
            _twice_at_most(before.last * then.empty + then.last),
        )

    def _link(self, last: list[int], first: list[int]) -> None:
        self._edges.update((state, following) for state in last for following in first)


def _twice_at_most(states: list[int]) -> list[int]:
    return [state for state, count in Counter(states).items() for _ in range(min(2, count))]


def _reached(start: Any, after: Callable[[Any], Iterable[Any]]) -> set[Any]:
    """What comes after the start, in one step or more."""
    seen: set[Any] = set()
    unseen = [start]
    while unseen:
        found = set(after(unseen.pop())) - seen
        seen |= found
        unseen += found
    return seen


def _set_of(node: Any) -> frozenset[str]:
    kind, of = node
    if kind is code.LITERAL:
        return frozenset(chr(of))
    if kind is code.NOT_LITERAL:
        return frozenset(_ALPHABET) - {chr(of)}
    if kind is code.ANY:
        return frozenset(_ALPHABET) - {"\n"}
    found: set[str] = set()
    for item, value in of:
        if item is code.LITERAL:
            found.add(chr(value))
        elif item is code.RANGE:
            found |= {c for c in _ALPHABET if value[0] <= ord(c) <= value[1]}
        elif item is code.CATEGORY:
            found |= set(filter(_CATEGORIES[value].match, _ALPHABET))
    return frozenset(_ALPHABET) - found if of[0][0] is code.NEGATE else frozenset(found)


_CATEGORIES: dict[Any, re.Pattern[str]] = {
    getattr(code, f"CATEGORY_{name}"): re.compile(f"\\{letter}", re.ASCII)
    for name, letter in (
        ("DIGIT", "d"),
        ("NOT_DIGIT", "D"),
        ("SPACE", "s"),
        ("NOT_SPACE", "S"),
        ("WORD", "w"),
        ("NOT_WORD", "W"),
    )
}
