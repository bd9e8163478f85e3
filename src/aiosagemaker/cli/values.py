"""What the words after an option mean, by the shape of its member: plain data under the model's names."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import shorthand
from .failures import InvalidRequest, ParamError
from .files import UnreadableFile, is_reference, read_reference
from .plain import is_dict, is_list
from .shapes import SCALARS

if TYPE_CHECKING:
    from .shapes import RowShape

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
        raise ParamError(option, str(error)) from error


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
        return shorthand.parse_argument(given if isinstance(given, list) else _text(given), shape, read_reference)
    return _list(given, shape, first) if kind == "list" else _json_object(given, first)


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


def typed(value: Any, shape: RowShape, path: str = "", *, blobs_are_base64: bool = False) -> Any:
    """Plain data with the types that JSON and text lack: timestamps as datetimes, blobs as bytes.

    Raises:
        InvalidRequest: a null, or a timestamp or blob that is none.
    """
    kind = shape.kind
    if value is None and kind != "document":
        raise InvalidRequest([f"Invalid type for parameter {path or 'input'}, value: None, expected {kind}"])
    if is_dict(value) and kind in ("structure", "map"):
        inner = shape.members if kind == "structure" else dict.fromkeys(value, shape.value)
        return {
            name: typed(item, inner[name], _step(path, name, kind), blobs_are_base64=blobs_are_base64)
            if name in inner
            else item
            for name, item in value.items()
        }
    if is_list(value) and kind == "list":
        return [
            typed(item, shape.item, f"{path}[{index}]", blobs_are_base64=blobs_are_base64)
            for index, item in enumerate(value)
        ]
    if isinstance(value, str) and kind == "blob":
        return _decoded(value, path) if blobs_are_base64 else value.encode()
    if isinstance(value, str | int | float) and kind == "timestamp" and not isinstance(value, bool):
        return timestamp(value, path)
    return value


def _step(path: str, name: str, kind: str) -> str:
    if kind == "map":
        return f"{path}[{name!r}]"
    return f"{path}.{name}" if path else name


def _decoded(value: str, path: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest([f"Invalid base64 for parameter {path}: {error}"]) from error


def timestamp(value: str | float, path: str = "") -> datetime:
    """Epoch seconds, or a date and time in any usual form; without a zone it is in UTC.

    Fractions of a second are dropped, as the AWS CLI drops them. Raises InvalidRequest.
    """
    try:
        try:
            return datetime.fromtimestamp(float(value), UTC).replace(microsecond=0)
        except ValueError:
            # What is not a number is a date.
            from dateutil import parser, tz

            parsed: datetime = parser.parse(str(value), tzinfos={"GMT": tz.tzutc()})
            parsed = parsed.replace(microsecond=0)
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidRequest([f'Invalid type for parameter {path}: Invalid timestamp "{value}": {error}']) from error
