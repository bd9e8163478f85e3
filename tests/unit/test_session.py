"""The one door to a call."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from aiosagemaker import (
    ApplicationAutoScalingClient,
    HttpConfig,
    RetryConfig,
    SageMakerClient,
    SageMakerFeatureStoreRuntimeClient,
    TimeoutConfig,
)
from aiosagemaker._http.signing import UNSIGNED
from aiosagemaker._protocols.aws_json import AwsJson
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import (
    ArgumentError,
    ClientClosedError,
    NoRegionError,
    OperationTimeout,
    ParamValidationError,
    ReadTimeout,
    ServiceError,
)
from aiosagemaker.sagemaker import CreateEndpointConfigRequest, CreatePipelineRequest, DescribeEndpointRequest

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = Credentials("AKIDEXAMPLE", "the-secret")


# Set-up


async def test_first_calls_at_once(client: SageMakerClient, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many first calls there are, the session sets itself up once."""
    made = []
    original = client._session._make_pipeline
    monkeypatch.setattr(client._session, "_make_pipeline", lambda: made.append(1) or original())
    await asyncio.gather(*(client.list_endpoints() for _ in range(20)))
    assert (len(made), len(server.received)) == (1, 20)


async def test_setting_up_counts(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """The operation's limit covers the set-up, and the error says that this was slow; the next call may go on."""
    client = make_client(timeouts=TimeoutConfig(operation=0.1))
    go, original = threading.Event(), client._session._make_pipeline

    def slow() -> Any:
        go.wait(10)
        return original()

    client._session.__dict__["_make_pipeline"] = slow
    with pytest.raises(OperationTimeout, match="setting up the client"):
        await client.list_endpoints()
    go.set()
    await client.with_config(timeouts=TimeoutConfig()).list_endpoints()
    assert len(server.received) == 1


async def test_each_caller_of_a_failed_set_up_gets_an_error_of_its_own() -> None:
    """A failure of the one set-up is raised at every call that waited for it, as another instance, and tried again."""
    session = SageMakerClient(credentials=KEYS)._session
    calls = (session.prepare("ListEndpoints", DescribeEndpointRequest(endpoint_name="n")) for _ in range(3))
    errors = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(error) for error in errors] == [NoRegionError] * 3
    assert len(set(map(id, errors))) == 3
    with pytest.raises(NoRegionError, match="AWS_REGION"):
        await session.endpoint()


async def test_environment_at_construction(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says counts as of the client's creation, whatever becomes of it before the first call."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    client = SageMakerClient(credentials=KEYS)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    async with client:
        await client.list_endpoints()
        assert (client.config.region, client.config.retry and client.config.retry.max_attempts) == ("eu-west-1", 7)
        view = client.with_config(user_agent_extra="x/1")
        await view.list_endpoints()
        assert view.config.region == "eu-west-1"
    assert ["/eu-west-1/" in request.headers["Authorization"] for request in server.received] == [True, True]


# Requests that are not sent


def test_settings_of_a_service_are_named_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service whose id differs from botocore's name of it has its variables named by the id, as AWS documents."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_FEATURESTORE_RUNTIME", "http://127.0.0.1:8")
    assert ApplicationAutoScalingClient(region="us-east-1").config.endpoint_url == "http://127.0.0.1:9"
    assert SageMakerFeatureStoreRuntimeClient(region="us-east-1").config.endpoint_url == "http://127.0.0.1:8"


async def test_prepare(client: SageMakerClient, server: Any) -> None:
    """A dry run gives the request with its address, checked and with its tokens, and sends nothing."""
    prepared = await client._session.prepare(
        "CreatePipeline", CreatePipelineRequest(pipeline_name="p", role_arn="arn:aws:iam::123456789012:role/r")
    )
    http_request = prepared.http_request
    assert (http_request.method, str(prepared.url)) == ("POST", server.url)
    assert http_request.headers["X-Amz-Target"] == "SageMaker.CreatePipeline"
    assert "Authorization" not in http_request.headers
    assert b'"ClientRequestToken":"' in http_request.body  # type: ignore[operator]  # bytes, of a JSON service
    bad = CreateEndpointConfigRequest(endpoint_config_name="c", production_variants=())
    with pytest.raises(ParamValidationError, match="at least 1"):
        await client._session.prepare("CreateEndpointConfig", bad)
    assert server.received == []


async def test_prepare_needs_no_credentials(server: Any) -> None:
    """Credentials are not looked for before anything is signed."""
    async with SageMakerClient(region="us-east-1", endpoint_url=server.url) as client:
        assert (await client._session.endpoint()).url == server.url
        await client._session.prepare("ListEndpoints", DescribeEndpointRequest(endpoint_name="n"))


async def test_another_signer_and_protocol(server: Any) -> None:
    """Unsigned, a session sends no signature and looks for no credentials; a protocol may be given too."""

    class Marked(AwsJson):
        def serialize(self, operation: Any, request: Any) -> Any:
            http_request = super().serialize(operation, request)
            http_request.headers["X-Marked"] = "yes"
            return http_request

    client = SageMakerClient(region="us-east-1", endpoint_url=server.url)
    marked = Marked(client._namespace.schema.metadata)
    async with client._over(client._session.having(signer=UNSIGNED, protocol=marked)) as other:
        await other.describe_endpoint(endpoint_name="n")
        await other.with_config(parameter_validation="off").describe_endpoint(endpoint_name="n")
    for received in server.received:
        assert not {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} & set(received.headers)
        assert received.headers["X-Marked"] == "yes"
    assert len(server.received) == 2


# Views


async def test_a_view_reads_with_its_own_times(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A view's time to read counts for its calls, on the connections of its client, whose own stays."""

    async def slowly(_: Any) -> web.Response:
        await asyncio.sleep(0.2)
        return web.json_response({"Endpoints": []})

    server.handle(slowly)
    client = make_client(timeouts=TimeoutConfig(read=0.05), retry=RetryConfig(mode="off"))
    with pytest.raises(ReadTimeout):
        await client.list_endpoints()
    view = client.with_config(timeouts=TimeoutConfig(read=5))
    assert (await view.list_endpoints()).http_status == 200
    with pytest.raises(ReadTimeout):
        await client.list_endpoints()


async def test_a_view_shares_what_it_does_not_change(client: SageMakerClient, server: Any) -> None:
    """A view retries as it was told, on its client's connections, credentials and skew; its close closes both."""
    await client.list_endpoints()
    view = client.with_config(retry=RetryConfig(mode="off"))
    same = client.with_config(parameter_validation="strict")
    server.answer({"__type": "InternalFailure"}, 500)
    with pytest.raises(ServiceError) as refused:
        await view.list_endpoints()
    assert refused.value.attempts == 1
    server.answer({"__type": "InternalFailure"}, 500)
    server.answer({"Endpoints": []})
    assert (await same.list_endpoints()).response_metadata.attempts == 2
    ours, other, like = (each._session._pipeline for each in (client, view, same))
    assert ours is not None
    assert other is not None
    assert like is not None
    assert view._session.connections is client._session.connections
    assert other.credentials is ours.credentials
    assert other.skew is ours.skew
    assert other.retries is not ours.retries
    assert like.retries is ours.retries
    with pytest.raises(ArgumentError, match="http"):
        client.with_config(http=HttpConfig())
    await view.close()
    with pytest.raises(ClientClosedError):
        await client.list_endpoints()


async def test_a_views_first_call(make_client: Callable[..., SageMakerClient]) -> None:
    """A view that is called before its client sets both up, and they share as ever."""
    client = make_client()
    view = client.with_config(user_agent_extra="x/1")
    await view.list_endpoints()
    ours, other = client._session._pipeline, view._session._pipeline
    assert ours is not None
    assert other is not None
    assert other.credentials is ours.credentials


# Another transport


class Canned:
    """A transport without sockets."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.closed = 0

    async def send(self, request: Any, /) -> HttpResponse:
        assert "Authorization" in request.sign()
        self.urls.append(str(request.url))
        return HttpResponse(200, {}, b'{"EndpointName": "canned"}')

    async def open(self, request: Any, /) -> Any:
        raise NotImplementedError

    async def close(self) -> None:
        self.closed += 1


async def test_a_transport_of_the_users_own() -> None:
    """`Config.transport` gets every call, of views too, and is closed with the client."""
    canned = Canned()
    client = SageMakerClient(region="us-east-1", credentials=KEYS, transport=canned)
    for each in (client, client.with_config(user_agent_extra="x/1")):
        assert (await each.describe_endpoint(endpoint_name="n")).endpoint_name == "canned"
    assert canned.urls == ["https://api.sagemaker.us-east-1.amazonaws.com"] * 2
    with pytest.raises(ArgumentError, match="transport"):
        client.with_config(transport=Canned())
    await client.close()
    assert canned.closed == 1
    with pytest.raises(ClientClosedError):
        await client.list_endpoints()
