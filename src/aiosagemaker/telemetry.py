"""Traces and metrics of calls, for OpenTelemetry: extra `otel`.

::

    client = SageMakerClient(hooks=[OpenTelemetryHooks()])

Names are those of the semantic conventions 1.44.0: of the AWS SDK's client spans
(https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/), of HTTP, of RPC and of generative AI. Nothing
that a request, an answer or an error says is recorded, but for codes, counts and the names of models.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import attrs

from ._errors import ServiceError
from ._hooks import Hooks
from ._version import __version__

try:
    from opentelemetry import metrics, trace
    from opentelemetry.propagators.textmap import Setter, default_setter
    from opentelemetry.trace import Span, SpanKind, StatusCode
except ImportError as _error:
    raise ImportError(f"aiosagemaker.telemetry needs the extra `otel`: {_error}") from _error

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from opentelemetry.context import Context
    from opentelemetry.metrics import Histogram, MeterProvider
    from opentelemetry.propagators.textmap import TextMapPropagator
    from opentelemetry.trace import SpanContext, TracerProvider

    from ._hooks import Attempt, Call, Chat, ChatOutcome, Outcome, Wait

    Attributes = dict[str, Any]

__all__ = ["OpenTelemetryHooks"]

_SCHEMA = "https://opentelemetry.io/schemas/1.44.0"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""The boundaries that the conventions give for durations of calls."""
_CHAT_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
_BYTES = (128, 1024, 8192, 65536, 524288, 4194304, 33554432)
_PARAMETERS = {
    "frequency_penalty": float,
    "max_tokens": int,
    "presence_penalty": float,
    "seed": int,
    "temperature": float,
    "top_k": int,
    "top_p": float,
}
"""What of a chat's request is recorded as `gen_ai.request.<name>`, and as what."""

_chat_of_next_call: ContextVar[Context | None] = ContextVar("aiosagemaker_chat_of_next_call", default=None)


class OpenTelemetryHooks(Hooks):
    """What `Config.hooks` takes to trace and measure calls.

    A call is a client span `SageMaker.DescribeEndpoint`, from its beginning to its end, or to the end of the stream
    that it opened. Each attempt is a client span of HTTP below it, from signing to the answer. A wait is a span too,
    linked to the calls that polled. A chat is a client span `chat <model>` around its call.

    The context of the attempt's span is sent as `traceparent` and `tracestate`, which Signature Version 4 leaves
    unsigned: a proxy may change them.

    Histograms, in seconds and bytes: `rpc.client.call.duration`, `http.client.request.duration` of attempts,
    `http.client.request.body.size`, `http.client.response.body.size`, `aiosagemaker.client.time_to_first_byte` of
    streams, and for chats `gen_ai.client.operation.duration`, `gen_ai.client.operation.time_to_first_chunk` and
    `gen_ai.client.token.usage`.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        *,
        propagator: TextMapPropagator | None = None,
    ) -> None:
        """
        Args:
            tracer_provider: default the global one.
            meter_provider: default the global one.
            propagator: what writes the context into an attempt's headers; default W3C Trace Context, without baggage.
        """
        self._tracer = trace.get_tracer("aiosagemaker", __version__, tracer_provider, schema_url=_SCHEMA)
        self._propagator = propagator
        meter = metrics.get_meter("aiosagemaker", __version__, meter_provider, schema_url=_SCHEMA)

        def histogram(name: str, unit: str, description: str, boundaries: tuple[float, ...]) -> Histogram:
            advised: Any = {"explicit_bucket_boundaries_advisory": boundaries}
            return meter.create_histogram(name, unit, description, **advised)

        self._durations = histogram("rpc.client.call.duration", "s", "Duration of calls, retries included.", _SECONDS)
        self._attempts = histogram("http.client.request.duration", "s", "Duration of attempts.", _SECONDS)
        self._sent = histogram("http.client.request.body.size", "By", "Size of requests' bodies.", _BYTES)
        self._received = histogram("http.client.response.body.size", "By", "Size of answers' bodies.", _BYTES)
        self._first_byte = histogram(
            "aiosagemaker.client.time_to_first_byte", "s", "From a call's beginning to its stream's.", _SECONDS
        )
        self._chats = histogram("gen_ai.client.operation.duration", "s", "Duration of chats.", _CHAT_SECONDS)
        self._first_chunk = histogram(
            "gen_ai.client.operation.time_to_first_chunk",
            "s",
            "From a chat's beginning to its answer's.",
            _CHAT_SECONDS,
        )
        self._tokens = histogram("gen_ai.client.token.usage", "{token}", "Tokens of chats.", _TOKENS)
        self._calls: dict[Call, _Running] = {}
        self._spans: dict[Wait | Chat, Span] = {}
        """Of those that have not ended, as `_calls`."""
        self._facts: dict[tuple[str, str, str, str], _Known] = {}

    def call_started(self, call: Call) -> None:
        parent = _chat_of_next_call.get()
        if parent is not None:
            _chat_of_next_call.set(None)
        known = self._known(call)
        span = self._tracer.start_span(known.name, parent, SpanKind.CLIENT, known.call)
        self._calls[call] = _Running(known, span, trace.set_span_in_context(span))
        if call.wait is not None and (waiting := self._spans.get(call.wait)) is not None:
            waiting.add_link(span.get_span_context(), {"aiosagemaker.wait.poll": call.poll})

    def attempt_started(self, attempt: Attempt) -> None:
        running = self._calls[attempt.call]
        attributes = running.attributes = running.known.attempt(attempt.method)
        if attempt.number > 1:
            attributes = {**attributes, "http.request.resend_count": attempt.number - 1}
        span = self._tracer.start_span(running.known.attempt_name, running.context, SpanKind.CLIENT, attributes)
        running.attempt = span
        if self._propagator is None:
            _send_context(span.get_span_context(), attempt.headers)
        else:
            setter = cast("Setter[MutableMapping[str, str]]", default_setter)
            self._propagator.inject(attempt.headers, trace.set_span_in_context(span, running.context), setter)

    def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
        running = self._calls.get(attempt.call)
        if running is None or (span := running.attempt) is None:
            return  # a hook before this one ended it before it began here
        running.attempt = None
        kind = _error_type(outcome.error)
        if span.is_recording():
            more: Attributes = {"http.request.body.size": outcome.bytes_sent}
            if not attempt.call.streams:
                more["http.response.body.size"] = outcome.bytes_received
            if delay is not None:
                more["aiosagemaker.retry.delay"] = delay
            _finish(span, outcome, kind, more)
        span.end()
        measured = {**running.attributes}
        if outcome.http_status is not None:
            measured["http.response.status_code"] = outcome.http_status
        if kind is not None:
            measured["error.type"] = kind
        self._attempts.record(outcome.elapsed, measured)
        self._sent.record(outcome.bytes_sent, measured)
        if not attempt.call.streams and outcome.http_status is not None:
            self._received.record(outcome.bytes_received, measured)

    def call_ended(self, call: Call, outcome: Outcome) -> None:
        if not call.streams or outcome.error is not None:
            self._end_call(call, outcome)

    def stream_first_part(self, call: Call, elapsed: float) -> None:
        running = self._calls[call]
        running.span.add_event("first part")
        self._first_byte.record(elapsed, running.known.measured)

    def stream_ended(self, call: Call, outcome: Outcome) -> None:
        self._received.record(outcome.bytes_received, self._calls[call].attributes)
        self._end_call(call, outcome)

    def _end_call(self, call: Call, outcome: Outcome) -> None:
        running = self._calls.pop(call, None)
        if running is None:
            return  # a hook before this one ended it before it began here
        kind = _error_type(outcome.error)
        span = running.span
        if span.is_recording():
            more: Attributes = {}
            if outcome.attempts > 1:
                more["http.request.resend_count"] = outcome.attempts - 1
            if call.streams:
                more["http.response.body.size"] = outcome.bytes_received
            _finish(span, outcome, kind, more)
        span.end()
        measured = running.known.measured
        if kind is not None:
            measured = {**measured, "error.type": kind}
        self._durations.record(outcome.elapsed, measured)

    def wait_started(self, wait: Wait) -> None:
        name = f"wait {wait.name}"
        self._spans[wait] = self._tracer.start_span(name, attributes={"aiosagemaker.wait.timeout": wait.timeout})

    def wait_ended(self, wait: Wait, error: BaseException | None) -> None:
        span = self._spans.pop(wait)
        kind = _error_type(error)
        if kind is not None:
            span.set_attribute("error.type", kind)
            span.set_status(StatusCode.ERROR)
        span.end()

    def chat_started(self, chat: Chat) -> None:
        attributes: Attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "aws.sagemaker",
            "gen_ai.request.stream": chat.streams,
            "aiosagemaker.chat.target": chat.target,
        }
        model = chat.parameters.get("model")
        if isinstance(model, str):
            attributes["gen_ai.request.model"] = model
        for name, kind in _PARAMETERS.items():
            value = chat.parameters.get(name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                attributes[f"gen_ai.request.{name}"] = kind(value)
        span = self._tracer.start_span(
            f"chat {model}" if isinstance(model, str) else "chat", None, SpanKind.CLIENT, attributes
        )
        self._spans[chat] = span
        _chat_of_next_call.set(trace.set_span_in_context(span))

    def chat_ended(self, chat: Chat, outcome: ChatOutcome) -> None:
        _chat_of_next_call.set(None)
        completion = outcome.completion
        attributes: Attributes = {}
        measured: Attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "aws.sagemaker"}
        if isinstance(model := chat.parameters.get("model"), str):
            measured["gen_ai.request.model"] = model
        if completion.model:
            measured["gen_ai.response.model"] = attributes["gen_ai.response.model"] = completion.model
        if completion.id:
            attributes["gen_ai.response.id"] = completion.id
        if reasons := [choice.finish_reason for choice in completion.choices if choice.finish_reason]:
            attributes["gen_ai.response.finish_reasons"] = reasons
        if outcome.time_to_first_token is not None:
            attributes["gen_ai.response.time_to_first_chunk"] = outcome.time_to_first_token
            self._first_chunk.record(outcome.time_to_first_token, measured)
        if completion.usage is not None:
            counts = {"input": completion.usage.prompt_tokens, "output": completion.usage.completion_tokens}
            for kind, count in counts.items():
                attributes[f"gen_ai.usage.{kind}_tokens"] = count
                self._tokens.record(count, {**measured, "gen_ai.token.type": kind})
        span = self._spans.pop(chat)
        failed = _error_type(outcome.error)
        if failed is not None:
            measured["error.type"] = attributes["error.type"] = failed
            span.set_status(StatusCode.ERROR)
        span.set_attributes(attributes)
        span.end()
        self._chats.record(outcome.elapsed, measured)

    def _known(self, call: Call) -> _Known:
        key = (call.service_id, call.operation, call.region, call.endpoint)
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = _Known.of(call)
        return found


@attrs.frozen
class _Known:
    """What is known of all calls of an operation before they begin. Its maps are not to be changed."""

    name: str
    attempt_name: str
    call: Attributes
    """Of a call's span."""
    measured: Attributes
    """Of its histograms: as few as tell calls apart, for the SDK sorts and hashes them at each record."""
    _server: Attributes
    _attempts: dict[str, Attributes] = attrs.field(init=False, factory=dict[str, dict[str, Any]])

    @classmethod
    def of(cls, call: Call) -> _Known:
        url = urlsplit(call.endpoint)
        port = url.port or {"http": 80}.get(url.scheme, 443)
        server = {"server.address": url.hostname or "", "server.port": port}
        name = f"{call.service_id}.{call.operation}"
        measured = {
            "rpc.system.name": "aws-api",
            "rpc.service": call.service_id,
            "rpc.method": call.operation,
            **server,
        }
        about = {"rpc.system": "aws-api", **measured, "cloud.region": call.region}
        return cls(name, f"{name} attempt", about, measured, server)

    def attempt(self, method: str) -> Attributes:
        """What is known of an attempt."""
        found = self._attempts.get(method)
        if found is None:
            found = self._attempts[method] = {"http.request.method": method, **self._server}
        return found


@attrs.define(eq=False, weakref_slot=False)
class _Running:
    """A call that has not ended."""

    known: _Known
    span: Span
    context: Context
    """With the span."""
    attempt: Span | None = None
    """The running attempt's."""
    attributes: Attributes = attrs.field(factory=dict[str, Any])
    """Of its attempts."""


def _send_context(context: SpanContext, headers: MutableMapping[str, str]) -> None:
    """W3C Trace Context. The API's propagator first asks a context of its own, which takes longer than the rest."""
    if context.is_valid:
        headers["traceparent"] = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
        if context.trace_state:
            headers["tracestate"] = context.trace_state.to_header()


def _finish(span: Span, outcome: Outcome, kind: str | None, attributes: Attributes) -> None:
    """What is known of a call or an attempt at its end."""
    if outcome.http_status is not None:
        attributes["http.response.status_code"] = outcome.http_status
    if outcome.request_id is not None:
        attributes["aws.request_id"] = outcome.request_id
    if "x-amz-id-2" in outcome.headers:
        attributes["aws.extended_request_id"] = outcome.headers["x-amz-id-2"]
    if kind is not None:
        attributes["error.type"] = kind
        span.set_status(StatusCode.ERROR)
    span.set_attributes(attributes)


def _error_type(error: BaseException | None) -> str | None:
    """The service's code, or the class: never the words, which may say anything."""
    if error is None:
        return None
    return error.code if isinstance(error, ServiceError) else type(error).__qualname__
