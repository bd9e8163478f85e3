"""The order of one call. Nothing else knows it.

check -> serialize -> endpoint -> attempts { credentials -> sign -> send -> parse or raise } -> metadata

Between two attempts, what is asked: the retry strategy; whether signing anew would help; and the service's own
knowledge (`_recovery`).
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from yarl import URL

from ._errors import (
    AttemptTimeout,
    AuthenticationError,
    ExpiredTokenException,
    InvalidClientTokenId,
    OperationTimeout,
    ParamValidationError,
    SdkError,
    ServiceError,
    TransportError,
    UnrecognizedClientException,
)
from ._http.exchange import Exchange
from ._http.signing import sign
from ._http.skew import ClockSkew, explains
from ._protocols.message import HttpResponse
from ._protocols.protocol import request_id
from ._shapes.body import SizedStream
from ._shapes.constraints import check
from ._shapes.structure import ResponseMetadata, attach_metadata, evolve

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ._config.config import Config
    from ._credentials.cache import CredentialsCache
    from ._credentials.credentials import Credentials
    from ._http.endpoint_rules import Endpoint
    from ._http.sender import Sender
    from ._protocols.message import HttpRequest
    from ._protocols.protocol import Protocol
    from ._recovery import Recovery
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response
    from .retries import RetryStrategy

T = TypeVar("T")

logger = logging.getLogger("aiosagemaker")

PATIENCE_SCALE = 0.25
"""The longest first pause, in seconds, before asking again what the service is not ready for; it doubles."""
PATIENCE_LONGEST = 2.0
_STALE_CREDENTIALS = (ExpiredTokenException, InvalidClientTokenId, UnrecognizedClientException)


def _base_url(pipeline: Pipeline) -> URL:
    return URL(pipeline.endpoint.url, encoded=True)


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
    skew: ClockSkew = attrs.field(factory=ClockSkew)
    recovery: Recovery | None = None
    base_url: URL = attrs.field(init=False, default=attrs.Factory(_base_url, takes_self=True))

    async def invoke(self, operation: Operation, request: Request[Any], sender: Sender) -> Response:
        """The response to a request, sent through `sender`. Raises an SdkError for everything else."""
        request = with_tokens(operation, request)
        if self.config.parameter_validation != "off":
            check(request, strict=self.config.parameter_validation == "strict")
        return await _Call(self, operation, request, self.serialize(operation, request), sender).run()

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
        http_request.headers["amz-sdk-invocation-id"] = unique_id()
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


class _Call:
    """One call on its way, and what its attempts have in common."""

    __slots__ = (
        "clock",
        "deadline",
        "http_request",
        "maybe_done",
        "mended",
        "operation",
        "patient_until",
        "pipeline",
        "request",
        "retry",
        "sender",
        "url",
    )

    def __init__(
        self,
        pipeline: Pipeline,
        operation: Operation,
        request: Request[Any],
        http_request: HttpRequest,
        sender: Sender,
    ) -> None:
        self.pipeline = pipeline
        self.operation = operation
        self.request = request
        self.http_request = http_request
        self.url = pipeline.url(http_request)
        self.sender = sender
        self.clock = pipeline.config.clock
        limit = pipeline.config.timeouts.operation
        self.deadline = None if limit is None else asyncio.get_running_loop().time() + limit
        self.retry = pipeline.retries.begin()
        self.mended: set[type] = set()
        self.patient_until: float | None = None
        self.maybe_done = False

    async def run(self) -> Response:
        """The response of the first attempt that succeeds, or the last error."""
        headers = self.http_request.headers
        if isinstance(self.http_request.body, SizedStream):
            secure = self.url.scheme == "https"
            headers["X-Amz-Content-SHA256"] = await self._in_time(self.http_request.body.payload_hash(secure=secure))
        while True:
            await (self._in_time(self.retry.acquire()) if self.retry.limited else self.retry.acquire())
            headers["amz-sdk-request"] = f"attempt={self.retry.attempts}; max={self.pipeline.retries.max_attempts}"
            started = self.clock.monotonic()
            try:
                response, answer = await self._attempt()
            except SdkError as caught:
                error = _cause(caught, self.http_request)
                if isinstance(error, ServiceError):
                    error.attempts = self.retry.attempts
                    if self.maybe_done and (found := await self._in_time(self._lost_answer(error))):
                        return self._complete(found, error)
                delay = self._delay(error)
                self.maybe_done = self.maybe_done or error.maybe_sent
                self._log(started, error, delay)
                if delay is None:
                    error.maybe_sent = self.maybe_done  # of any attempt: the last may be the one that was refused
                    if error is caught:
                        raise
                    raise error from error.__cause__
                await self._in_time(self.clock.sleep(delay))
                continue
            self.retry.succeeded()
            self._log(started, answer, None)
            return self._complete(response, answer)

    async def _in_time(self, step: Awaitable[T]) -> T:
        """What stands between attempts, within the operation's time."""
        timer = asyncio.timeout_at(self.deadline)
        try:
            async with timer:
                return await step
        except TimeoutError as error:
            if not timer.expired():
                raise
            raise self._late(sent=False) from error

    def _late(self, *, sent: bool) -> OperationTimeout:
        limit = self.pipeline.config.timeouts.operation
        late = OperationTimeout(f"{self.operation.name} took longer than {limit:g} s")
        late.maybe_sent = self.maybe_done or sent
        return late

    async def _attempt(self) -> tuple[Response, HttpResponse]:
        pipeline, request = self.pipeline, self.http_request
        limit = pipeline.config.timeouts.attempt
        until = None if limit is None else asyncio.get_running_loop().time() + limit
        # One timer serves both limits: a timer is a noticeable part of what a call costs.
        last = self.deadline is not None and (until is None or self.deadline < until)
        exchange = Exchange()
        timer = asyncio.timeout_at(self.deadline if last else until)
        try:
            async with timer:
                credentials = pipeline.credentials.current() or await pipeline.credentials.get()
                sent = self.clock.time()
                # The signed headers have no local variable: a traceback may be shown with its locals.
                answer = await self.sender.send(
                    request.method, self.url, self._signed(credentials, sent), request.body, exchange
                )
        except TimeoutError as error:
            if not timer.expired():
                raise
            if last:
                raise self._late(sent=exchange.sent) from error
            late = AttemptTimeout(f"an attempt of {self.operation.name} took longer than {limit:g} s")
            late.maybe_sent = exchange.sent
            raise late from error
        off = pipeline.skew.learn(sent, self.clock.time(), answer.headers)
        if 200 <= answer.status < 300:
            return pipeline.protocol.parse(self.operation, answer), answer
        refusal = pipeline.protocol.parse_error(self.operation, answer)
        if isinstance(refusal, AuthenticationError) and type(refusal) not in self.mended:
            # Signed anew it may pass: with the service's time, or with the credentials that followed these.
            self.mended.add(type(refusal))
            refusal.retryable = explains(refusal, off) or (
                isinstance(refusal, _STALE_CREDENTIALS) and pipeline.credentials.invalidate(credentials)
            )
        raise refusal

    def _signed(self, credentials: Credentials, now: float) -> dict[str, str]:
        pipeline, request = self.pipeline, self.http_request
        signature = sign(
            request.method,
            str(self.url),
            request.headers,
            b"" if isinstance(request.body, SizedStream) else request.body,
            credentials=credentials,
            region=pipeline.endpoint.region,
            signing_name=pipeline.endpoint.signing_name,
            time=now + pipeline.skew.seconds,
        )
        return {**request.headers, **signature}

    def _delay(self, error: SdkError) -> float | None:
        """How long to wait before the next attempt; None if the error stands."""
        # The body has no local variable either.
        repeatable = not isinstance(self.http_request.body, SizedStream) or self.http_request.body.repeatable
        # The service's own knowledge goes first: what it bears with must not use up the retries.
        patience = self._patience(error)
        if not repeatable and (error.retryable or patience):
            error.add_note("It was not retried: the body is a stream that cannot be read a second time.")
        if patience is None:
            return self.retry.next_delay(error, repeatable=repeatable)
        now = self.clock.monotonic()
        if self.patient_until is None:
            self.patient_until = now + patience
        if not repeatable or now >= self.patient_until:
            return None
        longest = min(PATIENCE_SCALE * 2.0 ** min(self.retry.attempts - 1, 10), PATIENCE_LONGEST)
        pause = max(longest * (0.5 + self.clock.random() / 2), error.retry_after or 0.0)
        delay = min(pause, self.patient_until - now)
        self.retry.total_delay += delay
        return delay

    def _patience(self, error: SdkError) -> float | None:
        pipeline = self.pipeline
        if pipeline.recovery is None or not isinstance(error, ServiceError):
            return None
        return pipeline.recovery.patience(self.operation, self.request, error, pipeline.config, pipeline.endpoint.url)

    async def _lost_answer(self, error: ServiceError) -> Response | None:
        async def invoke(name: str, describe: Request[Any]) -> Response:
            return await self.pipeline.invoke(self.operation.sibling(name), describe, self.sender)

        if self.pipeline.recovery is None:
            return None
        return await self.pipeline.recovery.lost_answer(self.operation, self.request, error, invoke)

    def _complete(self, response: Response, answer: HttpResponse | ServiceError) -> Response:
        pipeline = self.pipeline
        if pipeline.recovery is not None:
            pipeline.recovery.succeeded(self.operation, self.request, pipeline.config, pipeline.endpoint.url)
        metadata = ResponseMetadata(
            http_status=answer.status if isinstance(answer, HttpResponse) else 200,
            request_id=request_id(answer.headers),
            attempts=self.retry.attempts,
            total_retry_delay=self.retry.total_delay,
            headers=answer.headers,
        )
        attach_metadata(response, metadata)
        return response

    def _log(self, started: float, end: HttpResponse | SdkError, delay: float | None) -> None:
        if not logger.isEnabledFor(logging.DEBUG):
            return
        if isinstance(end, HttpResponse):
            outcome, identity = str(end.status), request_id(end.headers)
        else:
            outcome = f"{getattr(end, 'http_status', '')} {type(end).__name__}".strip()
            identity = getattr(end, "request_id", None)
        logger.debug(
            "%s attempt %d: %s, request id %s, %.0f ms, %s",
            self.operation.name,
            self.retry.attempts,
            outcome,
            identity,
            (self.clock.monotonic() - started) * 1000,
            "no retry" if delay is None else f"retry in {delay:.2f} s",
        )


def _cause(error: SdkError, request: HttpRequest) -> SdkError:
    """What the error comes from: where the body broke off, the broken connection is only what followed."""
    if isinstance(error, TransportError) and isinstance(request.body, SizedStream):
        return request.body.failure or error
    return error


def unique_id() -> str:
    """A random UUID (RFC 9562, version 4), as text; `uuid.uuid4` would take a fiftieth of a call to make it."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def with_tokens(operation: Operation, request: Request[Any]) -> Request[Any]:
    """The request with a fresh token in every idempotency member that was left out: one for all its attempts."""
    fresh = {name: unique_id() for name in operation.tokens if getattr(request, name) is None}
    return evolve(request, **fresh) if fresh else request
