"""The parts of a Config that stand for themselves: how long to wait, and how to connect."""

from __future__ import annotations

from os import PathLike  # noqa: TC003 - get_type_hints looks for the annotations here
from typing import Any, Self
from urllib.parse import urlsplit

import attrs

from .._values import (
    FLAG,
    LIMIT,
    as_seconds,
    as_seconds_always,
    ask_what_is_meant,
    is_certificate,
    is_count,
    is_number,
    is_path,
    is_proxy,
    must,
    optional,
    show_kind,
    show_url,
)


@attrs.frozen(kw_only=True)
class TimeoutConfig:
    """How long the client waits, in seconds or as a timedelta, kept in seconds; None is no limit.

    With the defaults every call ends, whatever the server does. A model has 60 seconds to answer InvokeEndpoint
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html), so `read` is just
    above that.

    Raises:
        InvalidConfigError: a value is zero, negative, not finite or not a number.
    """

    connect: float | None = attrs.field(default=10.0, converter=as_seconds, validator=LIMIT)
    """To make a connection, TLS included. Default 10."""
    read: float | None = attrs.field(default=65.0, converter=as_seconds, validator=LIMIT)
    """Without a byte from the server. Default 65."""
    attempt: float | None = attrs.field(default=120.0, converter=as_seconds, validator=LIMIT)
    """For one attempt, to the end of its answer. Default 120."""
    operation: float | None = attrs.field(default=600.0, converter=as_seconds, validator=LIMIT)
    """For a whole call, with its retries and the waits between them. Default 600."""


@attrs.frozen(kw_only=True)
class HttpConfig:
    """How the client connects. The password of a proxy is in no pickle of it.

    Raises:
        InvalidConfigError: a value is of the wrong type or out of bounds.
    """

    max_connections: int = attrs.field(default=100, validator=must(is_count, "a whole number above zero"))
    """How many connections may be open at once; further calls wait for one. Default 100."""
    keepalive: float = attrs.field(
        default=30.0,
        converter=as_seconds_always,
        validator=must(lambda value: is_number(value) and value >= 0, "seconds, zero or more, or a timedelta"),
    )
    """How long an unused connection is kept, in seconds; 0 closes it at once. Default 30: well below the minute after
    which AWS's load balancers close it themselves, which a request sent at that moment does not survive."""
    proxy: str | None = attrs.field(
        default=None,
        repr=show_url,
        validator=must(optional(is_proxy), "a URL such as http://proxy.example:3128, or None", show_url),
    )
    """The URL of the proxy for every request, those to AWS that fetch credentials included. Default None: what the
    environment says."""
    trust_env: bool = attrs.field(default=True, validator=FLAG)
    """Whether HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment count where `proxy` is None. Default True."""
    verify: bool = attrs.field(default=True, validator=FLAG)
    """Whether the server's certificate is checked. Default True."""
    ca_bundle: str | PathLike[str] | None = attrs.field(
        default=None, validator=must(optional(is_path), "a path, or None")
    )
    """A file of certificate authorities to trust instead of the system's, where credentials are fetched too.
    AWS_CA_BUNDLE; `ca_bundle`; else None."""
    client_cert: str | PathLike[str] | tuple[str | PathLike[str], str | PathLike[str]] | None = attrs.field(
        default=None, validator=must(optional(is_certificate), "a path, a pair (certificate, key), or None")
    )
    """The client's own certificate: a PEM file that has its key too, or (certificate, key). Default none."""
    max_response_size: int | None = attrs.field(
        default=64 * 1024 * 1024, validator=must(optional(is_count), "a number of bytes above zero, or None")
    )
    """The largest body that is read into memory, in bytes; None is no limit. Default 64 MiB."""
    resolver: Any = attrs.field(default=None, repr=show_kind)
    """Finds the addresses of hosts: an `aiohttp.abc.AbstractResolver`, which is not closed with the client, or a
    function that makes one for each event loop. Default None: aiohttp's own."""
    connector: Any = attrs.field(default=None, repr=show_kind)
    """Makes the connections: an `aiohttp.BaseConnector`, or a function that makes one for each event loop; one that is
    given ready belongs to its event loop, and is not closed with the client. Its own settings count for TLS and names:
    `verify`, `ca_bundle`, `client_cert` and `resolver` mean nothing to it. Streams both ways do
    without. Default None."""
    max_document_size: int | None = attrs.field(
        default=16 * 1024 * 1024, validator=must(optional(is_count), "a number of bytes above zero, or None")
    )
    """The largest answer that is a document of the service's own, and not what a model says, in bytes; None is no limit
    but `max_response_size`. Default 16 MiB, many times what a page of a list takes."""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        left = ("connector", "resolver")  # which belong to their process
        values = {f.name: getattr(self, f.name) for f in attrs.fields(HttpConfig) if f.name not in left}
        return _unpickle_http, (type(self), values | {"proxy": _without_password(self.proxy)})


for _part in (TimeoutConfig, HttpConfig):
    ask_what_is_meant(_part, [field.name for field in attrs.fields(_part)])


def _unpickle_http(cls: type[HttpConfig], values: dict[str, Any]) -> HttpConfig:
    return cls(**values)


def _without_password(url: str | None) -> str | None:
    if url is None or "@" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
