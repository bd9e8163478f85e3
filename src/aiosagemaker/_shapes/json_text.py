"""JSON text, strictly: no NaN, no Infinity, ASCII out, compact."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def dumps(value: Any) -> str:
    """The JSON text. Raises ValueError or TypeError for what JSON cannot say."""
    return _encode(value)


def loads(text: str | bytes) -> Any:
    """The value. Raises ValueError for what is not JSON in UTF-8, RecursionError for what is nested too deep."""
    return _decode(text if isinstance(text, str) else text.decode("utf-8"))
