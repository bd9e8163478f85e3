"""What OpenTelemetry sees of calls, by the SDK's exporters that keep everything in memory."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import attach, detach
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import (
    NonRecordingSpan,
    NoOpTracerProvider,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)
from tests.benchmarks.hooks import Floor

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient, errors
from aiosagemaker.hooks import Attempt, Call, Hooks, Outcome
from aiosagemaker.sagemaker import (
    DescribeEndpointRequest,
    DescribeEndpointResponse,
    EndpointSummary,
    ListEndpointsRequest,
    ListEndpointsResponse,
)
from aiosagemaker.sagemaker_runtime import (
    InvokeEndpointRequest,
    InvokeEndpointResponse,
    InvokeEndpointWithResponseStreamRequest,
)
from aiosagemaker.sagemaker_runtime import errors as runtime_errors
from aiosagemaker.telemetry import OpenTelemetryHooks
from aiosagemaker.testing import Parts, Stub

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
MEASURED = {
    "rpc.system.name": "aws-api",
    "rpc.service": "SageMaker",
    "rpc.method": "DescribeEndpoint",
    "server.address": "api.sagemaker.us-east-1.amazonaws.com",
    "server.port": 443,
}
RECORDED = (
    "rpc.client.call.duration",
    "http.client.request.duration",
    "http.client.request.body.size",
    "http.client.response.body.size",
)
COMMON = {**MEASURED, "rpc.system": "aws-api", "cloud.region": "us-east-1"}


class Seen:
    """What was exported."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meters = MeterProvider([self._reader])
        self.hooks = OpenTelemetryHooks(self.tracers, self.meters)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    def measured(self, name: str) -> list[tuple[int, float, Mapping[str, Any]]]:
        """The histogram's points: count, sum and attributes."""
        data: Any = self._reader.get_metrics_data()
        metrics = [m for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics if m.name == name]
        return [(p.count, p.sum, dict(p.attributes)) for metric in metrics for p in metric.data.data_points]


@pytest.fixture
def seen() -> Seen:
    return Seen()


def described(status: Any = "InService") -> DescribeEndpointResponse:
    return DescribeEndpointResponse(
        endpoint_name="churn", endpoint_arn=ARN, endpoint_status=status, creation_time=NOW, last_modified_time=NOW
    )


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


async def test_a_retried_call(seen: Seen) -> None:
    """One client span for the call, one below it for each attempt, in order, with why it was tried again."""
    stub = Stub()
    stub.answer(DescribeEndpointRequest, errors.ThrottlingException("slow, churn"), errors.ReadTimeout, described())
    async with stub.client(SageMakerClient, hooks=[seen.hooks]) as client:
        await client.describe_endpoint(endpoint_name="churn")
    first, second, third, call = seen.spans
    assert call.name == "SageMaker.DescribeEndpoint"
    assert {span.name for span in (first, second, third)} == {"SageMaker.DescribeEndpoint attempt"}
    assert {span.kind for span in seen.spans} == {SpanKind.CLIENT}
    assert parent(call) is None
    assert {parent(span) for span in (first, second, third)} == {call.context.span_id}
    assert attributes(call) == {
        **COMMON,
        "http.response.status_code": 200,
        "aws.request_id": "stub-3",
        "http.request.resend_count": 2,
    }
    assert [attributes(span).get("error.type") for span in seen.spans] == [
        "ThrottlingException", "ReadTimeout", None, None,
    ]  # fmt: skip
    assert [attributes(span).get("http.request.resend_count") for span in seen.spans] == [None, 1, 2, 2]
    assert [span.status.status_code for span in seen.spans] == [StatusCode.ERROR] * 2 + [StatusCode.UNSET] * 2
    assert attributes(first)["http.request.method"] == "POST"
    assert attributes(first)["http.response.status_code"] == 400
    assert attributes(first)["http.request.body.size"] == len('{"EndpointName":"churn"}')
    assert attributes(first)["aiosagemaker.retry.delay"] > 0
    assert seen.measured("rpc.client.call.duration")[0][::2] == (1, MEASURED)
    assert sum(count for count, *_ in seen.measured("http.client.request.duration")) == 3
    assert sum(count for count, *_ in seen.measured("http.client.request.body.size")) == 3


async def test_a_wait_links_to_its_polls(seen: Seen) -> None:
    """A wait is a span with a link to each call that polled, failed ones too, in their order."""
    stub = Stub()
    stub.answer(DescribeEndpointRequest, described("Creating"), errors.ThrottlingException, described())
    async with stub.client(SageMakerClient, hooks=[seen.hooks]) as client:
        await client.wait_until_endpoint_in_service(endpoint_name="churn")
    (wait,) = seen.named("wait EndpointInService")
    calls = seen.named("SageMaker.DescribeEndpoint")
    assert [link.context.span_id for link in wait.links] == [call.context.span_id for call in calls]
    assert [dict(link.attributes or {}) for link in wait.links] == [
        {"aiosagemaker.wait.poll": number} for number in (1, 2)
    ]
    assert wait.kind is SpanKind.INTERNAL
    stub.answer(DescribeEndpointRequest, described("Failed"))
    async with stub.client(SageMakerClient, hooks=[seen.hooks]) as client:
        with pytest.raises(errors.WaiterFailed):
            await client.wait_until_endpoint_in_service(endpoint_name="other", timeout=1000)
    failed = seen.named("wait EndpointInService")[-1]
    assert (attributes(failed)["error.type"], failed.status.status_code) == ("WaiterFailed", StatusCode.ERROR)


async def test_a_wait_for_many_links_to_its_polls(seen: Seen) -> None:
    """Each call that a poll for several endpoints takes is a link, with the poll's number; what runs beside is none."""
    stub = Stub()
    stub.answer(ListEndpointsRequest, ListEndpointsResponse(endpoints=[]))
    stub.answer(DescribeEndpointRequest, described("Creating"), described("Creating"), described())
    async with stub.client(SageMakerClient, hooks=[seen.hooks]) as client:
        await client.wait_until_endpoints_in_service(["churn", "other"], on_poll=lambda _: None)
        await client.describe_endpoint(endpoint_name="churn")
    (wait,) = seen.named("wait EndpointInService")
    calls = seen.named("SageMaker.ListEndpoints") + seen.named("SageMaker.DescribeEndpoint")[:-1]
    assert {link.context.span_id for link in wait.links} == {call.context.span_id for call in calls}
    numbers = [(link.attributes or {})["aiosagemaker.wait.poll"] for link in wait.links]
    assert numbers == [1, 1, 1, 2, 2, 2]


async def test_a_paginated_list(seen: Seen) -> None:
    """Each page is a call's span, of the trace that it was asked for in."""
    page = EndpointSummary(
        endpoint_name="churn", endpoint_arn=ARN, creation_time=NOW, last_modified_time=NOW, endpoint_status="InService"
    )
    stub = Stub()
    stub.answer(ListEndpointsRequest(), ListEndpointsResponse(endpoints=[page], next_token="t"))
    stub.answer(ListEndpointsRequest(next_token="t"), ListEndpointsResponse(endpoints=[page]))
    tracer = seen.tracers.get_tracer("mine")
    async with stub.client(SageMakerClient, hooks=[seen.hooks]) as client:
        with tracer.start_as_current_span("all") as span:
            await client.paginate_list_endpoints().collect()
    pages = seen.named("SageMaker.ListEndpoints")
    assert [parent(page) for page in pages] == [span.get_span_context().span_id] * 2
    ((count, _, measured),) = seen.measured("rpc.client.call.duration")
    assert (count, measured["rpc.method"]) == (2, "ListEndpoints")


async def test_a_stream(seen: Seen) -> None:
    """The call's span lasts to the stream's end, says when the first part came, and counts the bytes."""
    stub = Stub()
    stub.answer(InvokeEndpointWithResponseStreamRequest, Parts(b"ab", b"c", delay=2))
    client = stub.client(SageMakerRuntimeClient, hooks=[seen.hooks])
    async with client, client.invoke_endpoint_with_response_stream(endpoint_name="churn", body=b"x") as stream:
        assert len(seen.spans) == 1
        parts = [part async for part in stream]
        assert len(parts) == 2
    attempt, call = seen.spans
    assert call.name == "SageMaker Runtime.InvokeEndpointWithResponseStream"
    assert parent(attempt) == call.context.span_id
    assert [event.name for event in call.events] == ["first part"]
    assert attributes(call)["http.response.body.size"] > 3
    assert seen.measured("aiosagemaker.client.time_to_first_byte")[0][:2] == (1, 2.0)
    assert seen.measured("rpc.client.call.duration")[0][:2] == (1, 4.0)
    assert seen.measured("http.client.response.body.size")[0][0] == 1


async def test_a_stream_that_breaks(seen: Seen) -> None:
    """Its call's span ends with the error; one that is refused ends with the refusal."""
    stub = Stub()
    stub.answer(
        InvokeEndpointWithResponseStreamRequest,
        Parts(b"a", errors.ConnectionClosed),
        Parts(b"a", runtime_errors.ModelStreamError),
        runtime_errors.ModelError,
    )
    async with stub.client(SageMakerRuntimeClient, hooks=[seen.hooks]) as client:
        for error in (errors.ConnectionClosed, runtime_errors.ModelStreamError, runtime_errors.ModelError):
            with pytest.raises(error):
                await _read(client)
    assert [attributes(span)["error.type"] for span in seen.named(_STREAM)] == [
        "ConnectionClosed", "ModelStreamError", "ModelError",
    ]  # fmt: skip


_STREAM = "SageMaker Runtime.InvokeEndpointWithResponseStream"


async def _read(client: SageMakerRuntimeClient) -> None:
    async with client.invoke_endpoint_with_response_stream(endpoint_name="churn", body=b"x") as stream:
        async for _ in stream:
            pass


async def test_an_error(seen: Seen) -> None:
    """It is told by its code and class alone: nothing that was sent, received or said is in any span or metric."""
    secret = "s3cr3t"
    stub = Stub()
    error = runtime_errors.ModelError(secret)
    error.original_message = secret
    stub.answer(InvokeEndpointRequest, error, InvokeEndpointResponse(body=secret.encode()))
    async with stub.client(SageMakerRuntimeClient, hooks=[seen.hooks]) as client:
        with pytest.raises(runtime_errors.ModelError):
            await client.invoke_endpoint(endpoint_name="churn", body=secret, custom_attributes=secret)
        await client.invoke_endpoint(endpoint_name="churn", body=secret, custom_attributes=secret)
    attempt, call, *_ = seen.spans
    for span in (attempt, call):
        assert attributes(span)["error.type"] == "ModelError"
        assert attributes(span)["http.response.status_code"] == 424
        assert span.status.status_code is StatusCode.ERROR
    assert secret not in "".join(span.to_json() for span in seen.spans)
    assert secret not in repr(seen.measured("rpc.client.call.duration"))
    assert {point[2].get("error.type") for point in seen.measured("rpc.client.call.duration")} == {"ModelError", None}


async def test_a_cancelled_call(seen: Seen) -> None:
    """Both of its spans end, with the cancellation as their error."""
    gate = asyncio.Event()

    async def answer(request: DescribeEndpointRequest) -> DescribeEndpointResponse:
        gate.set()
        await asyncio.Event().wait()
        return described()

    stub = Stub()
    stub.answer(DescribeEndpointRequest, answer)
    async with stub.client(SageMakerClient, hooks=[seen.hooks]) as client:
        task = asyncio.create_task(_describe(client))
        await gate.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [attributes(span)["error.type"] for span in seen.spans] == ["CancelledError"] * 2
    assert [span.status.status_code for span in seen.spans] == [StatusCode.ERROR] * 2
    for name in ("rpc.client.call.duration", "http.client.request.duration"):
        ((count, _, measured),) = seen.measured(name)
        assert (count, measured["error.type"]) == (1, "CancelledError")
    assert seen.measured("http.client.response.body.size") == []


async def _describe(client: SageMakerClient) -> DescribeEndpointResponse:
    return await client.describe_endpoint(endpoint_name="churn")


async def test_the_context_goes_with_each_attempt(seen: Seen, server: Any, make_client: Any) -> None:
    """`traceparent` is that of the attempt's own span, and is not signed: a proxy may change it."""
    server.refuse("ThrottlingException", "slower")
    server.answer({"Endpoints": []})
    client = make_client(hooks=[seen.hooks])
    await client.list_endpoints()
    attempts = seen.named("SageMaker.ListEndpoints attempt")
    assert len(attempts) == 2
    for received, span in zip(server.received, attempts, strict=True):
        context = span.context
        assert (
            received.headers["traceparent"]
            == f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
        )
        assert "traceparent" not in received.headers["Authorization"]
        assert "baggage" not in received.headers
    assert attributes(attempts[0])["server.address"] == "127.0.0.1"
    assert attributes(attempts[0])["server.port"] == int(server.url.rpartition(":")[2])


REMOTE = SpanContext(0xA1, 0xB2, True, TraceFlags(TraceFlags.SAMPLED), TraceState([("vendor", "1")]))


async def test_a_trace_that_came_from_elsewhere_goes_on(seen: Seen, server: Any, make_client: Any) -> None:
    """Its id and its state are sent along, also where none of its spans is recorded here."""
    unsampled = OpenTelemetryHooks(TracerProvider(sampler=ALWAYS_OFF), NoOpMeterProvider())
    token = attach(set_span_in_context(NonRecordingSpan(REMOTE)))
    try:
        await make_client(hooks=[seen.hooks]).list_endpoints()
        await make_client(hooks=[unsampled]).list_endpoints()
        await make_client().list_endpoints()
    finally:
        detach(token)
    sent = [received.headers.get("traceparent", "") for received in server.received]
    assert [value.split("-")[1:2] for value in sent] == [[f"{0xA1:032x}"], [f"{0xA1:032x}"], []]
    assert [value.split("-")[3:] for value in sent] == [["01"], ["00"], []]
    assert [received.headers.get("tracestate") for received in server.received] == ["vendor=1", "vendor=1", None]


async def test_a_propagator_of_ones_own(seen: Seen, server: Any, make_client: Any) -> None:
    """It is given the caller's whole context, with the attempt's span, in the place of W3C Trace Context."""
    hooks = OpenTelemetryHooks(seen.tracers, seen.meters, propagator=W3CBaggagePropagator())
    token = attach(baggage.set_baggage("tenant", "7"))
    try:
        await make_client(hooks=[hooks]).list_endpoints()
    finally:
        detach(token)
    assert server.received[0].headers["baggage"] == "tenant=7"
    assert "traceparent" not in server.received[0].headers


class Refusing(Hooks):
    """Ends what begins."""

    def __init__(self, moment: str) -> None:
        setattr(self, moment, self._refuse)

    def _refuse(self, *facts: Any) -> None:
        raise LookupError("hook")


@pytest.mark.parametrize("moment", ["call_started", "attempt_started"])
async def test_a_hook_before_it_ends_the_call(moment: str, seen: Seen, caplog: pytest.LogCaptureFixture) -> None:
    """What was not told to begin has no span; what was has its end; and nothing is logged."""
    stub = Stub()
    async with stub.client(SageMakerClient, hooks=[Refusing(moment), seen.hooks]) as client:
        with pytest.raises(LookupError):
            await client.describe_endpoint(endpoint_name="churn")
    assert [span.name for span in seen.spans] == ["SageMaker.DescribeEndpoint"] * (moment == "attempt_started")
    assert not caplog.records


CHUNK = (
    b'data: {"id":"chat-1","model":"llama","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}\n\ndata: [DONE]\n\n'
)


async def test_a_chat(seen: Seen) -> None:
    """It is a span around its call, with the model, the parameters, the tokens and the reasons, and without a word."""
    stub = Stub()
    stub.answer(InvokeEndpointWithResponseStreamRequest, Parts(CHUNK, delay=3), runtime_errors.ModelError)
    messages = [{"role": "user", "content": "a secret question"}]
    async with stub.client(SageMakerRuntimeClient, hooks=[seen.hooks]) as client:
        async for _ in client.chat("llm", messages, model="llama-3", max_tokens=10, temperature=0, stop=["never"]):
            pass
        with pytest.raises(runtime_errors.ModelError):
            await _chat(client, messages)
    chat, failed = (span for span in seen.spans if span.name.startswith("chat"))
    assert (chat.name, failed.name) == ("chat llama-3", "chat")
    assert [parent(call) for call in seen.named(_STREAM)] == [chat.context.span_id, failed.context.span_id]
    assert attributes(chat) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.sagemaker",
        "gen_ai.request.stream": True,
        "gen_ai.request.model": "llama-3",
        "gen_ai.request.max_tokens": 10,
        "gen_ai.request.temperature": 0.0,
        "gen_ai.response.model": "llama",
        "gen_ai.response.id": "chat-1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.time_to_first_chunk": 3.0,
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 2,
        "aiosagemaker.chat.target": "llm",
    }
    assert attributes(failed)["error.type"] == "ModelError"
    tokens = {point[2]["gen_ai.token.type"]: point[:2] for point in seen.measured("gen_ai.client.token.usage")}
    assert tokens == {"input": (1, 7), "output": (1, 2)}
    assert seen.measured("gen_ai.client.operation.time_to_first_chunk")[0][:2] == (1, 3.0)
    assert len(seen.measured("gen_ai.client.operation.duration")) == 2
    shown = "".join(span.to_json() for span in seen.spans)
    assert "question" not in shown
    assert "hello" not in shown
    assert "never" not in shown


async def _chat(client: SageMakerRuntimeClient, messages: Any) -> None:
    async with client.chat("llm", messages) as stream:
        async for _ in stream:
            pass


async def test_nothing_is_kept_of_what_has_ended(seen: Seen) -> None:
    """However calls, waits, streams and chats end, no span of theirs is held afterwards."""
    await test_a_retried_call(seen)
    await test_a_chat(seen)
    stub = Stub()
    stub.answer(DescribeEndpointRequest, described("Creating"))
    async with stub.client(SageMakerClient, hooks=[seen.hooks]) as client:
        with pytest.raises(errors.WaiterTimeout):
            await client.wait_until_endpoint_in_service(endpoint_name="churn", timeout=10)
    assert (seen.hooks._calls, seen.hooks._spans) == ({}, {})


URL = "http://127.0.0.1:8080"


def calls(hooks: Hooks) -> Callable[[], None]:
    """What the hooks are told of a call of one attempt, as `Floor` has it."""
    outcome = Outcome(
        elapsed=0.1,
        http_status=200,
        request_id="11111111-2222-3333-4444-555555555555",
        bytes_sent=24,
        bytes_received=640,
    )

    def call() -> None:
        call = Call(
            service="sagemaker", service_id="SageMaker", operation="DescribeEndpoint", request=None,
            region="us-east-1", endpoint=URL, id="", streams=False,
        )  # fmt: skip
        hooks.call_started(call)
        attempt = Attempt(call=call, number=1, url="", headers={})
        hooks.attempt_started(attempt)
        hooks.attempt_ended(attempt, outcome, None)
        hooks.call_ended(call, outcome)

    return call


def costs(*calls: Callable[[], object]) -> list[float]:
    """Seconds of the processor's time of each, in turns."""
    found = [math.inf] * len(calls)
    for _ in range(9):
        for number, call in enumerate(calls):
            began = time.process_time()
            for _ in range(200):
                call()
            found[number] = min(found[number], (time.process_time() - began) / 200)
    return found


def test_what_it_costs() -> None:
    """Without a provider, the hooks take about 10 us a call of the processor's time, on a slow machine less than 25."""
    (own,) = costs(calls(OpenTelemetryHooks(NoOpTracerProvider(), NoOpMeterProvider())))
    assert own < 25e-6


def test_the_floor_is_the_same_work(seen: Seen) -> None:
    """What the benchmark measures the hooks against makes the same spans and the same records."""
    floor = Seen()
    calls(Floor(floor.tracers, floor.meters, URL))()
    calls(seen.hooks)()
    for one, other in zip(seen.spans, floor.spans, strict=True):
        assert (one.name, one.kind, one.status.status_code) == (other.name, other.kind, other.status.status_code)
        assert attributes(one) == attributes(other)
    assert parent(floor.spans[0]) == floor.spans[1].context.span_id
    for name in RECORDED:
        assert seen.measured(name) == floor.measured(name)
        assert len(seen.measured(name)) == 1


def test_most_of_the_cost_is_the_sdks(seen: Seen) -> None:
    """Of what a call costs with the SDK, more than two thirds are its own work for the same spans and records."""
    own, sdks = costs(calls(seen.hooks), calls(Floor(seen.tracers, seen.meters, URL)))
    assert own < 1.5 * sdks
