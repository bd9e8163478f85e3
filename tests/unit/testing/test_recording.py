"""Recordings of what a client did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import CREDENTIALS

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient, errors
from aiosagemaker.sagemaker import DescribeEndpointRequest, DescribeEndpointResponse
from aiosagemaker.sagemaker_runtime import (
    InvokeEndpointRequest,
    InvokeEndpointResponse,
    InvokeEndpointWithResponseStreamRequest,
    InvokeEndpointWithResponseStreamResponse,
)
from aiosagemaker.sagemaker_runtime import errors as runtime_errors
from aiosagemaker.testing import Parts, Recorder, Stub, UnexpectedRequestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 1, 2, tzinfo=UTC)


async def test_over_http(tmp_path: Path, server: Any, clock: Any) -> None:
    """A client over the library's own transport is recorded, attempt by attempt, and the stub does the same again."""
    server.refuse("ThrottlingException", "slower, AKIAIOSFODNN7EXAMPLE")
    server.answer({"EndpointName": "churn", "EndpointStatus": "Creating"})
    server.answer({"EndpointName": "churn", "EndpointStatus": "InService"})
    server.refuse("ValidationException", "Could not find endpoint.")
    path = tmp_path / "r.json"

    async def program(make: Callable[..., SageMakerClient], **settings: Any) -> list[Any]:
        async with make(
            SageMakerClient, region="us-east-1", credentials=CREDENTIALS, clock=clock, **settings
        ) as client:
            endpoint = await client.wait_until_endpoint_in_service(endpoint_name="churn")
            with pytest.raises(errors.NotFound) as caught:
                await client.describe_endpoint(endpoint_name="other")
            return [endpoint, str(caught.value), caught.value.http_status]

    with Recorder(path) as recorder:
        done = await program(recorder.client, endpoint_url=server.url)
    text = path.read_text()
    assert "AKIA" not in text
    assert CREDENTIALS.secret_key not in text
    assert "Authorization" not in text
    exchanges = json.loads(text)["exchanges"]
    assert [list(exchange) for exchange in exchanges] == [
        ["service", "operation", "request", end] for end in ("error", "response", "response", "error")
    ]
    stub = Stub.from_file(path)
    assert await program(stub.client) == done
    assert len(stub.requests) == 4
    stub.check()
    async with stub.client(SageMakerClient) as client:
        with pytest.raises(UnexpectedRequestError, match="used up"):
            await client.describe_endpoint(endpoint_name="churn")


@pytest.mark.parametrize("keep", [True, False])
async def test_sensitive_bodies(tmp_path: Path, keep: bool) -> None:
    """What the model marks as sensitive is in the file only if asked for; without it any body is answered."""
    inner = Stub()
    inner.answer(InvokeEndpointRequest, InvokeEndpointResponse(body=b"answer", content_type="text/csv"))
    recorder = Recorder(tmp_path / "r.json", transport=inner, keep_sensitive=keep)
    async with recorder.client(SageMakerRuntimeClient, inner.config()) as client:
        await client.invoke_endpoint(endpoint_name="churn", body=b"question")
    assert ("YW5zd2Vy" in (tmp_path / "r.json").read_text()) is keep
    stub = Stub.from_file(tmp_path / "r.json")
    async with stub.client(SageMakerRuntimeClient) as client:
        body = b"question" if keep else b"another"
        answer = await client.invoke_endpoint(endpoint_name="churn", body=body)
        assert (answer.body, answer.content_type) == (b"answer" if keep else b"<redacted>", "text/csv")


async def test_streams_and_failures(tmp_path: Path) -> None:
    """Events, what ends a stream, refusals with their members and lost connections are played as they came."""
    refusal = runtime_errors.ModelError("broke")
    refusal.original_status_code = 500
    head = InvokeEndpointWithResponseStreamResponse(content_type="text/plain")
    inner = Stub()
    inner.answer(
        InvokeEndpointWithResponseStreamRequest,
        errors.ConnectError,
        Parts(b"a", b"b", response=head),
        Parts(b"c", runtime_errors.ModelStreamError("stopped")),
        Parts(b"d", errors.ConnectionClosed),
        refusal,
    )

    async def program(client: SageMakerRuntimeClient) -> list[Any]:
        found: list[Any] = []
        for _ in range(4):
            try:
                async with client.invoke_endpoint_with_response_stream(endpoint_name="churn", body=b"x") as stream:
                    found.append(stream.response.content_type)
                    async for event in stream:
                        found.append(event.bytes)  # noqa: PERF401 - what came before a failure counts
            except errors.SdkError as error:
                found.append((type(error), str(error.args[0]), getattr(error, "original_status_code", None)))
        return found

    recorder = Recorder(tmp_path / "r.json", transport=inner, keep_sensitive=True)
    async with recorder.client(SageMakerRuntimeClient, inner.config()) as client:
        done = await program(client)
    stub = Stub.from_file(tmp_path / "r.json")
    async with stub.client(SageMakerRuntimeClient) as client:
        assert await program(client) == done
    assert done[:4] == ["text/plain", b"a", b"b", None]
    assert done[4:] == [
        b"c",
        (runtime_errors.ModelStreamError, "stopped", None),
        None,
        b"d",
        (errors.ConnectionClosed, "an answer of the stub", None),
        (runtime_errors.ModelError, "broke", 500),
    ]


def test_what_is_no_recording(tmp_path: Path) -> None:
    """Another file is refused with its name."""
    for text in ("{}", "[]", "no", '{"version": 9, "exchanges": []}'):
        (tmp_path / "f").write_text(text)
        with pytest.raises(errors.ArgumentError, match="f is no recording"):
            Stub.from_file(tmp_path / "f")


async def test_it_is_written_when_the_client_closes(tmp_path: Path) -> None:
    """A recorder that is a Config's transport needs no more than that."""
    inner = Stub()
    inner.answer(
        DescribeEndpointRequest,
        DescribeEndpointResponse(
            endpoint_name="churn",
            endpoint_arn="arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn",
            endpoint_status="InService",
            creation_time=NOW,
            last_modified_time=NOW,
        ),
    )
    async with SageMakerClient(inner.config(), transport=Recorder(tmp_path / "r.json", transport=inner)) as client:
        described = await client.describe_endpoint(endpoint_name="churn")
    async with Stub.from_file(tmp_path / "r.json").client(SageMakerClient) as client:
        assert await client.describe_endpoint(endpoint_name="churn") == described
