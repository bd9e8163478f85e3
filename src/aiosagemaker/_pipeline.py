"""The order of one call. Nothing else knows it.

check -> serialize -> endpoint -> attempts { credentials -> connection -> sign -> send -> parse or raise } -> metadata

The first three are `Pipeline.prepare`. Between two attempts, what is asked: the retry strategy; whether signing anew
would help; and the service's own knowledge (`_recovery`).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from ._errors import (
    AttemptTimeout,
    AuthenticationError,
    ConnectError,
    CredentialsTimeout,
    ExpiredTokenException,
    InvalidClientTokenId,
    SdkError,
    ServiceError,
    TransportError,
    UnrecognizedClientException,
)
from ._http.contract import TransportRequest
from ._http.opening import OpeningSender
from ._http.signing import UNSIGNED
from ._http.skew import explains
from ._limits import Limit, OperationTime
from ._protocols.message import HttpResponse
from ._protocols.protocol import refuse_filled, request_id
from ._shapes.body import SizedStream
from ._shapes.structure import ResponseMetadata, attach_metadata
from ._telling import Telling, log_attempt, log_call, logger

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from ._credentials.credentials import Credentials
    from ._hooks import Teller
    from ._http.contract import OpenResponse, Sender, Transport
    from ._preparing import Pipeline, Prepared
    from ._protocols.message import HttpRequest
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response

_STALE_CREDENTIALS = (ExpiredTokenException, InvalidClientTokenId, UnrecognizedClientException)


async def invoke(
    pipeline: Pipeline, operation: Operation, request: Request[Any], sender: Sender, time: OperationTime | None = None
) -> Response:
    """The response to a request, sent through `sender`. Raises an SdkError for everything else.

    `time` is the call's, where it began before: with setting up the client.
    """
    time = time or OperationTime(operation.name, pipeline.config.timeouts.operation)
    return await _Call(pipeline.prepare(operation, request), sender, time).run()


async def invoke_opening(
    pipeline: Pipeline, operation: Operation, request: Request[Any], transport: Transport, time: OperationTime
) -> tuple[Response, OpenResponse]:
    """The response of an answer's head, and the rest of the answer, which is to be closed. Raises as `invoke`."""
    sender = OpeningSender(transport)
    call = _Call(pipeline.prepare(operation, request), sender, time, streams=True)
    try:
        response = await call.run()
        answer = sender.take()
        return response, answer if call.telling is None else call.telling.stream(answer)
    except BaseException:
        sender.close()
        raise


class _Call:
    """One call on its way, and what its attempts have in common."""

    __slots__ = (
        "attempt_ends",
        "begun_at",
        "clock",
        "credentials",
        "first_sent_at",
        "headers",
        "http_request",
        "logs",
        "operation",
        "pipeline",
        "request",
        "resigned_for",
        "retry",
        "sender",
        "sent_at",
        "signer",
        "signs",
        "telling",
        "time",
        "timer",
        "url",
    )

    def __init__(self, prepared: Prepared, sender: Sender, time: OperationTime, *, streams: bool = False) -> None:
        self.pipeline, self.operation, self.request, self.http_request, self.url = prepared
        self.headers = self.http_request.headers
        self.sender = sender
        self.clock = self.pipeline.config.clock
        self.begun_at = self.clock.monotonic()
        self.time = time
        self.signer = UNSIGNED if "unsigned" in self.operation.row else self.pipeline.signer
        self.signs = self.signer.needs_credentials
        self.telling = None if self.pipeline.teller is None else self._telling(self.pipeline.teller, streams=streams)
        self.logs = logger.isEnabledFor(logging.DEBUG)
        self.resigned_for: tuple[type, ...] = ()
        self.credentials: Credentials | None = None
        self.timer: Limit | None = None
        self.attempt_ends: float | None = None
        self.first_sent_at = self.sent_at = 0.0

    def run(self) -> Coroutine[Any, Any, Response]:
        """The response of the first attempt that succeeds, or the last error."""
        if self.logs:
            log_call(self.operation, self.pipeline.endpoint, self.pipeline.credentials if self.signs else None)
        return self._attempts() if self.telling is None else self._told(self.telling)

    def _telling(self, teller: Teller, *, streams: bool) -> Telling:
        body, identity = self.http_request.body, self.http_request.headers["amz-sdk-invocation-id"]
        size = body.length if isinstance(body, SizedStream) else len(body)
        endpoint = self.pipeline.endpoint
        return Telling(teller, self.operation, self.request, endpoint, identity, self.clock, size=size, streams=streams)

    async def _told(self, telling: Telling) -> Response:
        try:
            telling.begin()
            response = await self._attempts()
        except BaseException as error:
            telling.end(error=error)
            raise
        telling.end(response)
        return response

    async def _attempts(self) -> Response:
        time, headers = self.time, self.http_request.headers
        if isinstance(self.http_request.body, SizedStream):
            secure = self.url.scheme == "https"
            reading = self.http_request.body.payload_hash(secure=secure)
            headers["X-Amz-Content-SHA256"] = await time.bound(reading, "reading the body, to sign it")
        self.retry = self.pipeline.retries.begin()
        while True:
            if self.retry.limited:
                await time.bound(self.retry.acquire(), "held back by the adaptive retry mode's rate")
            else:
                self.retry.attempts += 1
            time.attempts = self.retry.attempts
            headers["amz-sdk-request"] = f"attempt={self.retry.number}; max={self.pipeline.retries.max_attempts}"
            started = self.clock.monotonic()
            if self.telling is not None:
                self.headers = self.telling.begin_attempt(self.http_request.method, str(self.url), headers)
            try:
                if self.signs:
                    self.credentials = self.pipeline.credentials.current() or await self._credentials()
                answer = await self._send()
                response = self._read(answer)
            except SdkError as caught:
                error = _cause(caught, self.http_request)
                if isinstance(error, ServiceError):
                    error.attempts = self.retry.attempts
                    if time.maybe_sent and (found := await self._recover_response(error, started)):
                        self._end_attempt(started, error)
                        return self._complete(found, error)
                elif isinstance(error, TransportError):
                    error.operation, error.attempts = self.operation.name, self.retry.attempts
                delay = self._delay(error)
                time.maybe_sent = time.maybe_sent or error.maybe_sent
                self._end_attempt(started, error, delay)
                if delay is None:
                    if isinstance(error, ConnectError):
                        error.hint = self._hint()
                    error.maybe_sent = time.maybe_sent  # of any attempt: the last may be the one that was refused
                    if error is caught:
                        raise
                    raise error from error.__cause__
                await time.bound(self.clock.sleep(delay), f"waiting to try again after {type(error).__name__}")
                continue
            except BaseException as error:
                if self.telling is not None:
                    self.telling.end_attempt(error)
                raise
            self.retry.succeeded()
            self._end_attempt(started, answer)
            return self._complete(response, answer)

    async def _credentials(self) -> Credentials:
        cache = self.pipeline.credentials
        return await self.time.bound(cache.get(self.time.begun_at), cache.waiting, CredentialsTimeout)

    def _read(self, answer: HttpResponse) -> Response:
        """What the answer says; a refusal is raised."""
        pipeline = self.pipeline
        if self.telling is not None:
            self.telling.answer = answer
        off = pipeline.skew.learn(self.sent_at, self.clock.time(), answer.headers)
        if 200 <= answer.status < 300:
            response = pipeline.protocol.parse(self.operation, answer)
            if pipeline.config.parameter_validation == "strict":
                refuse_filled(response, answer)
            return response
        refusal = pipeline.protocol.parse_error(self.operation, answer)
        if isinstance(refusal, AuthenticationError) and type(refusal) not in self.resigned_for:
            # Signed anew it may pass: with the service's time, or with the credentials that followed these.
            self.resigned_for += (type(refusal),)
            refusal.retryable = explains(refusal, off) or (
                isinstance(refusal, _STALE_CREDENTIALS)
                and self.credentials is not None
                and pipeline.credentials.invalidate(self.credentials)
            )
        raise refusal

    async def _send(self) -> HttpResponse:
        """The answer to one sending of the request, within the operation's time, and the attempt's once it is sent."""
        request, deadline = self.http_request, self.time.deadline
        self.attempt_ends = None
        outgoing = TransportRequest(
            request.method,
            self.url,
            self.headers,
            request.body,
            self.pipeline.config.timeouts,
            self._sign,
            answers_freely=self.operation.answers_freely,
            operation=self.operation.name,
            input=self.request,
        )
        self.timer = Limit(deadline)
        try:
            with self.timer:
                return await self.sender.send(outgoing)
        except SdkError:
            raise
        except TimeoutError:
            if not self.timer.expired:
                raise
        except asyncio.CancelledError as error:
            # Whoever shows it with its frames' locals shall not find the signature in those of the transport.
            error.__context__ = error.__cause__ = None
            raise error.with_traceback(None)  # noqa: B904
        # Raised here for the same reason.
        if self.attempt_ends is not None and (deadline is None or self.attempt_ends < deadline):
            limit = self.pipeline.config.timeouts.attempt
            raise AttemptTimeout(f"the attempt took longer than {limit:g} s", maybe_sent=outgoing.sent)
        self.time.maybe_sent = self.time.maybe_sent or outgoing.sent
        if outgoing.sent:
            raise self.time.over("waiting for the answer")
        raise self.time.over(f"waiting for {outgoing.waiting_for}" if outgoing.waiting_for else "connecting")

    def _sign(self) -> Mapping[str, str]:
        """The headers to send. The attempt's time begins."""
        pipeline, request = self.pipeline, self.http_request
        limit = pipeline.config.timeouts.attempt
        if limit is not None and self.timer is not None:
            ends = self.attempt_ends = self.time.loop.time() + limit
            if self.time.deadline is None or ends < self.time.deadline:
                self.timer.reschedule(ends)
        self.sent_at = self.clock.time()
        self.first_sent_at = self.first_sent_at or self.sent_at
        return self.signer.sign(
            request.method,
            str(self.url),
            self.headers,
            b"" if isinstance(request.body, SizedStream) else request.body,
            credentials=self.credentials,
            region=pipeline.endpoint.region,
            signing_name=pipeline.endpoint.signing_name,
            time=self.sent_at + pipeline.skew.seconds,
        )

    def _delay(self, error: SdkError) -> float | None:
        """How long to wait before the next attempt; None if the error stands."""
        # The body has no local variable either.
        repeatable = not isinstance(self.http_request.body, SizedStream) or self.http_request.body.repeatable
        window = self._retry_window(error)
        if not repeatable and (error.retryable or window):
            error.add_note("It was not retried: the body is a stream that cannot be read a second time.")
        return self.retry.next_delay(error, repeatable=repeatable, window=window)

    def _hint(self) -> str:
        """Why there may be nothing to connect to."""
        endpoint = self.pipeline.endpoint
        if endpoint.source != "default":  # a URL of the user's own, of which the region is no part
            return ""
        from ._http.endpoint_rules import unknown_region

        return unknown_region(self.pipeline.config.region or endpoint.region)

    def _retry_window(self, error: SdkError) -> float | None:
        pipeline = self.pipeline
        if pipeline.recovery is None or not isinstance(error, ServiceError):
            return None
        return pipeline.recovery.retry_window(
            self.operation, self.request, error, pipeline.config, pipeline.endpoint.url
        )

    async def _recover_response(self, error: ServiceError, started: float) -> Response | None:
        async def describe(name: str, request: Request[Any]) -> Response:
            return await invoke(self.pipeline, self.operation.sibling(name), request, self.sender)

        if self.pipeline.recovery is None:
            return None
        since = self.first_sent_at + self.pipeline.skew.seconds
        recovering = self.pipeline.recovery.recover_response(self.operation, self.request, error, since, describe)
        try:
            return await self.time.bound(recovering, "looking for what an attempt without an answer did")
        except BaseException:
            self._end_attempt(started, error)
            raise

    def _complete(self, response: Response, answer: HttpResponse | ServiceError) -> Response:
        pipeline = self.pipeline
        if pipeline.recovery is not None and self.operation.name in pipeline.recovery.remembers:
            pipeline.recovery.succeeded(self.operation, self.request, pipeline.config, pipeline.endpoint.url)
        metadata = ResponseMetadata(
            http_status=answer.status if isinstance(answer, HttpResponse) else 200,
            request_id=request_id(answer.headers),
            attempts=self.retry.attempts,
            total_retry_delay=self.retry.total_delay,
            elapsed=self.clock.monotonic() - self.begun_at,
            headers=answer.headers,
        )
        attach_metadata(response, metadata)
        return response

    def _end_attempt(self, started: float, end: HttpResponse | SdkError, delay: float | None = None) -> None:
        if self.logs:
            log_attempt(self.operation, self.retry.attempts, self.clock.monotonic() - started, end, delay)
        if self.telling is not None:
            self.telling.end_attempt(end if isinstance(end, SdkError) else None, delay)


def _cause(error: SdkError, request: HttpRequest) -> SdkError:
    """What the error comes from: where the body broke off, the broken connection is only what followed."""
    if isinstance(error, TransportError) and isinstance(request.body, SizedStream):
        return request.body.failure or error
    return error
