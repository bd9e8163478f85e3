"""Spans beside those of OpenTelemetry's instrumentation of aiohttp, which knows every session but not our transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from aiosagemaker.telemetry import OpenTelemetryHooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiosagemaker import SageMakerClient

instrumentation = pytest.importorskip(
    "opentelemetry.instrumentation.aiohttp_client", reason="the extra `test` brings the instrumentation"
)


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracers(exporter: InMemorySpanExporter) -> Iterator[TracerProvider]:
    """A provider that aiohttp is instrumented with."""
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = instrumentation.AioHttpClientInstrumentor()
    instrumentor.instrument(tracer_provider=tracers)
    yield tracers
    instrumentor.uninstrument()


async def test_nothing_shows_twice(
    exporter: InMemorySpanExporter, tracers: TracerProvider, server: Any, make_client: Callable[..., SageMakerClient]
) -> None:
    """A retried call is our spans alone, and its requests carry our attempts' contexts; a session of the user's own, to
    the same server, is the instrumentation's span."""
    server.refuse("ThrottlingException", "slower")
    server.answer({"Endpoints": []})
    await make_client(hooks=[OpenTelemetryHooks(tracers, NoOpMeterProvider())]).list_endpoints()
    ours = exporter.get_finished_spans()
    assert [span.name for span in ours] == ["SageMaker.ListEndpoints attempt"] * 2 + ["SageMaker.ListEndpoints"]
    assert [received.headers["traceparent"].split("-")[2] for received in server.received] == [
        f"{span.context.span_id:016x}" for span in ours[:2]
    ]
    exporter.clear()
    async with aiohttp.ClientSession() as session:
        await session.post(server.url, headers={"X-Amz-Target": "SageMaker.ListEndpoints"}, json={})
    assert [span.name for span in exporter.get_finished_spans()] == ["POST"]


async def test_without_hooks_of_ours(
    exporter: InMemorySpanExporter, tracers: TracerProvider, make_client: Callable[..., SageMakerClient]
) -> None:
    """The instrumentation alone makes no span of a call."""
    await make_client().list_endpoints()
    assert exporter.get_finished_spans() == ()
