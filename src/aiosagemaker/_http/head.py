"""Heads of messages: a request's as it is written, and an answer's as it is handed out."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from .._errors import TransportError
from .._protocols.message import HttpResponse
from .._shapes.maps import Headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .pool import Target

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""
_OWN = frozenset(
    {"connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""What says where a request ends, or how its connection is used: the transport's to say."""
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods by which no body is expected: one of no bytes is not mentioned (RFC 9110, 8.6)."""


def request_head(method: str, target: Target, headers: Mapping[str, str], length: int, *, close: bool = False) -> bytes:
    """The request's first bytes, up to its body.

    Args:
        method: such as `POST`.
        target: where it goes.
        headers: none that frames the message.
        length: of the body, in bytes.
        close: whether the connection ends with this exchange.

    Raises:
        TransportError: HTTP cannot carry this. It is never retried, and nothing was sent.
    """
    values = tuple(headers.values())
    try:
        lines, has_host = _form(method, tuple(headers))
        together = "".join(values)
        if "\n" in together or "\r" in together or "\0" in together:
            raise ValueError("a header's value has a line's end or a NUL in it")
        host = "" if has_host else f"Host: {target.host}\r\n"
        text = f"{method} {target.line} HTTP/1.1\r\n{host}{target.proxy_lines}{lines % values}"
        if length or method not in _BODILESS:
            text += f"Content-Length: {length}\r\n"
        return (text + ("Connection: close\r\n\r\n" if close else "\r\n")).encode()
    except (TypeError, ValueError) as error:
        reason = str(error)
    # A traceback may be shown with its locals, and the headers have the signature.
    del headers, values
    together = text = ""
    unsendable = TransportError(f"the request cannot be sent: {reason}")
    unsendable.retryable = False
    raise unsendable


@functools.lru_cache(maxsize=256)
def _form(method: str, names: tuple[str, ...]) -> tuple[str, bool]:
    """What calls share: the form of the headers, and whether Host is among them."""
    for name in (method, *names):
        _check_name(name)
    lowered = [name.lower() for name in names]
    if refused := _OWN.intersection(lowered):
        raise ValueError(f"the header {min(refused)} is not the caller's to set")
    if len(set(lowered)) != len(lowered):
        raise ValueError("a header is given twice")
    return "".join(f"{name.replace('%', '%%')}: %s\r\n" for name in names), "host" in lowered


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r:.60} is no name of HTTP's")


def response_head(message: Any) -> HttpResponse:
    """An answer without its body, from what aiohttp's parser made of its head."""
    return HttpResponse(message.code, AnswerHeaders(message.headers), b"", clean(message.reason or ""))


class AnswerHeaders(Headers):
    """An answer's headers, most of which nobody looks at: they are sorted when someone does."""

    __slots__ = ("_received",)

    def __init__(self, received: Any) -> None:
        self._received = received  # aiohttp's CIMultiDictProxy

    def __getattr__(self, name: str) -> Any:
        if name != "_items":
            raise AttributeError(name)
        self._items = items = dict(Headers((name, clean(value)) for name, value in self._received.items()))
        return items

    def __getitem__(self, key: str) -> str:
        found: str | None = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def get(self, key: str, default: Any = None) -> Any:
        # Mapping's own would raise and catch a KeyError for each header that is not there.
        found = self._received.getall(key, None)
        if found is None:
            return default
        return clean(found[0] if len(found) == 1 else ", ".join(found))

    def __contains__(self, key: object) -> bool:
        return key in self._received

    def __reduce__(self) -> tuple[Any, ...]:
        return Headers, (self._items,)


def clean(text: str) -> str:
    """The text, with what is not UTF-8 replaced, so that it can be printed and pickled."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
