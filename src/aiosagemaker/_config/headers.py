"""Headers that a user adds to every request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from .._errors import REDACTED, InvalidConfigError
from .._secrets import SECRET_HEADER
from .._shapes.maps import FrozenMap

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


class GivenHeaders(FrozenMap[str]):
    """Headers, read-only. Their repr leaves out what looks like a secret by its name, and so does a pickle."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr({name: REDACTED if SECRET_HEADER.search(name) else value for name, value in self.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ({name: value for name, value in self.items() if not SECRET_HEADER.search(name)},)


def as_headers(value: Mapping[str, str] | None) -> GivenHeaders:
    """The converter of `Config.headers`.

    Raises:
        InvalidConfigError: it is no map of text to text, or has a header that HTTP or the library does not allow.
    """
    if isinstance(value, GivenHeaders):
        return value
    if value is None:
        return GivenHeaders()
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
    return GivenHeaders(value)
