r"""The AWS CLI's shorthand syntax, `Key=team,Value=growth`, read as version 1 of the AWS CLI reads it.

The syntax, https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html::

    parameter = pair *("," pair)
    pair      = key ["@"] "=" (list / hash / word *("," word))      ; "a=1,2" gives a list, "a=1" a string
    list      = "[" [item *("," item)] "]"
    hash      = "{" [key ["@"] "=" item *("," key ["@"] "=" item)] "}"
    item      = list / hash / word
    word      = 'quoted' / "quoted" / bare text, in which "\," is a comma

Text alone does not say that a member is a number, or a list of one. `coerce` asks the model.

Where the AWS CLI goes wrong, this does not follow it: `@=` governs its own value, not what comes after a nested
hash; text before an escaped or quoted comma is refused, not dropped, when an `=` comes after it; a single value
becomes a list of the list's own type; characters beyond U+FFFF are text.
"""

from __future__ import annotations

import re
import reprlib
import string
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from ..errors import ParamValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Value: TypeAlias = "str | bytes | bool | int | float | list[Value] | dict[str, Value]"
"""What shorthand can say: text, the bytes of a file, lists and hashes; numbers and booleans once coerced."""

Resolve: TypeAlias = "Callable[[str], str | bytes]"
"""Reads what a `file://` or `fileb://` reference names; it is given the whole reference."""

Kind: TypeAlias = Literal[
    "structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "timestamp", "blob",
    "document",
]  # fmt: skip
"""The types of a service model, as botocore names them, and `document` for a structure that is one."""

MAX_DEPTH = 100
"""How deep lists and hashes may nest; no shape of a service comes near it."""

_REFERENCES = ("file://", "fileb://")
_KEY = re.compile(r"[A-Za-z0-9\-_.#/:]*")
_SPACE = re.compile(f"[{string.whitespace}]*")
_SINGLE_QUOTED = re.compile(r"'((?:\\'|[^'])*)'")
_DOUBLE_QUOTED = re.compile(r'"((?:\\"|[^"])*)"')
_START = r"""(?:\\,|[^\x00-\x20"',=\[{])"""
_FIRST_WORD = re.compile(_START + r"""(?:\\,|[^\x00-\x08\x0e-\x1b"',\]}])*""")
"""A word that no word precedes may hold `=`; it ends a list or hash that it stands in."""
_NEXT_WORD = re.compile(_START + r"""(?:\\,|[^\x00-\x08\x0e-\x1b"',=])*""")
"""A further word of `a=1,2` may not hold `=`, or it would swallow the next key."""


class ShorthandParseError(ParamValidationError):
    """The text is not shorthand, or says what its shape cannot hold; nothing was sent.

    The message shows the text, with a caret under the character at fault.
    """


class ShapeView(Protocol):
    """What `coerce` asks of a shape. `members`, `item` and `value` are asked of their own kinds only."""

    @property
    def kind(self) -> Kind:
        """The shape's type."""
        ...

    @property
    def members(self) -> Mapping[str, ShapeView]:
        """A structure's members, by their wire names."""
        ...

    @property
    def item(self) -> ShapeView:
        """What a list holds."""
        ...

    @property
    def value(self) -> ShapeView:
        """What a map's keys lead to."""
        ...


def parse(text: str, resolve: Resolve | None = None) -> dict[str, Value]:
    """What the text says, every word a string.

    A word after `key@=` that begins with `file://` or `fileb://` is replaced by what `resolve` returns for it.
    Raises ShorthandParseError if the text is not shorthand, names a key twice, or names a file and there is no
    `resolve`; whatever `resolve` raises passes through.
    """
    return _Parser(text, resolve).parse()


def parse_argument(given: str | Sequence[str], shape: ShapeView, resolve: Resolve | None = None) -> Value:
    """The value of one argument: a text for a structure or a map, a sequence of texts for a list.

    For a structure whose only member is a string named `Value`, a text without `=` is that member.
    Raises ShorthandParseError as `parse` and `coerce` do.
    """
    if not isinstance(given, str):
        return coerce([parse(text, resolve) for text in given], shape)
    if "=" not in given and shape.kind == "structure":
        kinds = [(name, member.kind) for name, member in shape.members.items()]
        if kinds == [("Value", "string")]:
            return {"Value": given}
    return coerce(parse(given, resolve), shape)


def coerce(value: Value, shape: ShapeView) -> Value:
    """The value with the shape's types: words become numbers and booleans, a single value a list of one.

    What the shape does not know is left as it is, for the request's own validation to name. Raises
    ShorthandParseError for a word that is not the number or boolean wanted, and for a document, whose types no
    model gives.
    """
    return _coerce(value, shape, "")


class _Parser:
    def __init__(self, text: str, resolve: Resolve | None) -> None:
        self._text = text
        self._resolve = resolve
        self._at = 0
        self._depth = 0

    def parse(self) -> dict[str, Value]:
        pairs: dict[str, Value] = {}
        while True:
            start = self._at
            key, resolves = self._key()
            if key in pairs:
                raise self._error(
                    f'Second instance of key "{key}" encountered',
                    start,
                    '\nThis is often because there is a preceding "," instead of a space.',
                )
            pairs[key] = self._item(resolves) if self._current() in ("[", "{") else self._words(resolves)
            if not self._current():
                return pairs
            self._expect(",")

    def _key(self) -> tuple[str, bool]:
        match = _KEY.match(self._text, self._at)
        key = match[0] if match else ""
        self._at += len(key)
        self._skip_space()
        resolves = self._current() == "@"
        if resolves:
            self._expect("@")
        self._expect("=")
        return key, resolves

    def _words(self, resolves: bool) -> Value:
        words = [self._word(_FIRST_WORD) or ""]
        self._skip_space()
        while self._current() == ",":
            comma = self._at
            self._expect(",")
            word = self._word(_NEXT_WORD)
            self._skip_space()
            if word is None and not self._current():
                raise self._error("Expected: a key or a value, received: 'EOF'")
            if word is None or self._current() not in (",", ""):
                # What follows the comma is the next key. The AWS CLI lets a second comma pass before it.
                if self._current() != ",":
                    self._at = comma
                break
            words.append(word)
        values = [self._resolved(word, resolves) for word in words]
        return values[0] if len(values) == 1 else values

    def _item(self, resolves: bool) -> Value:
        match self._current():
            case "[":
                return self._list(resolves)
            case "{":
                return self._hash()
            case _:
                return self._resolved(self._word(_FIRST_WORD) or "", resolves)

    def _list(self, resolves: bool) -> Value:
        self._open("[")
        items: list[Value] = []
        while self._current() != "]":
            items.append(self._item(resolves))
            self._separate("]")
        self._close()
        return items

    def _hash(self) -> Value:
        self._open("{")
        pairs: dict[str, Value] = {}
        while self._current() != "}":
            key, resolves = self._key()
            pairs[key] = self._item(resolves)
            self._separate("}")
        self._close()
        return pairs

    def _open(self, bracket: str) -> None:
        if self._depth == MAX_DEPTH:
            raise self._error(f"Lists and hashes nest deeper than {MAX_DEPTH}")
        self._depth += 1
        self._expect(bracket)

    def _close(self) -> None:
        self._depth -= 1
        self._at += 1

    def _separate(self, closing: str) -> None:
        self._skip_space()
        if self._current() != closing:
            self._expect(",")

    def _word(self, bare: re.Pattern[str]) -> str | None:
        quote = self._current()
        if quote not in ("'", '"'):
            match = bare.match(self._text, self._at)
            if match is None:
                return None
            self._at = match.end()
            return match[0].replace("\\,", ",").rstrip()
        name, quoted = ("single", _SINGLE_QUOTED) if quote == "'" else ("double", _DOUBLE_QUOTED)
        match = quoted.match(self._text, self._at)
        if match is None:
            raise self._error(f"Expected: '<{name} quoted>', received: '<none>'")
        self._at = match.end()
        return match[1].replace("\\" + quote, quote).replace("\\\\", "\\")

    def _resolved(self, word: str, resolves: bool) -> Value:
        if not resolves or not word.startswith(_REFERENCES):
            return word
        if self._resolve is None:
            raise ShorthandParseError(f"Files cannot be read here: {word}")
        return self._resolve(word)

    def _current(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        if match:
            self._at = match.end()

    def _expect(self, char: str) -> None:
        self._skip_space()
        if self._current() != char:
            raise self._error(f"Expected: '{char}', received: '{self._current() or 'EOF'}'")
        self._at += 1
        self._skip_space()

    def _error(self, problem: str, at: int | None = None, advice: str = "") -> ShorthandParseError:
        at = self._at if at is None else at
        line_start = self._text.rfind("\n", 0, at) + 1
        line_end = self._text.find("\n", at)
        if line_end < 0:
            line_end = len(self._text)
        shown = f"{self._text[:line_end]}\n{' ' * (at - line_start)}^{self._text[line_end:]}"
        return ShorthandParseError(f"{problem} for input:\n{shown}{advice}")


def _coerce(value: Value, shape: ShapeView, path: str) -> Value:
    match shape.kind:
        case "document":
            raise ShorthandParseError(
                "Shorthand syntax does not support document types. Use JSON input for top-level argument to specify "
                f"nested parameter: {path}"
            )
        case "structure" if isinstance(value, dict):
            members = shape.members
            return {
                name: _coerce(item, members[name], f"{path}.{name}" if path else name) if name in members else item
                for name, item in value.items()
            }
        case "map" if isinstance(value, dict):
            return {key: _coerce(item, shape.value, f"{path}[{key!r}]") for key, item in value.items()}
        case "list":
            items = value if isinstance(value, list) else [value]
            return [_coerce(item, shape.item, f"{path}[{index}]") for index, item in enumerate(items)]
        case "integer" | "long" if isinstance(value, str | bytes):
            return _number(int, value, path)
        case "float" | "double" if isinstance(value, str | bytes):
            return _number(float, value, path)
        case "boolean" if isinstance(value, str):
            if value.lower() not in ("true", "false"):
                raise ShorthandParseError(f"{path}: expected true or false, got {reprlib.repr(value)}")
            return value.lower() == "true"
        case _:
            return value


def _number(kind: type[int | float], value: str | bytes, path: str) -> Value:
    try:
        return kind(value)
    except ValueError as error:
        expected = "an integer" if kind is int else "a number"
        raise ShorthandParseError(f"{path}: expected {expected}, got {reprlib.repr(value)}") from error
