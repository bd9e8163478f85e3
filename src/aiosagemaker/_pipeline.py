"""The order of one call. Nothing else knows it.

check -> serialize -> endpoint -> attempts { credentials -> sign -> send -> parse or raise } -> metadata
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import attrs
from yarl import URL

from ._http.signing import sign
from ._protocols.protocol import request_id
from ._shapes.constraints import check
from ._shapes.structure import ResponseMetadata, attach_metadata, evolve
from .errors import AttemptTimeout, OperationTimeout, ParamValidationError, SdkError, ServiceError

if TYPE_CHECKING:
    from ._http.endpoints import Endpoint
    from ._http.transport import Transport
    from ._protocols.message import HttpRequest, HttpResponse
    from ._protocols.protocol import Protocol
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response
    from .config import Config
    from .credentials import CredentialsCache
    from .retries import RetryStrategy

logger = logging.getLogger("aiosagemaker")


@attrs.frozen(kw_only=True)
class Pipeline:
    """One client's way from a request to a response."""

    config: Config
    """With every value resolved."""
    protocol: Protocol
    endpoint: Endpoint
    credentials: CredentialsCache
    retries: RetryStrategy
    user_agent: str
    base_url: URL = attrs.field(init=False)

    @base_url.default
    def _base_url(self) -> URL:
        return URL(self.endpoint.url, encoded=True)

    async def invoke(self, operation: Operation, request: Request[Any], transport: Transport) -> Response:
        """The response to a request. Raises an SdkError for everything else."""
        request = with_tokens(operation, request)
        if self.config.parameter_validation != "off":
            check(request, strict=self.config.parameter_validation == "strict")
        http_request = self.serialize(operation, request)
        url = self.url(http_request)
        limit = self.config.timeouts.operation
        try:
            async with _timeout(limit) as timer:
                return await self._attempts(operation, http_request, url, transport)
        except TimeoutError as error:
            if timer is None or not timer.expired():
                raise
            raise OperationTimeout(f"{operation.name} took longer than {limit:g} s") from error

    def serialize(self, operation: Operation, request: Request[Any]) -> HttpRequest:
        """The HTTP request, with what every request carries."""
        try:
            http_request = self.protocol.serialize(operation, request)
        except SdkError:
            raise
        except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            # With validation off, what cannot be written is found only here; the check names it better.
            check(request, strict=False)
            raise ParamValidationError(f"{type(request).__name__} cannot be written: {error}") from error
        http_request.headers["User-Agent"] = self.user_agent
        http_request.headers["amz-sdk-invocation-id"] = str(uuid.uuid4())
        return http_request

    def url(self, request: HttpRequest) -> URL:
        """The request's address: the endpoint's, with the request's own host prefix, path and query."""
        base = self.base_url
        if request.host_prefix:
            base = base.with_host(request.host_prefix + (base.host or ""))
        if request.path == "/" and not request.query:
            return base if base.raw_path.endswith("/") else base.with_path(f"{base.raw_path}/", encoded=True)
        path = f"{base.raw_path.rstrip('/')}{request.path}"
        text = f"{base.scheme}://{base.raw_authority}{path}{'?' if request.query else ''}{request.query}"
        return URL(text, encoded=True)

    async def _attempts(self, operation: Operation, request: HttpRequest, url: URL, transport: Transport) -> Response:
        call = self.retries.begin()
        while True:
            await call.acquire()
            request.headers["amz-sdk-request"] = f"attempt={call.attempts}; max={self.retries.max_attempts}"
            try:
                response, answer = await self._attempt(operation, request, url, transport)
            except SdkError as error:
                if isinstance(error, ServiceError):
                    error.attempts = call.attempts
                delay = call.next_delay(error)
                logger.debug(
                    "%s attempt %d: %s; retry in %s", operation.name, call.attempts, type(error).__name__, delay
                )
                if delay is None:
                    raise
                await self.config.clock.sleep(delay)
                continue
            call.succeeded()
            metadata = ResponseMetadata(
                http_status=answer.status,
                request_id=request_id(answer),
                attempts=call.attempts,
                total_retry_delay=call.total_delay,
                headers=answer.headers,
            )
            attach_metadata(response, metadata)
            return response

    async def _attempt(
        self, operation: Operation, request: HttpRequest, url: URL, transport: Transport
    ) -> tuple[Response, HttpResponse]:
        limit = self.config.timeouts.attempt
        try:
            async with _timeout(limit) as timer:
                answer = await transport.send(request.method, url, await self._signed(request, url), request.body)
        except TimeoutError as error:
            if timer is None or not timer.expired():
                raise
            raise AttemptTimeout(f"an attempt of {operation.name} took longer than {limit:g} s") from error
        if 200 <= answer.status < 300:
            return self.protocol.parse(operation, answer), answer
        raise self.protocol.parse_error(operation, answer)

    async def _signed(self, request: HttpRequest, url: URL) -> dict[str, str]:
        credentials = self.credentials.current() or await self.credentials.get()
        signature = sign(
            request.method,
            str(url),
            request.headers,
            request.body,  # type: ignore[arg-type]  # a stream is given its payload hash by the service that has one
            credentials=credentials,
            region=self.endpoint.region,
            signing_name=self.endpoint.signing_name,
            time=self.config.clock.time(),
        )
        return {**request.headers, **signature}


def _timeout(limit: float | None) -> AbstractAsyncContextManager[asyncio.Timeout | None]:
    return nullcontext() if limit is None else asyncio.timeout(limit)


def with_tokens(operation: Operation, request: Request[Any]) -> Request[Any]:
    """The request with a fresh token in every idempotency member that was left out: one for all its attempts."""
    fresh = {name: str(uuid.uuid4()) for name in operation.tokens if getattr(request, name) is None}
    return evolve(request, **fresh) if fresh else request
