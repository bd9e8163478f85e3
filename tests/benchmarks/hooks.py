"""What hooks cost a call, and what a test with a stub costs: `python hooks.py URL ROUNDS`, JSON out.

All cases take turns in one process, and what one costs is the median of what it took more than a call without hooks
did in the same round, in CPU time. Beside `OpenTelemetryHooks` stands its floor: what hooks that have the SDK make the
same spans and records, and do nothing else, take more than hooks that do nothing at all.
"""

from __future__ import annotations

import asyncio
import dis
import gc
import json
import operator
import statistics
import sys
import time
import timeit
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import NoOpTracerProvider, SpanKind, set_span_in_context

import aiosagemaker
from aiosagemaker import Credentials, SageMakerClient
from aiosagemaker.hooks import Attempt, Call, Hooks, Outcome
from aiosagemaker.sagemaker import DescribeEndpointRequest, DescribeEndpointResponse
from aiosagemaker.telemetry import OpenTelemetryHooks
from aiosagemaker.testing import Stub

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import CodeType, FrameType

    from opentelemetry import metrics, trace

PACKAGE = str(Path(aiosagemaker.__file__).parent)
POINTS = frozenset({"teller", "telling"})
"""What a call asks whether anybody is to be told."""
AT_ONCE, EACH = 32, 3
"""How many calls there are at a time, and how many follow each other before the next case has its turn."""
NOW = datetime(2026, 1, 2, tzinfo=UTC)
DESCRIBED = DescribeEndpointResponse(
    endpoint_name="churn",
    endpoint_arn="arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn",
    endpoint_status="InService",
    creation_time=NOW,
    last_modified_time=NOW,
)
SIGNALS: dict[str, tuple[bool, bool]] = {"spans": (True, False), "metrics": (False, True), "both": (True, True)}
"""With the SDK's tracer provider, and with its meter provider."""


class Nowhere(SpanExporter):
    """Exports nothing."""

    def export(self, spans: Sequence[Any]) -> SpanExportResult:
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is held."""


def providers(spans: bool, measurements: bool) -> tuple[trace.TracerProvider, metrics.MeterProvider]:
    """The SDK's, or those that do nothing."""
    if not spans:
        return NoOpTracerProvider(), MeterProvider([InMemoryMetricReader()])
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(Nowhere()))
    return tracers, MeterProvider([InMemoryMetricReader()]) if measurements else NoOpMeterProvider()


class Floor(Hooks):
    """Has the SDK do at each moment what `OpenTelemetryHooks` has it do, with every value at hand.

    Done at one go, the same takes a third less: between the moments of a call the processor's caches fill with others.
    """

    def __init__(self, tracers: trace.TracerProvider, meters: metrics.MeterProvider, url: str) -> None:
        self._tracer = tracers.get_tracer("floor")
        meter = meters.get_meter("floor")
        self._durations, self._requests, self._sent, self._received = (
            meter.create_histogram(name)
            for name in (
                "rpc.client.call.duration",
                "http.client.request.duration",
                "http.client.request.body.size",
                "http.client.response.body.size",
            )
        )
        host, _, port = url.removeprefix("http://").partition(":")
        server = {"server.address": host, "server.port": int(port)}
        names = {"rpc.service": "SageMaker", "rpc.method": "DescribeEndpoint"}
        self._call_measured = {"rpc.system.name": "aws-api", **names, **server}
        self._call = {"rpc.system": "aws-api", **self._call_measured, "cloud.region": "us-east-1"}
        self._attempt = {"http.request.method": "POST", **server}
        self._ended = {"http.response.status_code": 200, "aws.request_id": "11111111-2222-3333-4444-555555555555"}
        self._attempt_ended = {"http.request.body.size": 24, "http.response.body.size": 640, **self._ended}
        self._attempt_measured = {**self._attempt, "http.response.status_code": 200}
        self._spans: dict[object, trace.Span] = {}

    def call_started(self, call: Call) -> None:
        self._spans[call] = self._tracer.start_span("SageMaker.DescribeEndpoint", None, SpanKind.CLIENT, self._call)

    def attempt_started(self, attempt: Attempt) -> None:
        context = set_span_in_context(self._spans[attempt.call])
        name = "SageMaker.DescribeEndpoint attempt"
        span = self._spans[attempt] = self._tracer.start_span(name, context, SpanKind.CLIENT, self._attempt)
        sent = span.get_span_context()
        if sent.is_valid:
            attempt.headers["traceparent"] = f"00-{sent.trace_id:032x}-{sent.span_id:016x}-{sent.trace_flags:02x}"

    def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
        span = self._spans.pop(attempt)
        if span.is_recording():
            span.set_attributes(self._attempt_ended)
        span.end()
        self._requests.record(0.1, self._attempt_measured)
        self._sent.record(24, self._attempt_measured)
        self._received.record(640, self._attempt_measured)

    def call_ended(self, call: Call, outcome: Outcome) -> None:
        span = self._spans.pop(call)
        if span.is_recording():
            span.set_attributes(self._ended)
        span.end()
        self._durations.record(0.1, self._call_measured)


class Points:
    """Counts, while it is entered, how often the package asks whether anybody is to be told."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys._getframe().f_trace_opcodes = True  # Python 3.12 looks for it when the tracing begins
        sys.settrace(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _called(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        frame.f_trace = self._stepped  # before what follows: Python 3.13 looks for it then
        frame.f_trace_opcodes = True
        return self._stepped

    def _stepped(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "opcode" and frame.f_lasti in points(frame.f_code):
            self.count += 1
        return self._stepped


@cache
def points(code: CodeType) -> frozenset[int]:
    """Where in the code they are."""
    return frozenset(
        step.offset for step in dis.get_instructions(code) if step.argval in POINTS and step.opname.endswith("_ATTR")
    )


def asking() -> float:
    """Seconds that one of them takes: a slot is read, and compared with None."""

    class Slotted:
        __slots__ = ("telling",)
        telling: object

    call = Slotted()
    call.telling = None
    asked = min(timeit.repeat("if call.telling is not None: pass", globals={"call": call}, number=100_000, repeat=7))
    return asked / 100_000


async def stubbed() -> None:
    """A test with a stub, from its beginning to its end."""
    stub = Stub()
    stub.answer(DescribeEndpointRequest, DESCRIBED)
    async with stub.client(SageMakerClient) as client:
        await client.describe_endpoint(endpoint_name="churn")


async def measure(url: str, rounds: int) -> dict[str, Any]:
    """Microseconds: of a call without hooks, of what each case takes more, of each floor, and of a test."""
    clients: dict[str, SageMakerClient] = {}

    def watched(name: str, *hooks: Hooks) -> None:
        credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        clients[name] = SageMakerClient(region="us-east-1", endpoint_url=url, credentials=credentials, hooks=hooks)

    watched("none")
    watched("empty", Hooks())
    watched("api", OpenTelemetryHooks(NoOpTracerProvider(), NoOpMeterProvider()))
    for name, signals in SIGNALS.items():
        watched(name, OpenTelemetryHooks(*providers(*signals)))
        watched(f"{name}, floor", Floor(*providers(*signals), url))

    async def call(client: SageMakerClient) -> None:
        for _ in range(EACH):
            await client.describe_endpoint(endpoint_name="churn")

    async def test() -> None:
        for _ in range(EACH):
            await stubbed()

    async def turn(case: Callable[[], Awaitable[None]]) -> None:
        await asyncio.gather(*(case() for _ in range(AT_ONCE)))

    cases = {name: partial(call, client) for name, client in clients.items()} | {"stub": test}
    for case in cases.values():
        await turn(case)
    with Points() as found:
        await clients["none"].describe_endpoint(endpoint_name="churn")
    times: dict[str, list[float]] = {name: [] for name in cases}
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, case in cases.items():
            began = time.process_time()
            await turn(case)
            times[name].append((time.process_time() - began) / AT_ONCE / EACH * 1e6)
    for client in clients.values():
        await client.close()
    nothing = [0.0] * rounds
    beside = {"none": nothing, "stub": nothing, **{f"{name}, floor": times["empty"] for name in SIGNALS}}
    costs = {
        name: statistics.median(map(operator.sub, taken, beside.get(name, times["none"])))
        for name, taken in times.items()
    }
    return {**costs, "points": found.count, "asking": found.count * asking() * 1e6}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure(sys.argv[1], int(sys.argv[2])))))
