"""What the words after an option mean, by the shape of its member: plain data under the model's names."""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .._errors import REDACTED
from . import shorthand
from .failures import InvalidRequest, ParamError, shown
from .files import UnreadableFile, is_reference, read_reference
from .plain import is_dict, is_list
from .shapes import SCALARS

if TYPE_CHECKING:
    from .shapes import RowShape

_LONGEST_PATH = 1024
_FILE_NAME = re.compile(r"[\w./~-]+\.(json|ya?ml|txt)")
_MOST_NAMES = 12
"""How many names are listed where none is near."""

Given = str | bytes | list[str]


def read_value(option: str, given: Given, shape: RowShape, *, from_file: bool = True) -> Any:
    """The value of an option.

    Args:
        option: its name with the dashes, for messages.
        given: the word after it; for a list, all of them.
        shape: the member's shape.
        from_file: whether a word may name a file instead.

    Raises:
        ParamError: the words say nothing that the shape can hold.
    """
    only = given[0] if isinstance(given, list) and len(given) == 1 else given
    try:
        if from_file and isinstance(only, str) and is_reference(only):
            given = read_reference(only)
        return _read(given, shape)
    except (UnreadableFile, shorthand.ShorthandParseError, _Unreadable) as error:
        text = only if isinstance(only, str) else ""
        raise ParamError(option, f"{error}{file_advice(text) or _comma_advice(error, text)}") from error


def file_advice(text: str) -> str:
    """That a file's name wants `file://` before it, as a sentence's end; empty for what is no file's name."""
    path = os.path.expanduser(text)
    if not text or len(text) > _LONGEST_PATH or not (os.path.isfile(path) or _FILE_NAME.fullmatch(text)):
        return ""
    return f"\ndid you mean file://{text}?"


def _comma_advice(error: Exception, text: str) -> str:
    if "," not in text or not str(error).startswith("Expected: '='"):
        return ""
    return '\nA value with a comma in it is quoted: Value="a,b"'


class _Unreadable(Exception):
    pass


def _read(given: Given, shape: RowShape) -> Any:
    kind = shape.kind
    if kind == "document":
        return _json(given)
    if kind in SCALARS:
        if isinstance(given, list):
            raise _Unreadable(f"expected one value, got {len(given)}")
        return _scalar(given, shape)
    first = (given[0] if given else "") if isinstance(given, list) else _text(given)
    if kind == "list" and (shape.item.kind in SCALARS or _holds_document(shape)):
        return _list(given, shape, first)
    if kind == "list" and not isinstance(given, list) and not first.strip().startswith("["):
        raise _Unreadable(f"a file for a list must hold a JSON list:\n{first}")
    if not first.strip().startswith(("[", "{")) and not _holds_document(shape):
        words = given if isinstance(given, list) else _text(given)
        return _whole_values(shorthand.parse_argument(words, shape, read_reference), shape)
    return _list(given, shape, first) if kind == "list" else _json_object(given, first)


def _whole_values(value: Any, shape: RowShape) -> Any:
    """What shorthand said, unless commas took a text apart."""
    kind = shape.kind
    if is_dict(value) and kind in ("structure", "map"):
        members = shape.members if kind == "structure" else dict.fromkeys(value, shape.value)
        for name, item in value.items():
            if name not in members:
                continue
            if is_list(item) and members[name].kind in SCALARS:
                joined = ",".join(map(str, item))
                raise _Unreadable(f'{name} takes one value; one with a comma in it is quoted: {name}="{joined}"')
            _whole_values(item, members[name])
    elif is_list(value) and kind == "list":
        for item in value:
            _whole_values(item, shape.item)
    return value


def _list(given: Given, shape: RowShape, first: str) -> Any:
    if first.strip().startswith("[") and (not isinstance(given, list) or len(given) == 1):
        return _json(first)
    words = given if isinstance(given, list) else [_text(given)]
    return [_read(word, shape.item) if shape.item.kind in SCALARS else _json_object(word, word) for word in words]


def _json_object(given: Given, first: str) -> Any:
    if not first.lstrip().startswith("{"):
        raise _Unreadable(f"Invalid JSON:\n{first}")
    return _json(given)


def _json(given: Given) -> Any:
    text = given[0] if isinstance(given, list) and given else _text(given)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"Invalid JSON: {error}\nJSON received: {text}") from error


def _text(given: Given) -> str:
    if isinstance(given, bytes):
        try:
            return given.decode()
        except UnicodeDecodeError as error:
            raise _Unreadable(f"not text: {error}") from error
    return given if isinstance(given, str) else " ".join(given)


def _scalar(given: str | bytes, shape: RowShape) -> Any:
    kind = shape.kind
    if kind == "blob":
        return given
    text = _text(given)
    if kind in ("integer", "long", "float", "double"):
        number = int if kind in ("integer", "long") else float
        try:
            return number(text)
        except ValueError as error:
            raise _Unreadable(f"expected {'an integer' if number is int else 'a number'}, got {text!r}") from error
    if kind == "boolean":
        return text.lower() != "false"
    return text


def _holds_document(shape: RowShape) -> bool:
    inner = {"list": "item", "map": "value"}.get(shape.kind)
    if inner is None:
        return shape.kind == "document"
    return _holds_document(getattr(shape, inner))


def typed(value: Any, shape: RowShape, *, blobs_are_base64: bool = False) -> Any:
    """Plain data with the types that JSON and text lack: timestamps as datetimes, blobs as bytes.

    Raises:
        InvalidRequest: values are of another type than the model says, or under names that it does not know; all are
            named at once, with what would have been right.
    """
    reader = _Typed(blobs_are_base64)
    read = reader.read(value, shape, "")
    if reader.problems:
        raise InvalidRequest(reader.problems)
    return read


_ACCEPTED: dict[str, tuple[str, tuple[type, ...]]] = {
    "structure": ("an object", (dict,)),
    "map": ("an object", (dict,)),
    "list": ("a list", (list,)),
    "string": ("a string", (str,)),
    "integer": ("an integer", (int,)),
    "long": ("an integer", (int,)),
    "float": ("a number", (int, float)),
    "double": ("a number", (int, float)),
    "boolean": ("true or false", (bool,)),
    "timestamp": ("a timestamp", (str, int, float)),
    "blob": ("text or bytes", (str, bytes)),
}
"""What a value of each kind may be, in words and as Python has it."""


class _Typed:
    def __init__(self, blobs_are_base64: bool) -> None:
        self.problems: list[str] = []
        self._blobs_are_base64 = blobs_are_base64

    def read(self, value: Any, shape: RowShape, path: str) -> Any:
        kind = shape.kind
        if kind == "document":
            return value
        words, types = _ACCEPTED[kind]
        if type(value) not in types:
            text = REDACTED if shape.namespace.is_sensitive(shape.name) else shown(value)
            self.problems.append(f"Invalid type for parameter {path or 'input'}, value: {text}, expected: {words}")
        elif kind == "structure":
            return self._structure(value, shape, path)
        elif kind == "map":
            inner = shape.value
            return {name: self.read(item, inner, f"{path}[{shown(name)}]") for name, item in value.items()}
        elif kind == "list":
            inner = shape.item
            return [self.read(item, inner, f"{path}[{index}]") for index, item in enumerate(value)]
        elif kind == "blob" and isinstance(value, str):
            return self._blob(value, path)
        elif kind == "timestamp":
            return self._timestamp(value, path)
        return value

    def _structure(self, value: dict[str, Any], shape: RowShape, path: str) -> dict[str, Any]:
        members = shape.members
        for name in (name for name in value if name not in members):
            advice = _instead(str(name), list(members))
            self.problems.append(f"Unknown parameter in {path or 'input'}: {shown(name)}, {advice}")
        return {
            name: self.read(item, members[name], f"{path}.{name}" if path else name)
            for name, item in value.items()
            if name in members
        }

    def _blob(self, value: str, path: str) -> bytes:
        if not self._blobs_are_base64:
            return value.encode()
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            self.problems.append(f"Invalid base64 for parameter {path}: {error}")
            return b""

    def _timestamp(self, value: str | float, path: str) -> datetime:
        try:
            return timestamp(value)
        except (ValueError, OverflowError, OSError) as error:
            self.problems.append(f"Invalid timestamp for parameter {path}: {shown(value)}: {error}")
            return datetime.fromtimestamp(0, UTC)


def _instead(name: str, known: list[str]) -> str:
    """What a name could have been, as a sentence's end."""
    by_letters = {each.lower(): each for each in known}
    flat = name.replace("_", "").replace("-", "").lower()
    near = [by_letters[match] for match in difflib.get_close_matches(flat, by_letters, n=1, cutoff=0.7)]
    listed = ", ".join(known[:_MOST_NAMES]) + (", ..." if len(known) > _MOST_NAMES else "")
    return f"must be one of: {listed}" + (f" (did you mean {near[0]}?)" if near else "")


def timestamp(value: str | float) -> datetime:
    """Epoch seconds, or a date and time in any usual form; without a zone it is in UTC.

    Fractions of a second are dropped, as the AWS CLI drops them. Raises ValueError, OverflowError or OSError.
    """
    try:
        return datetime.fromtimestamp(float(value), UTC).replace(microsecond=0)
    except ValueError:
        # What is not a number is a date.
        from dateutil import parser, tz

        parsed: datetime = parser.parse(str(value), tzinfos={"GMT": tz.tzutc()})
        parsed = parsed.replace(microsecond=0)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
