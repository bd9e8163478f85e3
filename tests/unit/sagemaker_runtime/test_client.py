"""The runtime's own operations: what leaves, what comes back, what is refused and what is waited out."""

from __future__ import annotations

import hashlib
import logging
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import aiosagemaker
from aiosagemaker import RetryConfig, SageMakerRuntimeClient
from aiosagemaker.errors import ArgumentError, NotFound, ParamValidationError, SdkError, ServiceError
from aiosagemaker.sagemaker_runtime import (
    InternalDependencyException,
    InvokeEndpointRequest,
    InvokeEndpointWithResponseStreamRequest,
    ModelError,
    ModelNotReadyException,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeRuntime = Callable[..., SageMakerRuntimeClient]

SECRET = b"the patient's name"


def test_the_client_is_part_of_the_face() -> None:
    """SageMakerRuntimeClient is imported from the package itself, and only when it is asked for."""
    assert aiosagemaker.SageMakerRuntimeClient is SageMakerRuntimeClient
    assert "SageMakerRuntimeClient" in aiosagemaker.__all__


async def test_invoke_endpoint(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Name, headers and body leave where the model says, and the answer's come back as members."""
    server.answer(b"\x00\xff", headers={"Content-Type": "x/y", "x-Amzn-Invoked-Production-Variant": "blue"})
    response = await runtime.invoke_endpoint(
        endpoint_name="churn",
        body=b"1,2",
        content_type="text/csv",
        accept="application/json",
        target_model="a/b.tar.gz",
        custom_attributes="trace=1",
    )
    assert (response.body, response.content_type, response.invoked_production_variant) == (b"\x00\xff", "x/y", "blue")
    (received,) = server.received
    assert (received.method, received.path, received.body) == ("POST", "/endpoints/churn/invocations", b"1,2")
    assert received.headers["Content-Type"] == "text/csv"
    assert received.headers["Accept"] == "application/json"
    assert received.headers["X-Amzn-SageMaker-Target-Model"] == "a/b.tar.gz"
    signed = received.headers["Authorization"]
    for name in ("accept", "content-type", "x-amzn-sagemaker-target-model", "x-amzn-sagemaker-custom-attributes"):
        assert name in signed.partition("SignedHeaders=")[2]
    assert "/us-east-1/sagemaker/aws4_request" in signed


async def test_the_endpoint_name_is_one_path_segment(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A slash in a name is percent-encoded, so that it cannot reach another path."""
    await runtime.invoke_endpoint(endpoint_name="a/b c", body=b"")
    assert server.received[0].path == "/endpoints/a%2Fb%20c/invocations"


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b"ab", b"ab"),
        ("é漢", "é漢".encode()),
        (bytearray(b"ab"), b"ab"),
        (memoryview(b"ab"), b"ab"),
        (memoryview(b"abcd").cast("H"), b"abcd"),
        (b"", b""),
    ],
)
async def test_forms_of_a_body(runtime: SageMakerRuntimeClient, server: Any, body: Any, sent: bytes) -> None:
    """Bytes, text and bytes-like objects leave as their bytes, with their length."""
    await runtime.invoke_endpoint(endpoint_name="e", body=body)
    assert server.received[0].body == sent
    assert server.received[0].headers["Content-Length"] == str(len(sent))


@pytest.mark.parametrize("mode", ["standard", "strict", "off"])
async def test_the_length_is_the_services_to_judge(make_runtime: MakeRuntime, server: Any, mode: str) -> None:
    """No validation refuses a body for its length, which the service has raised before its model."""
    async with make_runtime(parameter_validation=mode) as client:
        InvokeEndpointRequest(endpoint_name="e", body=bytes(100 * 1024 * 1024)).validate()
        await client.invoke_endpoint_async(endpoint_name="e", body=bytes(128_001))
    assert [len(received.body) for received in server.received] == [128_001]


@pytest.mark.parametrize(
    "members",
    [
        {"endpoint_name": "", "body": b""},
        {"endpoint_name": "..", "body": b""},
        {"endpoint_name": None, "body": b""},
        {"endpoint_name": "e", "body": 5},
        {"endpoint_name": "e", "body": {"a": 1}},
        {"endpoint_name": "e", "body": b"", "custom_attributes": "a\r\nX-Evil: 1"},
        {"endpoint_name": "e", "body": b"", "custom_attributes": "\x07"},
        {"endpoint_name": "e", "body": b"", "target_model": "模型"},
    ],
)
@pytest.mark.parametrize("mode", ["standard", "off"])
async def test_bad_input(make_runtime: MakeRuntime, server: Any, members: dict[str, Any], mode: str) -> None:
    """What no request can say is refused with the member's name, and nothing is sent."""
    with pytest.raises(ParamValidationError) as caught:
        await make_runtime(parameter_validation=mode).invoke_endpoint(**members)
    assert caught.value.violations or "cannot be written" in str(caught.value)
    assert not server.received


async def test_bodies_are_never_shown(
    runtime: SageMakerRuntimeClient, server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """No repr, message or log line shows what went to a model or came from it."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker")
    server.answer(SECRET)
    request = InvokeEndpointRequest(endpoint_name="e", body=SECRET, custom_attributes=SECRET.decode())
    response = await runtime.invoke_endpoint(request)
    shown = [repr(request), str(request), repr(response), caplog.text]
    with pytest.raises(ParamValidationError) as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=[SECRET])  # type: ignore[list-item]  # on purpose
    shown += [str(caught.value), repr(caught.value)]
    assert response.body == SECRET
    assert not any(SECRET.decode() in text for text in shown)


async def test_a_streams_request_is_not_for_send(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The generic `send` says which method to use for an answer that is a stream."""
    with pytest.raises(ArgumentError, match=r"async with client\.invoke_endpoint_with_response_stream"):
        await runtime.send(InvokeEndpointWithResponseStreamRequest(endpoint_name="e", body=b""))
    assert not server.received


async def test_model_error(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A model's own failure has its members, and is never sent again."""
    server.answer(
        {"Message": "boom", "OriginalStatusCode": 500, "OriginalMessage": "oom", "LogStreamArn": "arn:x"},
        424,
        {"x-amzn-errortype": "ModelError"},
    )
    with pytest.raises(ModelError) as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    error = caught.value
    assert (error.original_status_code, error.original_message, error.log_stream_arn) == (500, "oom", "arn:x")
    assert (error.message, error.http_status, error.attempts, error.retryable) == ("boom", 424, 1, False)
    assert str(error) == "An error occurred (ModelError) when calling the InvokeEndpoint operation: boom"
    assert len(server.received) == 1


async def test_other_errors_are_typed(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Every error that the model names has its class, and one that it does not keeps its code."""
    server.answer({"Message": "m"}, 530, {"x-amzn-errortype": "InternalDependencyException"})
    with pytest.raises(InternalDependencyException):
        await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    server.answer({"message": "m", "code": "Novel"}, 409)
    with pytest.raises(ServiceError) as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    assert (type(caught.value), caught.value.code) == (ServiceError, "Novel")


async def test_an_endpoint_that_is_not_there(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The runtime's refusal of an unknown endpoint is NotFound, as the control plane's is, and what its model names."""
    server.answer(
        {"Message": "Endpoint e of account 123456789012 not found."}, 400, {"x-amzn-errortype": "ValidationError"}
    )
    with pytest.raises(NotFound) as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    assert isinstance(caught.value, ValidationError)
    assert (caught.value.code, type(caught.value).__name__) == ("ValidationError", "NotFound")
    copied = pickle.loads(pickle.dumps(caught.value))
    assert type(copied) is type(caught.value)
    assert (str(copied), copied.http_status) == (str(caught.value), 400)


def loading(server: Any, times: int) -> None:
    server.answer({"Message": "loading"}, 429, {"x-amzn-errortype": "ModelNotReadyException"}, times=times)


async def test_a_loading_model_is_waited_for(runtime: SageMakerRuntimeClient, server: Any, clock: Any) -> None:
    """ModelNotReadyException is repeated beyond the usual attempts, and the pauses stay short."""
    loading(server, 12)
    server.answer(b"done")
    response = await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    assert response.body == b"done"
    assert response.response_metadata.attempts == 13
    assert response.response_metadata.total_retry_delay == pytest.approx(sum(clock.slept))
    assert max(clock.slept) <= 2


async def test_the_wait_for_a_model_ends(make_runtime: MakeRuntime, server: Any, clock: Any) -> None:
    """A model that stays unready is given up after `cold_start_timeout`, by default 60 s, with the last refusal."""
    for retry, window in ((RetryConfig(), 60), (RetryConfig(cold_start_timeout=5), 5)):
        loading(server, 1)
        begun = clock.now
        with pytest.raises(ModelNotReadyException) as caught:
            await make_runtime(retry=retry).invoke_endpoint(endpoint_name="e", body=b"")
        assert clock.now - begun == pytest.approx(window)
        assert caught.value.attempts > 3


@pytest.mark.parametrize("retry", [RetryConfig(mode="off"), RetryConfig(cold_start_timeout=0)])
async def test_no_window(make_runtime: MakeRuntime, server: Any, retry: RetryConfig) -> None:
    """Without a retry window a loading model is refused at once: it is no failure for the usual retries."""
    loading(server, 1)
    with pytest.raises(ModelNotReadyException):
        await make_runtime(retry=retry).invoke_endpoint(endpoint_name="e", body=b"")
    assert len(server.received) == 1


async def test_waiting_for_a_model_spends_no_retries(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The retry budget that is meant for failures is untouched by a cold start."""
    loading(server, 20)
    server.answer(b"")
    await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    strategy = runtime._session._pipeline.retries  # type: ignore[union-attr]  # the call has set it
    assert strategy.tokens == 500


async def test_a_failure_after_a_cold_start_is_retried(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """What the service was borne with uses up no retries: not ready, not ready, 500, 200 succeeds, and what the wire
    says of the attempts stays within its maximum."""
    loading(server, 5)
    server.answer({}, status=500)
    server.answer({}, status=500)
    server.answer(b"done")
    response = await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    assert response.body == b"done"
    assert response.response_metadata.attempts == 8
    assert [received.headers["amz-sdk-request"] for received in server.received] == [
        *["attempt=1; max=3"] * 6,
        "attempt=2; max=3",
        "attempt=3; max=3",
    ]


async def test_a_classifier_ends_a_cold_start(make_runtime: MakeRuntime, server: Any) -> None:
    """A classifier is asked before a model that loads is waited for."""
    asked: list[str] = []

    def never(error: SdkError) -> bool:
        asked.append(type(error).__name__)
        return False

    loading(server, 1)
    with pytest.raises(ModelNotReadyException):
        await make_runtime(retry=RetryConfig(classifiers=[never])).invoke_endpoint(endpoint_name="e", body=b"")
    assert asked == ["ModelNotReadyException"]


async def test_other_throttling_has_the_usual_retries(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A 429 that is not a cold start is throttling, with the usual number of attempts."""
    server.answer({"message": "slow down"}, 429, {"x-amzn-errortype": "ThrottlingException"})
    with pytest.raises(ServiceError) as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=b"")
    assert caught.value.attempts == 3


async def test_the_signature_covers_the_payload(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The signature is botocore's for the very headers and body that the server received."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import ReadOnlyCredentials

    body = bytearray(b"x" * 100_000)
    await runtime.invoke_endpoint(endpoint_name="e", body=body, custom_attributes="a=1")
    (received,) = server.received
    names = received.headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    request = AWSRequest(
        method="POST",
        url=f"{server.url}{received.path}",
        data=received.body,
        headers={name: received.headers[name] for name in names},
    )
    request.context["timestamp"] = received.headers["X-Amz-Date"]
    auth = SigV4Auth(ReadOnlyCredentials("AKIDEXAMPLE", "secret", None), "sagemaker", "us-east-1")
    canonical = auth.canonical_request(request)
    assert canonical.endswith(hashlib.sha256(body).hexdigest())
    assert auth.signature(auth.string_to_sign(request, canonical), request) in received.headers["Authorization"]


def test_options_are_the_models_members() -> None:
    """The options of the convenience methods are what the model has beside the name and the body."""
    from aiosagemaker.sagemaker_runtime.extras import InvocationOptions
    from aiosagemaker.sagemaker_runtime.models import NAMESPACE

    members = {member["name"] for member in NAMESPACE.shapes["InvokeEndpointRequest"]["members"].values()}
    assert set(InvocationOptions.__annotations__) == members - {"endpoint_name", "body"}
