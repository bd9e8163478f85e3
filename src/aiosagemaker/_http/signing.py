"""Signature Version 4, equal to what botocore's `SigV4Auth` makes of the same request: the tests hold it to that.

What does not change between calls is kept: a URL's canonical parts, a day's signing key, a second's timestamp. And
botocore's signer, which takes as long to import as the rest of this library, is left alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._credentials.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"
PAYLOAD_HASH_HEADER = "x-amz-content-sha256"
_UNSIGNED = frozenset({"connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"})
"""What a proxy may change on the way."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Target(NamedTuple):
    """A URL's canonical parts."""

    host: str
    path: str
    query: str


def sign(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | bytearray | memoryview,
    *,
    credentials: Credentials,
    region: str,
    signing_name: str,
    time: float,
) -> dict[str, str]:
    """The headers to add to a request: its date, its session token if there is one, and the signature over all of it.

    `url` is absolute and percent-encoded; `time` is in seconds since the epoch. A header `X-Amz-Content-SHA256` among
    `headers` stands for the body's hash.
    """
    timestamp = _timestamp(int(time))
    added = {"X-Amz-Date": timestamp}
    if credentials.token:
        added["X-Amz-Security-Token"] = credentials.token
    target = _target(url)
    signable = {**headers, **added, "host": target.host}
    order = _order(tuple(signable))
    payload_hash = signable[order[PAYLOAD_HASH_HEADER]] if PAYLOAD_HASH_HEADER in order else _hash(body)
    scope = f"{timestamp[:8]}/{region}/{signing_name}/aws4_request"
    lines = [f"{name}:{' '.join(signable[given].split())}" for name, given in order.items()]
    signed = ";".join(order)
    text = string_to_sign(timestamp, scope, canonical_request(method, target, lines, signed, payload_hash))
    key = _signing_key(credentials.secret_key, timestamp[:8], region, signing_name)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    added["Authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}"
    )
    return added


def canonical_request(method: str, target: Target, lines: list[str], signed: str, payload_hash: str) -> str:
    """The request in the one form that both sides hash; `lines` are the headers, `signed` their names."""
    return "\n".join((method.upper(), target.path, target.query, *lines, "", signed, payload_hash))


def string_to_sign(timestamp: str, scope: str, canonical: str) -> str:
    """What the signing key is applied to."""
    return "\n".join((ALGORITHM, timestamp, scope, _hash(canonical.encode())))


def _hash(content: bytes | bytearray | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()


@functools.lru_cache(maxsize=256)
def _order(names: tuple[str, ...]) -> dict[str, str]:
    """The headers to sign: lower-case names in their order, and how each was given."""
    return dict(sorted((name.lower(), name) for name in names if name.lower() not in _UNSIGNED))


@functools.lru_cache(maxsize=8)
def _timestamp(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y%m%dT%H%M%SZ")


@functools.lru_cache(maxsize=256)
def _target(url: str) -> Target:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{parts.port}"
    pairs = sorted((name, value) for name, _, value in (pair.partition("=") for pair in parts.query.split("&")))
    query = "&".join(f"{name}={value}" for name, value in pairs) if parts.query else ""
    return Target(host, quote(_normal_path(parts.path), safe="/~"), query)


def _normal_path(path: str) -> str:
    """RFC 3986, 5.2.4, and no empty segments either."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept = kept[:-1]
        elif segment not in ("", "."):
            kept.append(segment)
    return f"/{'/'.join(kept)}{'/' if kept and path.endswith('/') else ''}"


@functools.lru_cache(maxsize=32)
def _signing_key(secret_key: str, day: str, region: str, signing_name: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, signing_name, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
