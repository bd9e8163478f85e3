"""What the fields of a configuration may hold."""

from __future__ import annotations

import functools
import math
import os
from datetime import timedelta
from os import PathLike
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from ._errors import REDACTED, ArgumentError, EndpointResolutionError, InvalidConfigError
from ._hints import setting_hint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import attrs

    from ._clock import Duration

    Attribute = attrs.Attribute[Any]
    Validator = Callable[[object, Attribute, object], None]


def must(test: Callable[[Any], bool], expected: str, show: Callable[[Any], object] = repr) -> Validator:
    """A validator for attrs; `show` is how the value may appear in a message."""

    def check(instance: object, attribute: Attribute, value: object) -> None:
        if not test(value):
            where = f"{type(instance).__name__}.{attribute.name}"
            raise InvalidConfigError(f"{where} must be {expected}, got {show(value)}")

    return check


def ask_what_is_meant(cls: Any, names: Collection[str]) -> None:
    """Let a class's constructor, which takes these names as keywords, ask of any other which one is meant."""
    init: Callable[..., None] = cls.__init__

    @functools.wraps(init)
    def asking(self: Any, /, *given: Any, **named: Any) -> None:
        try:
            init(self, *given, **named)
        except TypeError:
            unknown = next((name for name in named if name not in names), None)
            if unknown is None:
                raise
        else:
            return
        del given, named  # a traceback may be shown with its locals, and a proxy's URL may have a password
        hint = setting_hint(unknown, names)
        raise ArgumentError(f"{cls.__name__} has no field {unknown!r}{hint}")

    cls.__init__ = asking


def optional(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """The test, for a value that may be None."""
    return lambda value: value is None or test(value)


def is_a(cls: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, cls)


def one_of(*choices: str) -> Validator:
    return must(lambda value: value in choices, f"one of {', '.join(map(repr, choices))}")


def is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_positive(value: Any) -> bool:
    return is_number(value) and value > 0


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def is_path(value: Any) -> bool:
    return isinstance(value, str | PathLike) and os.fspath(cast("str | PathLike[str]", value)) != ""


def is_certificate(value: Any) -> bool:
    pair = cast("tuple[object, ...]", value) if isinstance(value, tuple) else ()
    return is_path(value) or (len(pair) == 2 and all(map(is_path, pair)))


def is_proxy(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def as_seconds(value: Duration | None) -> float | None:
    # Anything else passes as it is, so that the validator can name the field.
    return value.total_seconds() if isinstance(value, timedelta) else value


def as_seconds_always(value: Duration) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else value


FLAG = must(is_bool, "True or False")
LIMIT = must(optional(is_positive), "seconds above zero, a timedelta, or None for no limit")
OPTIONAL_FLAG = must(optional(is_bool), "True, False or None")
OPTIONAL_TEXT = must(optional(is_text), "text that is not empty, or None")


def redact_userinfo(url: str) -> str:
    """The URL as it may be shown: without the user name and the password."""
    scheme, mark, rest = url.rpartition("://")
    return f"{scheme}{mark}{REDACTED}@{rest.rpartition('@')[2]}" if "@" in rest else url


def show_kind(value: object) -> str:
    """A value by its class alone: what it prints may be a secret, or without end."""
    return "None" if value is None else f"<{type(value).__qualname__}>"


def show_url(value: object) -> str:
    return repr(redact_userinfo(value)) if isinstance(value, str) else repr(value)


def check_endpoint_url(url: str, origin: str) -> str:
    """`url`, if requests can be sent below it; `origin` says in the message where it was set.

    Raises:
        EndpointResolutionError: it lacks a scheme (http, https) or a host, or has what no base of URLs has.
    """

    def refused(why: str) -> EndpointResolutionError:
        return EndpointResolutionError(f"{origin}: {show_url(url)} is not a usable endpoint URL: {why}")

    if not (url.isascii() and url.isprintable()) or " " in url:
        raise refused("it has characters that a URL cannot have")
    try:
        parts = urlsplit(url)
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise refused(str(error)) from error
    if parts.scheme not in ("http", "https"):
        raise refused("it does not begin with https:// or http://")
    if not reachable:
        raise refused("it names no host and port to connect to")
    if "@" in parts.netloc:
        raise refused("it has a user name or a password")
    if "?" in url or "#" in url:
        raise refused("it has a query or a fragment")
    return url


def check_endpoint_url_field(instance: object, attribute: Attribute, value: object) -> None:
    OPTIONAL_TEXT(instance, attribute, value)
    if isinstance(value, str):
        check_endpoint_url(value, attribute.name)
