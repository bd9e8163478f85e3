"""Values of Smithy's simple types, as plain data.

https://smithy.io/2.0/spec/simple-types.html
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from . import timestamps
from .maps import freeze

Load = Callable[[Any, Any], Any]
Reader = Callable[[Any], Load]
"""What makes a hook that loads values of one type, from what stands for null."""

LEAST, MOST = -(2**63), 2**63 - 1
_from_epoch = datetime.fromtimestamp

_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def wrong(expected: str, value: object) -> TypeError:
    """The error for data of another type."""
    return TypeError(f"expected {expected}, got {type(value).__name__}")


def _exactly(cls: type, expected: str) -> Reader:
    def reader(missing: Any) -> Load:
        def load(value: Any, _: Any = None) -> Any:
            if value.__class__ is cls:
                return value
            if value is None:
                return missing
            raise wrong(expected, value)

        return load

    return reader


_string = _exactly(str, "a string")
_boolean = _exactly(bool, "a boolean")


def _integer(missing: Any) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        if value.__class__ is int and LEAST <= value <= MOST:
            return value
        if value is None:
            return missing
        if value.__class__ is float and value.is_integer() and LEAST <= value <= MOST:
            return int(value)
        raise wrong("an integer of 64 bits", value)

    return load


def _float(missing: Any) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        if value.__class__ is float:
            if math.isfinite(value):
                return value
            raise TypeError("expected a number that a double holds")  # such as 1e999, which JSON allows
        if value is None:
            return missing
        if value.__class__ is int:
            return float(value)
        if value.__class__ is str and value in _FLOATS:
            return _FLOATS[value]
        raise wrong("a number", value)

    return load


def dump_float(value: Any) -> Any:
    """A number, or the text that JSON has in place of what it has no number for."""
    if value.__class__ is float and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _timestamp(missing: Any) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        if value.__class__ is float or value.__class__ is int:
            return _from_epoch(value, UTC)
        return missing if value is None else timestamps.load(value)

    return load


def _base64(missing: Any) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        if value is None:
            return missing
        if value.__class__ is not str:
            raise wrong("a base64 string", value)
        return base64.b64decode(value, validate=True)

    return load


def dump_base64(value: Any) -> str:
    """The text of a blob."""
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def load_document(value: Any, _: Any = None) -> Any:
    """A document that cannot change."""
    return freeze(value)


def dump_document(value: Any) -> Any:
    """The JSON value of a document. Raises ValueError for a number that JSON has not."""
    inner = value  # which no check narrows to a type with unknown parts
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not JSON")
    if isinstance(value, Mapping):
        return {key: dump_document(item) for key, item in inner.items()}
    if isinstance(value, tuple):
        return [dump_document(item) for item in inner]
    return value


def _boto_timestamp(missing: Any) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        if value is None:
            return missing
        return value if isinstance(value, datetime) else timestamps.load(value)

    return load


def _boto_blob(missing: Any) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        if value is None:
            return missing
        return value.encode() if isinstance(value, str) else value

    return load


def _any(missing: Any) -> Load:
    def load(value: Any, _: Any = None) -> Any:
        return missing if value is None else value

    return load


WIRE_READERS: dict[str, Reader] = {
    "blob": _base64,
    "boolean": _boolean,
    "double": _float,
    "enum": _string,  # the class's own converter makes the enum of it
    "float": _float,
    "integer": _integer,
    "long": _integer,
    "string": _string,
    "timestamp": _timestamp,
}
"""Of what goes over the wire."""
BOTO_READERS: dict[str, Reader] = {
    **dict.fromkeys(WIRE_READERS, _any),
    "blob": _boto_blob,
    "enum": _string,
    "timestamp": _boto_timestamp,
}
"""Of boto3's dicts."""
