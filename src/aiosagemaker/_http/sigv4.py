"""botocore's Signature Version 4 signer, with what does not change between calls kept.

The steps and their order are botocore's. Kept are a day's signing key, a URL's canonical parts and the order of the
headers' names; and the headers to sign are a plain map, where botocore's is an email message.
"""

from __future__ import annotations

import functools
import hmac
from typing import Any, ClassVar
from urllib.parse import urlsplit

from .._botocore import botocore

_AUTH = botocore("auth")
_SigV4Auth: Any = _AUTH.SigV4Auth
_UNSIGNED = frozenset[str](_AUTH.SIGNED_HEADERS_BLACKLIST) | {"baggage", "traceparent", "tracestate", "x-amzn-trace-id"}
"""What a proxy may change on the way. An older botocore signs the trace's headers."""


class SignableRequest:
    """What botocore's signer reads of a request, and writes its headers into."""

    __slots__ = ("body", "context", "headers", "headers_to_sign", "method", "url")

    params: ClassVar[None] = None

    def __init__(self, method: str, url: str, headers: dict[str, str], body: Any, timestamp: str) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.context = {"timestamp": timestamp}
        self.headers_to_sign: HeadersToSign | None = None


class HeadersToSign(dict[str, str]):
    """By lower-case name, in order."""

    __slots__ = ("names",)

    names: str


class CachingSigV4Auth(_SigV4Auth):  # type: ignore[misc]  # pyright: ignore[reportUntypedBaseClass]  # it has no types
    """Signs at the time that it is told."""

    def sign(self, request: SignableRequest) -> str:
        """Write the signature, the date and the token into the request's headers; the string that was signed."""
        # botocore's own `add_auth` takes the time from the system, and logs the token.
        self._modify_request_before_signing(request)
        text: str = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(text, request))
        return text

    def headers_to_sign(self, request: SignableRequest) -> HeadersToSign:
        kept = request.headers_to_sign
        if kept is None:
            given = request.headers
            order, names = _order(tuple(given))
            kept = request.headers_to_sign = HeadersToSign(
                {name: given[key] if key else _host(request.url) for name, key in order}
            )
            kept.names = names
        return kept

    def canonical_headers(self, headers_to_sign: HeadersToSign) -> str:
        return "\n".join([f"{name}:{' '.join(value.split())}" for name, value in headers_to_sign.items()])

    def signed_headers(self, headers_to_sign: HeadersToSign) -> str:
        return headers_to_sign.names

    def canonical_query_string(self, request: SignableRequest) -> str:
        return _canonical_query(request.url)

    def _normalize_url_path(self, path: str) -> str:
        return _canonical_path(path)

    def signature(self, string_to_sign: str, request: SignableRequest) -> str:
        date = request.context["timestamp"][:8]
        mac = _keyed(self.credentials.secret_key, date, self._region_name, self._service_name).copy()
        mac.update(string_to_sign.encode())
        return mac.hexdigest()


# What botocore works out from a URL, or from names, alone.
_STOCK = _SigV4Auth(None, "", "")


@functools.lru_cache(maxsize=256)
def _order(names: tuple[str, ...]) -> tuple[list[tuple[str, str]], str]:
    """The headers to sign: lower-case names in their order, each as it was given (nothing for a host that was not)."""
    given = {"host": ""} | {name.lower(): name for name in names if name.lower() not in _UNSIGNED}
    return sorted(given.items()), ";".join(sorted(given))


@functools.lru_cache(maxsize=256)
def _host(url: str) -> str:
    host: str = _AUTH._host_from_url(url)
    return host


@functools.lru_cache(maxsize=256)
def _canonical_query(url: str) -> str:
    query: str = _STOCK._canonical_query_string_url(urlsplit(url))
    return query


@functools.lru_cache(maxsize=256)
def _canonical_path(path: str) -> str:
    canonical: str = _STOCK._normalize_url_path(path)
    return canonical


@functools.lru_cache(maxsize=128)
def _keyed(secret_key: str, date: str, region: str, service: str) -> hmac.HMAC:
    """What signs with a day's key."""
    key = f"AWS4{secret_key}".encode()
    for step in (date, region, service, "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    return hmac.new(key, digestmod="sha256")
