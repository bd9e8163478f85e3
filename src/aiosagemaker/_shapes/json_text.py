"""JSON text, strictly: no NaN, no Infinity, compact.

By orjson where it is installed (the extra `speed`), by the standard library otherwise, and with the same results: what
orjson refuses the standard library decides. Integers beyond 64 bits, which no shape can hold, are all they differ in.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    _OPTIONS: int

    def _fast_decode(text: str | bytes, /) -> Any: ...
    def _fast_encode(value: Any, /, *, option: int) -> bytes: ...

else:
    try:
        from orjson import OPT_PASSTHROUGH_DATACLASS, OPT_PASSTHROUGH_DATETIME
        from orjson import dumps as _fast_encode
        from orjson import loads as _fast_decode

        _OPTIONS = OPT_PASSTHROUGH_DATACLASS | OPT_PASSTHROUGH_DATETIME
    except ImportError:
        _fast_decode = _fast_encode = None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode
dumps: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
"""The JSON text, in ASCII. Raises ValueError or TypeError for what JSON cannot say."""


def _decode_slowly(text: str | bytes) -> Any:
    return _decode(text if isinstance(text, str) else text.decode("utf-8"))


def _encode_slowly(value: Any) -> bytes:
    return dumps(value).encode()


def _loads(text: str | bytes) -> Any:
    try:
        return _fast_decode(text)
    except ValueError:
        return _decode_slowly(text)


def _encode(value: Any) -> bytes:
    try:
        encoded = _fast_encode(value, option=_OPTIONS)
    except TypeError:
        return _encode_slowly(value)
    # orjson makes null of NaN and Infinity.
    return _encode_slowly(value) if b"null" in encoded else encoded


loads: Callable[[str | bytes], Any] = _decode_slowly if _fast_decode is None else _loads
"""The value. Raises ValueError for what is not JSON in UTF-8, RecursionError for what is nested too deep."""
encode: Callable[[Any], bytes] = _encode_slowly if _fast_encode is None else _encode
"""The JSON text in UTF-8. Raises as `dumps` does."""
