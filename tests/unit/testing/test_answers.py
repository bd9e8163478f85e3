"""What a stub may answer."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from typing import Any

import pytest

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient, errors
from aiosagemaker._services import SERVICES
from aiosagemaker.sagemaker import (
    DescribeEndpointRequest,
    DescribeEndpointResponse,
    DescribeModelResponse,
    ListEndpointsRequest,
)
from aiosagemaker.sagemaker_runtime import (
    InvokeEndpointRequest,
    InvokeEndpointResponse,
    InvokeEndpointWithResponseStreamRequest,
    InvokeEndpointWithResponseStreamResponse,
    PayloadPart,
)
from aiosagemaker.sagemaker_runtime import errors as runtime_errors
from aiosagemaker.testing import Parts, Stub

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.models
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_every_answer_comes_as_it_was_given(service: Any, sample: Any) -> None:
    """The fullest response of every operation of every service is what the client's method returns."""
    namespace = importlib.import_module(f"aiosagemaker.{service.package}.models").NAMESPACE
    client_class = getattr(importlib.import_module("aiosagemaker"), service.client)
    stub = Stub(validation="off")
    async with stub.client(client_class, parameter_validation="off") as client:
        for name, row in namespace.schema.operations.items():
            if "event_stream" in row:
                continue
            request, response = sample(namespace, row["input"]), sample(namespace, row["output"], full=True)
            stub.answer(request, response)
            assert await client.send(request) == response, name
            assert stub.requests[-1].to_dict().items() >= request.to_dict().items()


@pytest.mark.parametrize(
    "cls",
    [
        errors.NotFound,
        errors.AlreadyExists,
        errors.ResourceBusy,
        errors.ValidationException,
        errors.ResourceNotFound,
        errors.ResourceLimitExceeded,
        errors.AccessDeniedException,
        errors.ExpiredTokenException,
        errors.InvalidSignatureException,
        errors.ThrottlingException,
        errors.InternalFailure,
        errors.ServiceUnavailable,
    ],
)
async def test_a_refusal_by_its_class(cls: type[errors.ServiceError]) -> None:
    """The call fails with the class that was given, told over the wire."""
    stub = Stub()
    stub.answer(DescribeEndpointRequest, cls)
    async with stub.client(SageMakerClient) as client:
        with pytest.raises(cls) as caught:
            await client.describe_endpoint(endpoint_name="churn")
    assert caught.value.operation == "DescribeEndpoint"
    assert caught.value.http_status == ({"InternalFailure": 500, "ServiceUnavailable": 503}.get(cls.__name__) or 400), (
        "as the service tells it"
    )
    assert len(stub.requests) == (3 if caught.value.retryable else 1)


async def test_a_refusal_with_its_members() -> None:
    """What the model's error has, and its words, status, wait and request id, come as they were given."""
    error = runtime_errors.ModelError("broke", request_id="r-1", retry_after=0.25)
    error.original_status_code = 500
    stub = Stub()
    stub.answer(InvokeEndpointRequest, error)
    async with stub.client(SageMakerRuntimeClient) as client:
        with pytest.raises(runtime_errors.ModelError) as caught:
            await client.invoke_endpoint(endpoint_name="churn", body=b"")
    told = caught.value
    assert (told.message, told.http_status, told.original_status_code) == ("broke", 424, 500)
    assert (told.request_id, told.retry_after) == ("r-1", 0.25)


@pytest.mark.parametrize(
    ("cls", "maybe_sent"), [(errors.ConnectError, False), (errors.ReadTimeout, True), (errors.ConnectionClosed, True)]
)
async def test_a_failure_of_the_connection(cls: type[errors.TransportError], maybe_sent: bool) -> None:
    """It is raised anew for each attempt, and says whether anything may have been sent."""
    stub = Stub()
    stub.answer(InvokeEndpointRequest, cls)
    async with stub.client(SageMakerRuntimeClient) as client:
        with pytest.raises(cls) as caught:
            await client.invoke_endpoint(endpoint_name="churn", body=b"", content_type="text/csv")
    assert (caught.value.maybe_sent, caught.value.attempts) == (maybe_sent, len(stub.requests))
    failure = cls("no")
    stub.answer(DescribeEndpointRequest, failure)
    async with stub.client(SageMakerClient) as client:
        for _ in range(2):
            with pytest.raises(cls, match="no") as caught:
                await client.describe_endpoint(endpoint_name="churn")
            assert caught.value is not failure


def test_what_the_model_forbids_is_refused() -> None:
    """An answer with a violation of any constraint is refused when it is given, not when it is asked for."""
    broken = DescribeEndpointResponse(
        endpoint_name="no spaces",
        endpoint_arn="arn:aws:sagemaker:us-east-1:123456789012:endpoint/e",
        endpoint_status="InService",
        creation_time=NOW,
        last_modified_time=NOW,
    )
    with pytest.raises(errors.ParamValidationError) as caught:
        Stub().answer(DescribeEndpointRequest, broken)
    assert {violation.path for violation in caught.value.violations} >= {"endpoint_name"}
    Stub(validation="standard").answer(DescribeEndpointRequest, broken)


def test_what_is_no_answer_is_refused() -> None:
    """Another operation's response, an error that is another service's, and a lack of required members are refused."""
    stub: Any = Stub()
    other = DescribeModelResponse(model_name="m", creation_time=NOW, model_arn="arn:aws:sagemaker:eu-west-1:1:model/m")
    for wrong, words in (
        (other, "DescribeEndpointResponse, not DescribeModelResponse"),
        ({"EndpointName": "e"}, "not dict"),
        (runtime_errors.ModelError, "does not fail with"),
        (errors.AuthenticationError, "does not fail with"),
        (errors.NoRegionError, "not NoRegionError"),
        (Parts(b""), "does not stream"),
        (None, "is not empty: it has endpoint_name"),
    ):
        with pytest.raises(errors.ArgumentError, match=words):
            stub.answer(DescribeEndpointRequest, wrong)
    with pytest.raises(errors.ArgumentError, match="answers requests, not DescribeEndpointResponse"):
        stub.answer(DescribeEndpointResponse, other)
    with pytest.raises(errors.ArgumentError, match=r"ends with .*ModelStreamError, not ModelError"):
        stub.answer(InvokeEndpointWithResponseStreamRequest, Parts(runtime_errors.ModelError))
    with pytest.raises(errors.ArgumentError, match="ListEndpointsResponse is not empty"):
        stub.answer(ListEndpointsRequest)


async def test_parts_of_a_stream() -> None:
    """Bytes, text and events come one by one after the head's members, with the delay between them."""
    stub = Stub()
    head = InvokeEndpointWithResponseStreamResponse(content_type="text/plain")
    stub.answer(
        InvokeEndpointWithResponseStreamRequest, Parts(b"a", "b", PayloadPart(bytes=b"c"), response=head, delay=2)
    )
    client = stub.client(SageMakerRuntimeClient)
    async with client, client.invoke_endpoint_with_response_stream(endpoint_name="churn", body=b"x") as stream:
        assert stream.response == head
        assert [event.bytes async for event in stream] == [b"a", b"b", b"c"]
    assert stub.clock.slept == [2, 2, 2]  # type: ignore[attr-defined]  # a FakeClock by default


@pytest.mark.parametrize("error", [runtime_errors.ModelStreamError, errors.ConnectionClosed, errors.ReadTimeout])
async def test_a_stream_that_fails(error: type[errors.SdkError]) -> None:
    """What came before is delivered; then the stream fails with the error that was given."""
    stub = Stub()
    stub.answer(InvokeEndpointWithResponseStreamRequest, Parts(b"a", error))
    client = stub.client(SageMakerRuntimeClient)
    async with client, client.invoke_endpoint_with_response_stream(endpoint_name="churn", body=b"x") as stream:
        assert (await anext(stream)).bytes == b"a"
        with pytest.raises(error):
            await anext(stream)


async def test_a_stream_that_is_refused() -> None:
    """An error in place of the head is retried as any other, and then raised on entering."""
    stub = Stub()
    stub.answer(InvokeEndpointWithResponseStreamRequest, errors.ThrottlingException, Parts(b"a"))
    client = stub.client(SageMakerRuntimeClient)
    async with client, client.invoke_endpoint_with_response_stream(endpoint_name="churn", body=b"x") as stream:
        assert [event.bytes async for event in stream] == [b"a"]
        assert stream.response.response_metadata.attempts == 2


async def test_a_function_answers() -> None:
    """A function, plain or not, is given the request; what it returns is held to the model, what it raises is told."""

    async def answer(request: InvokeEndpointRequest) -> InvokeEndpointResponse:
        return InvokeEndpointResponse(body=bytes(str(request.target_variant), "ascii"))

    def refuse(request: InvokeEndpointRequest) -> InvokeEndpointResponse:
        raise errors.ThrottlingException(f"slower, {request.endpoint_name}")

    stub = Stub()
    stub.answer(InvokeEndpointRequest, refuse, answer, lambda request: errors.NotFound)
    async with stub.client(SageMakerRuntimeClient) as client:
        response = await client.invoke_endpoint(endpoint_name="churn", body=b"", target_variant="v")
        assert (response.body, response.response_metadata.attempts) == (b"v", 2)
        with pytest.raises(errors.NotFound):
            await client.invoke_endpoint(endpoint_name="churn", body=b"")
