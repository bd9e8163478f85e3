"""The order of one call. Nothing else knows it.

check -> serialize -> endpoint -> attempts { credentials -> sign -> send -> parse or raise } -> metadata

Between two attempts, what is asked: the retry strategy; whether signing anew would help; and the service's own
knowledge (`_recovery`).
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import attrs
from yarl import URL

from ._http.exchange import Exchange
from ._http.signing import sign
from ._http.skew import ClockSkew, explains
from ._protocols.message import HttpResponse
from ._protocols.protocol import request_id
from ._shapes.body import SizedStream
from ._shapes.constraints import check
from ._shapes.structure import ResponseMetadata, attach_metadata, evolve
from .errors import (
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

if TYPE_CHECKING:
    from ._http.endpoints import Endpoint
    from ._http.sender import Sender
    from ._protocols.message import HttpRequest
    from ._protocols.protocol import Protocol
    from ._recovery import Recovery
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response
    from .config import Config
    from .credentials import Credentials, CredentialsCache
    from .retries import RetryCall, RetryStrategy

logger = logging.getLogger("aiosagemaker")

CONSISTENCY_SCALE = 0.25
"""The longest first pause, in seconds, before asking again for something that is not visible yet; it doubles."""
CONSISTENCY_LONGEST = 2.0
_STALE_CREDENTIALS = (ExpiredTokenException, InvalidClientTokenId, UnrecognizedClientException)


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
    base_url: URL = attrs.field(init=False)

    @base_url.default
    def _base_url(self) -> URL:
        return URL(self.endpoint.url, encoded=True)

    async def invoke(self, operation: Operation, request: Request[Any], sender: Sender) -> Response:
        """The response to a request, sent through `sender`. Raises an SdkError for everything else."""
        request = with_tokens(operation, request)
        if self.config.parameter_validation != "off":
            check(request, strict=self.config.parameter_validation == "strict")
        http_request = self.serialize(operation, request)
        url = self.url(http_request)
        limit = self.config.timeouts.operation
        try:
            async with _timeout(limit) as timer:
                return await self._attempts(operation, request, http_request, url, sender)
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

    async def _attempts(
        self, operation: Operation, request: Request[Any], http_request: HttpRequest, url: URL, sender: Sender
    ) -> Response:
        if isinstance(http_request.body, SizedStream):
            secure = url.scheme == "https"
            http_request.headers["X-Amz-Content-SHA256"] = await http_request.body.payload_hash(secure=secure)
        call = self.retries.begin()
        mended: set[type] = set()
        patient_until: float | None = None
        maybe_done = False
        while True:
            await call.acquire()
            http_request.headers["amz-sdk-request"] = f"attempt={call.attempts}; max={self.retries.max_attempts}"
            started = self.config.clock.monotonic()
            try:
                response, answer = await self._attempt(operation, http_request, url, sender, mended)
            except SdkError as caught:
                error = _cause(caught, http_request)
                if isinstance(error, ServiceError):
                    error.attempts = call.attempts
                    if maybe_done and (found := await self._lost_answer(operation, request, error, sender)):
                        return self._complete(found, call, error)
                repeatable = not isinstance(http_request.body, SizedStream) or http_request.body.repeatable
                # The service's own knowledge goes first: what it bears with must not use up the retries.
                patience = self._patience(operation, request, error)
                if patience is None:
                    delay = call.next_delay(error, repeatable=repeatable)
                else:
                    now = self.config.clock.monotonic()
                    patient_until = now + patience if patient_until is None else patient_until
                    delay = None
                    if repeatable and now < patient_until:
                        delay = min(max(self._pause(call), error.retry_after or 0.0), patient_until - now)
                        call.total_delay += delay
                if not repeatable and (error.retryable or patience):
                    error.add_note("It was not retried: the body is a stream that cannot be read a second time.")
                maybe_done = maybe_done or error.maybe_sent
                self._log(operation, call, started, error, delay)
                if delay is None:
                    if error is caught:
                        raise
                    raise error from error.__cause__
                await self.config.clock.sleep(delay)
                continue
            call.succeeded()
            if self.recovery is not None:
                self.recovery.succeeded(operation, request, self.config, self.endpoint.url)
            self._log(operation, call, started, answer, None)
            return self._complete(response, call, answer)

    def _pause(self, call: RetryCall) -> float:
        longest = min(CONSISTENCY_SCALE * 2.0 ** min(call.attempts - 1, 10), CONSISTENCY_LONGEST)
        return longest * (0.5 + self.config.clock.random() / 2)

    async def _lost_answer(
        self, operation: Operation, request: Request[Any], error: ServiceError, sender: Sender
    ) -> Response | None:
        async def invoke(name: str, describe: Request[Any]) -> Response:
            return await self.invoke(operation.namespace.operation(name), describe, sender)

        if self.recovery is None:
            return None
        found = await self.recovery.lost_answer(operation, request, error, invoke)
        if found is not None:
            self.recovery.succeeded(operation, request, self.config, self.endpoint.url)
        return found

    def _patience(self, operation: Operation, request: Request[Any], error: SdkError) -> float | None:
        if self.recovery is None or not isinstance(error, ServiceError):
            return None
        return self.recovery.patience(operation, request, error, self.config, self.endpoint.url)

    def _complete(self, response: Response, call: RetryCall, answer: HttpResponse | ServiceError) -> Response:
        metadata = ResponseMetadata(
            http_status=answer.status if isinstance(answer, HttpResponse) else 200,
            request_id=request_id(answer.headers),
            attempts=call.attempts,
            total_retry_delay=call.total_delay,
            headers=answer.headers,
        )
        attach_metadata(response, metadata)
        return response

    def _log(
        self, operation: Operation, call: RetryCall, started: float, end: HttpResponse | SdkError, delay: float | None
    ) -> None:
        if not logger.isEnabledFor(logging.DEBUG):
            return
        if isinstance(end, HttpResponse):
            outcome, identity = str(end.status), request_id(end.headers)
        else:
            outcome = f"{getattr(end, 'http_status', '')} {type(end).__name__}".strip()
            identity = getattr(end, "request_id", None)
        logger.debug(
            "%s attempt %d: %s, request id %s, %.0f ms, %s",
            operation.name,
            call.attempts,
            outcome,
            identity,
            (self.config.clock.monotonic() - started) * 1000,
            "no retry" if delay is None else f"retry in {delay:.2f} s",
        )

    async def _attempt(
        self, operation: Operation, request: HttpRequest, url: URL, sender: Sender, mended: set[type]
    ) -> tuple[Response, HttpResponse]:
        clock = self.config.clock
        limit = self.config.timeouts.attempt
        exchange = Exchange()
        try:
            async with _timeout(limit) as timer:
                credentials = self.credentials.current() or await self.credentials.get()
                sent = clock.time()
                now = sent + self.skew.seconds
                # The signed headers have no local variable: a traceback may be shown with its locals.
                answer = await sender.send(
                    request.method, url, self._signed(request, url, credentials, now), request.body, exchange
                )
        except TimeoutError as error:
            if timer is None or not timer.expired():
                raise
            late = AttemptTimeout(f"an attempt of {operation.name} took longer than {limit:g} s")
            late.maybe_sent = exchange.sent
            raise late from error
        off = self.skew.learn(sent, clock.time(), answer.headers)
        if 200 <= answer.status < 300:
            return self.protocol.parse(operation, answer), answer
        refusal = self.protocol.parse_error(operation, answer)
        if isinstance(refusal, AuthenticationError) and type(refusal) not in mended:
            # Signed anew it may pass: with the service's time, or with the credentials that followed these.
            mended.add(type(refusal))
            refusal.retryable = explains(refusal, off) or (
                isinstance(refusal, _STALE_CREDENTIALS) and self.credentials.invalidate(credentials)
            )
        raise refusal

    def _signed(self, request: HttpRequest, url: URL, credentials: Credentials, time: float) -> dict[str, str]:
        signature = sign(
            request.method,
            str(url),
            request.headers,
            b"" if isinstance(request.body, SizedStream) else request.body,
            credentials=credentials,
            region=self.endpoint.region,
            signing_name=self.endpoint.signing_name,
            time=time,
        )
        return {**request.headers, **signature}


def _timeout(limit: float | None) -> AbstractAsyncContextManager[asyncio.Timeout | None]:
    return nullcontext() if limit is None else asyncio.timeout(limit)


def _cause(error: SdkError, request: HttpRequest) -> SdkError:
    """What the error comes from: where the body broke off, the broken connection is only what followed."""
    if isinstance(error, TransportError) and isinstance(request.body, SizedStream):
        return request.body.failure or error
    return error


def with_tokens(operation: Operation, request: Request[Any]) -> Request[Any]:
    """The request with a fresh token in every idempotency member that was left out: one for all its attempts."""
    fresh = {name: str(uuid.uuid4()) for name in operation.tokens if getattr(request, name) is None}
    return evolve(request, **fresh) if fresh else request
