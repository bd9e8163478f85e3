"""What one client's calls have in common, and the way of a request up to its first attempt."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
from yarl import URL

from ._errors import ParamValidationError, SdkError
from ._hooks import Hooks, Teller, teller
from ._http.lambda_trace import HEADER as TRACE_HEADER
from ._http.lambda_trace import in_lambda, trace_id
from ._http.signing import SIGNED
from ._http.skew import ClockSkew
from ._shapes.constraints import check
from ._shapes.structure import evolve
from ._wire_log import WireLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._config.config import Config
    from ._credentials.cache import CredentialsCache
    from ._http.endpoint_rules import Endpoint
    from ._http.signing import Signer
    from ._protocols.message import HttpRequest
    from ._protocols.protocol import Protocol
    from ._recovery import Recovery
    from ._shapes.operation import Operation
    from ._shapes.structure import Request
    from .retries import RetryStrategy


def _hooks_of(config: Config) -> tuple[Hooks, ...]:
    return (*config.hooks, *([WireLog()] if config.wire_log else ()))


def _base_url(pipeline: Pipeline) -> URL:
    return URL(pipeline.endpoint.url, encoded=True)


@attrs.frozen(kw_only=True)
class Pipeline:
    """One client's way from a request to a response: what each step of it works with."""

    config: Config
    """With every value resolved."""
    protocol: Protocol
    endpoint: Endpoint
    """Of every request that the endpoint rules are told nothing more of."""
    locate: Callable[[Mapping[str, Any]], Endpoint] | None = None
    """The endpoint of a request that they are."""
    credentials: CredentialsCache
    retries: RetryStrategy
    user_agent: str
    signer: Signer = SIGNED
    skew: ClockSkew = attrs.field(factory=ClockSkew)
    recovery: Recovery | None = None
    in_lambda: bool = attrs.field(init=False, factory=in_lambda)
    teller: Teller | None = attrs.field(
        init=False, default=attrs.Factory(lambda pipeline: teller(_hooks_of(pipeline.config)), takes_self=True)
    )
    base_url: URL = attrs.field(init=False, default=attrs.Factory(_base_url, takes_self=True))
    headers: dict[str, str] = attrs.field(
        init=False, repr=False, default=attrs.Factory(lambda pipeline: dict(pipeline.config.headers), takes_self=True)
    )
    """Those that the user adds to every request."""

    def prepare(self, operation: Operation, request: Request[Any]) -> Prepared:
        """The steps before the first attempt: check, serialize, endpoint. Raises ParamValidationError."""
        request = with_tokens(operation, request)
        http_request = self.serialize(operation, request)
        here = self
        if operation.has_endpoint_parameters and self.locate is not None:
            here = self._at(self.locate(operation.endpoint_parameters(request)))
        url = address(here.base_url, http_request)
        if "port" in operation.row and self.config.endpoint_url is None:
            url = url.with_port(operation.row["port"])
        return Prepared(here, operation, request, http_request, url)

    def _at(self, endpoint: Endpoint) -> Pipeline:
        return self if endpoint == self.endpoint else attrs.evolve(self, endpoint=endpoint)

    def serialize(self, operation: Operation, request: Request[Any]) -> HttpRequest:
        """The HTTP request, with what every request carries. Raises ParamValidationError."""
        validation = self.config.parameter_validation
        if validation != "off":
            check(request, strict=validation == "strict")
        try:
            http_request = self.protocol.serialize(operation, request)
        except SdkError:
            raise
        except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            # With validation off, what cannot be written is found only here; the check names it better.
            check(request, strict=False)
            raise ParamValidationError(f"{type(request).__name__} cannot be written: {error}") from error
        headers = http_request.headers
        if self.headers:
            given = {name.lower() for name in headers}
            headers |= {k: v for k, v in self.headers.items() if k.lower() not in given}
        headers["User-Agent"] = self.user_agent
        headers["amz-sdk-invocation-id"] = unique_id()
        if self.in_lambda and (trace := trace_id()) is not None:
            headers[TRACE_HEADER] = trace
        return http_request


class Prepared(NamedTuple):
    """A request before its first attempt: what is to be signed and sent."""

    pipeline: Pipeline
    """To the endpoint that this request is for."""
    operation: Operation
    request: Request[Any]
    """With its tokens."""
    http_request: HttpRequest
    url: URL


def address(base: URL, request: HttpRequest) -> URL:
    """Where a request goes: to the endpoint, with the request's own host prefix, path and query."""
    if request.host_prefix:
        base = base.with_host(request.host_prefix + (base.host or ""))
    if request.path == "/" and not request.query:
        return base if base.raw_path.endswith("/") else base.with_path(f"{base.raw_path}/", encoded=True)
    path = f"{base.raw_path.rstrip('/')}{request.path}"
    text = f"{base.scheme}://{base.raw_authority}{path}{'?' if request.query else ''}{request.query}"
    return URL(text, encoded=True)


def unique_id() -> str:
    """A random UUID (RFC 9562, version 4), as text; `uuid.uuid4` would take a fiftieth of a call to make it."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def with_tokens(operation: Operation, request: Request[Any]) -> Request[Any]:
    """The request with a fresh token in every idempotency member that was left out: one for all its attempts."""
    if not operation.tokens:
        return request
    fresh = {name: unique_id() for name in operation.tokens if getattr(request, name) is None}
    return evolve(request, **fresh) if fresh else request
