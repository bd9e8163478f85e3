"""A client's life, and what it refuses before anything is sent."""

from __future__ import annotations

import asyncio
import gc
import pickle
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import Config, SageMakerClient
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import (
    ArgumentError,
    ClientClosedError,
    ConfigError,
    EndpointResolutionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    SdkError,
)
from aiosagemaker.sagemaker import (
    CreateEndpointRequest,
    DescribeEndpointRequest,
    DescribeEndpointResponse,
    ListEndpointsRequest,
    Tag,
)
from aiosagemaker.sagemaker.models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = Credentials("AKIDEXAMPLE", "the-secret")


# Life


def test_creating_needs_no_loop() -> None:
    """A client is made outside any event loop, before any region or credentials are known, and warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = SageMakerClient()
        del client
        gc.collect()


def test_creating_reads_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configuration files are read at the first call, not when the client is made."""
    monkeypatch.setenv("AWS_PROFILE", "missing")
    client = SageMakerClient()
    with pytest.raises(ConfigError):
        _ = client.config


def test_two_event_loops_after_a_failed_set_up() -> None:
    """Many calls at once that all fail for want of a region do so in a second event loop too."""
    client = SageMakerClient(credentials=KEYS)

    async def call() -> list[Any]:
        return await asyncio.gather(*(client.list_endpoints() for _ in range(5)), return_exceptions=True)

    for _ in range(2):
        assert {type(error) for error in asyncio.run(call())} == {NoRegionError}


async def test_unclosed(server: Any) -> None:
    """A client that is garbage-collected open warns, by its name."""
    client = SageMakerClient(region="us-east-1", credentials=KEYS, endpoint_url=server.url)
    await client.list_endpoints()
    held = [client]
    del client

    def release() -> None:
        held.clear()
        gc.collect()

    with pytest.warns(ResourceWarning, match="unclosed SageMakerClient"):
        release()


async def test_context_manager(server: Any) -> None:
    """`async with` closes the client; closing it once more is no error."""
    async with SageMakerClient(region="us-east-1", credentials=KEYS, endpoint_url=server.url) as client:
        await client.list_endpoints()
        assert "open" in repr(client)
    assert "closed" in repr(client)
    await client.close()


async def test_closed(client: SageMakerClient, server: Any) -> None:
    """A closed client refuses every kind of call and sends nothing."""
    await client.close()
    with pytest.raises(ClientClosedError, match="closed"):
        await client.list_endpoints()
    with pytest.raises(ClientClosedError):
        await client.send(ListEndpointsRequest())
    with pytest.raises(ClientClosedError):
        await client.wait_until_endpoint_in_service(endpoint_name="churn")
    with pytest.raises(ClientClosedError):
        await client.paginate_list_endpoints().collect()
    assert isinstance(ClientClosedError(), SdkError)
    assert server.received == []


async def test_cancelled_first_call(client: SageMakerClient, server: Any) -> None:
    """Cancelling the first call, while the client sets itself up, spoils no later one."""
    task = asyncio.create_task(client.list_endpoints())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await client.list_endpoints()).http_status == 200


def test_no_secrets_in_repr() -> None:
    """A client's repr has its region and no keys."""
    text = repr(SageMakerClient(region="eu-north-1", credentials=KEYS))
    assert "eu-north-1" in text
    assert "secret" not in text


def test_pickle_has_no_secrets() -> None:
    """A pickled client is a new one with the same settings, without its keys."""
    pickled = pickle.dumps(SageMakerClient(region="eu-north-1", credentials=KEYS))
    assert b"the-secret" not in pickled
    assert pickle.loads(pickled).config.region == "eu-north-1"


def test_overrides_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keywords win over the Config given, which wins over the environment."""
    monkeypatch.setenv("AWS_REGION", "us-west-1")
    assert SageMakerClient().config.region == "us-west-1"
    config = Config(region="us-west-2")
    assert SageMakerClient(config).config.region == "us-west-2"
    client = SageMakerClient(config, region="eu-west-1")
    assert client.config.region == "eu-west-1"
    assert client.config.source_of("region") == "explicit"


def test_unknown_override() -> None:
    """A misspelt setting is refused when the client is made, with the name that was meant."""
    with pytest.raises(ArgumentError, match="did you mean region"):
        SageMakerClient(regoin="us-east-1")


# Bad input: nothing is sent


async def test_send(client: SageMakerClient, server: Any) -> None:
    """`send` takes any request of the service and returns its own response type."""
    server.answer({"EndpointName": "churn", "EndpointStatus": "InService"})
    response = await client.send(DescribeEndpointRequest(endpoint_name="churn"))
    assert type(response) is DescribeEndpointResponse
    assert response.endpoint_status == "InService"


@pytest.mark.parametrize(
    "request_",
    [
        None,
        "DescribeEndpoint",
        {"EndpointName": "churn"},
        DescribeEndpointRequest,
        Tag(key="k", value="v"),
        DescribeEndpointResponse.from_dict({}),
        object(),
    ],
    ids=repr,
)
async def test_send_refuses(client: SageMakerClient, server: Any, request_: Any) -> None:
    """`send` refuses what is not a request, and sends nothing."""
    with pytest.raises(ArgumentError, match="send takes a request"):
        await client.send(request_)
    assert server.received == []


async def test_send_refuses_another_service(client: SageMakerClient, server: Any) -> None:
    """`send` refuses a request of another service, although it may have the same name."""
    runtime = pytest.importorskip("aiosagemaker.sagemaker_runtime")
    with pytest.raises(ArgumentError, match="of its service"):
        await client.send(runtime.InvokeEndpointRequest(endpoint_name="churn", body=b""))
    assert server.received == []


async def test_no_region() -> None:
    """Without a region a call says where to set one."""
    async with SageMakerClient(credentials=KEYS) as client:
        with pytest.raises(NoRegionError, match="AWS_REGION"):
            await client.list_endpoints()


async def test_no_credentials(server: Any) -> None:
    """Without credentials a call says where to set them, and sends nothing."""
    async with SageMakerClient(region="us-east-1", endpoint_url=server.url) as client:
        with pytest.raises(NoCredentialsError, match="AWS_ACCESS_KEY_ID"):
            await client.list_endpoints()
    assert server.received == []


@pytest.mark.parametrize("url", ["localhost:5000", "localhost", "//localhost", "ftp://localhost", "http://"])
async def test_endpoint_without_scheme(url: str) -> None:
    """An endpoint URL that is none is refused as such, wherever it comes from."""
    with pytest.raises(EndpointResolutionError):
        SageMakerClient(region="us-east-1", credentials=KEYS, endpoint_url=url)


async def test_endpoint_without_scheme_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint URL of the environment is refused at the first call."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER", "localhost:5000")
    async with SageMakerClient(region="us-east-1", credentials=KEYS) as client:
        with pytest.raises(EndpointResolutionError, match="AWS_ENDPOINT_URL_SAGEMAKER"):
            await client.list_endpoints()


@pytest.mark.parametrize(
    ("members", "path", "rule"),
    [
        ({"endpoint_name": 5, "endpoint_config_name": "c"}, "endpoint_name", "type"),
        ({"endpoint_name": b"n", "endpoint_config_name": "c"}, "endpoint_name", "type"),
        ({"endpoint_name": None, "endpoint_config_name": "c"}, "endpoint_name", "required"),
        ({"endpoint_name": "n", "endpoint_config_name": "c", "tags": "ab"}, "tags", "type"),
        ({"endpoint_name": "n", "endpoint_config_name": "c", "tags": [{"Key": "k"}]}, "tags[0]", "type"),
        ({"endpoint_name": "n", "endpoint_config_name": "c", "tags": [None]}, "tags[0]", "type"),
        ({"endpoint_name": "n", "endpoint_config_name": "c", "tags": 5}, "tags", "type"),
        ({"endpoint_name": "n"}, "endpoint_config_name", "required"),
        ({"endpoint_name": "n", "endpoint_config_name": "c", "endpoint_nam": "n"}, "endpoint_nam", "unknown"),
    ],
)
async def test_bad_member(client: SageMakerClient, server: Any, members: dict[str, Any], path: str, rule: str) -> None:
    """A wrong type, a missing member and an unknown keyword are each named, and nothing is sent."""
    with pytest.raises(ParamValidationError) as caught:
        await client.create_endpoint(**members)
    assert [(violation.path, violation.rule) for violation in caught.value.violations] == [(path, rule)]
    assert path in str(caught.value)
    assert server.received == []


async def test_every_fault_of_a_call(client: SageMakerClient, server: Any) -> None:
    """All unknown and missing keywords are named at once."""
    with pytest.raises(ArgumentError) as caught:
        await client.create_endpoint(nam="n", config="c")
    assert [(v.path, v.rule) for v in caught.value.violations] == [
        ("nam", "unknown"),
        ("config", "unknown"),
        ("endpoint_name", "required"),
        ("endpoint_config_name", "required"),
    ]
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, ValueError)
    assert server.received == []


async def test_request_and_keywords(client: SageMakerClient, server: Any) -> None:
    """A request object and keywords in one call are refused."""
    request = CreateEndpointRequest(endpoint_name="n", endpoint_config_name="c")
    with pytest.raises(ArgumentError, match="a request or keywords, not both"):
        await client.create_endpoint(request, endpoint_name="n")
    assert server.received == []


@pytest.mark.parametrize("request_", [DescribeEndpointRequest(endpoint_name="n"), {"EndpointName": "n"}, "n", 0, ""])
async def test_wrong_request(client: SageMakerClient, server: Any, request_: Any) -> None:
    """A method refuses another operation's request, and what is not a request."""
    with pytest.raises(ArgumentError, match="takes a CreateEndpointRequest"):
        await client.create_endpoint(request_)
    assert server.received == []


async def test_an_error_in_the_callers_own_iterable(client: SageMakerClient, server: Any) -> None:
    """An error that the caller's own generator raises reaches the caller as it is."""

    def tags() -> Iterator[Tag]:
        yield Tag(key="k", value="v")
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        await client.create_endpoint(endpoint_name="n", endpoint_config_name="c", tags=tags())
    assert server.received == []


async def test_every_method_is_there(client: SageMakerClient) -> None:
    """The client has every operation, waiter and paginator of the model, and `dir` lists them."""
    schema = NAMESPACE.schema
    names = {
        row["method"] for section in (schema.operations, schema.waiters, schema.paginators) for row in section.values()
    }
    assert len(names) == 434 + 13 + 97
    assert names <= set(dir(client))
    assert all(callable(getattr(client, name)) for name in names)
