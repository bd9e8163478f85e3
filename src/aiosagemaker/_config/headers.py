"""Headers that a user adds to every request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from .._errors import REDACTED, InvalidConfigError
from .._hooks import SECRET_HEADER

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, section 5.6.2."""
_TAKEN = frozenset(
    {
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "proxy-authorization",
        "transfer-encoding",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-target",
    }
)
"""What the library writes itself."""


class Headers(Mapping[str, str]):
    """A read-only, hashable map of headers. Its repr leaves out what looks like a secret by its name."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, str] = MappingProxyType({})) -> None:
        self._items = MappingProxyType(dict(items))

    def __getitem__(self, name: str) -> str:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr({name: REDACTED if SECRET_HEADER.search(name) else value for name, value in self.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        # A pickle has no secrets.
        return type(self), ({name: value for name, value in self.items() if not SECRET_HEADER.search(name)},)


def as_headers(value: Mapping[str, str] | None) -> Headers:
    """The converter of `Config.headers`.

    Raises:
        InvalidConfigError: it is no map of text to text, or has a header that HTTP or the library does not allow.
    """
    if isinstance(value, Headers):
        return value
    if value is None:
        return Headers()
    if not isinstance(cast("object", value), Mapping):
        raise InvalidConfigError(f"Config.headers must be a map of names to values, got {type(value).__name__}")
    seen: set[str] = set()
    for name, text in cast("Mapping[object, object]", value).items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise InvalidConfigError(f"Config.headers: {name!r} is not the name of a header")
        if name.lower() in _TAKEN:
            raise InvalidConfigError(f"Config.headers: {name} is written by the library")
        if name.lower() in seen:
            raise InvalidConfigError(f"Config.headers: {name} is there twice")
        # The message never has the value, which may be a secret.
        if not isinstance(text, str) or not (text.isascii() and text.isprintable()) or text != text.strip():
            raise InvalidConfigError(f"Config.headers: the value of {name} must be printable ASCII text")
        seen.add(name.lower())
    return Headers(value)
