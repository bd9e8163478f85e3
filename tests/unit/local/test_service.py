"""What stands before every operation: addresses, signatures, protocols, faults."""

from __future__ import annotations

import json
import time
from typing import Any

import aiohttp
import pytest

from aiosagemaker import Credentials, RetryConfig, TimeoutConfig
from aiosagemaker._http.signing import sign
from aiosagemaker.errors import (
    AccessDeniedException,
    ConnectionClosed,
    NotFound,
    SdkError,
    ServiceError,
    ThrottlingException,
    UnrecognizedClientException,
)
from aiosagemaker.local import LocalSageMaker, LocalServiceError

TARGET = "SageMaker.ListModels"


async def post(
    local: LocalSageMaker,
    body: bytes = b"{}",
    *,
    target: str = TARGET,
    path: str = "/",
    signed: Any = None,
    now: float | None = None,
    changed: dict[str, str] | None = None,
    **scope: str,
) -> tuple[int, dict[str, Any], Any]:
    """A request as raw as can be: `changed` headers are put in after signing; `signed` False leaves that out."""
    headers = {"Content-Type": "application/x-amz-json-1.1", **({"X-Amz-Target": target} if target else {})}
    url = f"{local.endpoint_url}{path}"
    if signed is not False:
        given = {"region": "us-east-1", "signing_name": "sagemaker", **scope}
        signature = sign(
            "POST",
            url,
            headers,
            body,
            credentials=signed or local.credentials,
            time=time.time() if now is None else now,
            **given,  # type: ignore[arg-type]  # both are text
        )
        headers |= signature
    headers |= changed or {}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text else {}, answer.headers


@pytest.fixture
async def local() -> Any:
    async with LocalSageMaker() as local:
        yield local


async def test_good_signature(local: LocalSageMaker) -> None:
    """A request that is signed well is answered, with a request id."""
    status, body, headers = await post(local)
    assert (status, body) == (200, {"Models": []})
    assert len(headers["x-amzn-RequestId"]) == 36


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"signed": False}, "MissingAuthenticationTokenException"),
        ({"changed": {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}}, "IncompleteSignatureException"),
        ({"signed": Credentials("AKIAOTHER", "local-sagemaker-secret")}, "UnrecognizedClientException"),
        ({"signed": Credentials("AKIALOCALSAGEMAKER00", "wrong")}, "InvalidSignatureException"),
        ({"changed": {"X-Amz-Target": "SageMaker.ListEndpoints"}}, "InvalidSignatureException"),
        ({"now": 1_600_000_000.0}, "InvalidSignatureException"),
        ({"region": "eu-west-1"}, "InvalidSignatureException"),
        ({"signing_name": "s3"}, "InvalidSignatureException"),
    ],
)
async def test_bad_signature(local: LocalSageMaker, given: dict[str, Any], code: str) -> None:
    """A request whose signature is missing, broken, another's, over something else, or old is refused."""
    status, body, _ = await post(local, **given)
    assert (status, body["__type"]) == (400, code)


async def test_client_with_wrong_secret(local: LocalSageMaker) -> None:
    """A client with other credentials gets the error that the service would give it."""
    async with local.client(credentials=Credentials("AKIA", "x"), retry=RetryConfig(max_attempts=1)) as client:
        with pytest.raises(UnrecognizedClientException):
            await client.list_models()


@pytest.mark.parametrize(
    ("target", "path", "status"),
    [("SageMaker.MakeCoffee", "/", 400), ("Other.ListModels", "/", 400), ("", "/endpoints/e/coffee", 404)],
)
async def test_unknown_operation(local: LocalSageMaker, target: str, path: str, status: int) -> None:
    """A target that is none of the service's is refused as unknown."""
    answer, _, headers = await post(local, target=target, path=path)
    assert answer == status
    body = (await post(local, target=target, path=path))[1]
    assert "UnknownOperationException" in (body.get("__type"), headers.get("x-amzn-ErrorType"))


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"MaxResults": "ten"}', b'{"NameContains": []}', b"\xff"])
async def test_malformed_json(local: LocalSageMaker, body: bytes) -> None:
    """What is not JSON, or not of the request's shape, is a SerializationException."""
    status, answer, _ = await post(local, body)
    assert (status, answer["__type"]) == (400, "SerializationException")


async def test_constraints(local: LocalSageMaker) -> None:
    """What the model does not allow is refused, every violation with its path, in the service's words."""
    wrong = json.dumps({"MaxResults": 101, "SortBy": "Colour", "NameContains": "a_b"}).encode()
    _, answer, _ = await post(local, wrong)
    assert answer["message"].startswith("3 validation errors detected: ")
    assert "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less" in answer["message"]
    assert "at 'sortBy' failed to satisfy constraint: Member must satisfy enum value set: [Name" in answer["message"]
    _, answer, _ = await post(local, b'{"EndpointConfigName": "c", "ProductionVariants": [{}]}', target=_CREATE_CONFIG)
    assert answer["message"] == (
        "1 validation error detected: Value null at 'productionVariants.1.member.variantName' failed to satisfy "
        "constraint: Member must not be null"
    )


_CREATE_CONFIG = "SageMaker.CreateEndpointConfig"


async def test_unknown_members_pass(local: LocalSageMaker) -> None:
    """A member that the service does not know is passed over, as a service does for newer clients."""
    assert (await post(local, b'{"Colour": "red"}'))[0] == 200


async def test_operation_not_offered(local: LocalSageMaker) -> None:
    """An operation beyond hosting, inference components included, is refused as one that is not allowed."""
    async with local.client() as client:
        with pytest.raises(AccessDeniedException, match="not authorized to perform: sagemaker:ListTrainingJobs"):
            await client.list_training_jobs()
        with pytest.raises(AccessDeniedException, match="CreateInferenceComponent"):
            await client.create_inference_component(inference_component_name="c", endpoint_name="e")


async def test_port_is_taken(local: LocalSageMaker) -> None:
    """A port that another process listens on is refused with words that say so."""
    port = int(local.endpoint_url.rpartition(":")[2])
    with pytest.raises(LocalServiceError, match=f"port {port} of 127.0.0.1 is taken"):
        await LocalSageMaker(port=port).start()


async def test_port_is_none() -> None:
    """A number that is no port is refused, and nothing is left open."""
    with pytest.raises(LocalServiceError, match="cannot be bound"):
        await LocalSageMaker(port=70_000).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_machines(host: str) -> None:
    """An address that other machines can reach must be asked for in so many words."""
    with pytest.raises(LocalServiceError, match="allow_remote=True"):
        LocalSageMaker(host=host)
    LocalSageMaker(host=host, allow_remote=True)


def test_not_started() -> None:
    """A service that is not started has no address, and says so."""
    with pytest.raises(LocalServiceError, match="not started"):
        LocalSageMaker().client()


async def test_thread() -> None:
    """As a plain context manager it serves from a thread, to any event loop and to none; its errors come out."""
    with LocalSageMaker() as local:
        async with local.client() as client:
            assert (await client.list_models()).models == ()
        with pytest.raises(NotFound):
            local.start_maintenance("e")
        port = int(local.endpoint_url.rpartition(":")[2])
        with pytest.raises(LocalServiceError, match="is taken"), LocalSageMaker(port=port):
            pass


async def test_throttle() -> None:
    """A throttled part of the requests is refused, and the client's retries bring them through."""
    async with LocalSageMaker() as local, local.client(retry=RetryConfig(max_attempts=1)) as client:
        local.faults.throttle(1.0, "ListModels")
        with pytest.raises(ThrottlingException, match="Rate exceeded") as caught:
            await client.list_models()
        assert caught.value.throttling
        await client.list_endpoints()
        local.faults.clear()
        await client.list_models()


async def test_drop_response() -> None:
    """A dropped response is one whose request was acted on."""
    async with LocalSageMaker() as local, local.client(retry=RetryConfig(max_attempts=1)) as client:
        local.faults.drop_response("CreateModel")
        with pytest.raises(ConnectionClosed) as caught:
            await client.create_model(model_name="m", execution_role_arn="arn:aws:iam::123456789012:role/sagemaker")
        assert caught.value.maybe_sent
        assert (await client.describe_model(model_name="m")).model_name == "m"


async def test_latency() -> None:
    """Latency is in real seconds, so that a client's own timeout meets it."""
    async with LocalSageMaker() as local:
        local.faults.latency(5)
        timeouts = TimeoutConfig(read=0.1)
        async with local.client(timeouts=timeouts, retry=RetryConfig(max_attempts=1)) as client:
            with pytest.raises(SdkError) as caught:
                await client.list_models()
    assert not isinstance(caught.value, ServiceError)


async def test_eventual_consistency(hosting: Any) -> None:
    """A new configuration is invisible to CreateEndpoint for so long, and visible to whoever describes it."""
    await hosting.version("a")
    hosting.local.faults.eventual_consistency(3600)
    await hosting.sm.describe_endpoint_config(endpoint_config_name="a")
    with pytest.raises(NotFound, match='Could not find endpoint configuration "arn:'):
        await hosting.sm.create_endpoint(endpoint_name="e", endpoint_config_name="a")
    hosting.local.faults.clear()
    await hosting.endpoint("a")
