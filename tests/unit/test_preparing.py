"""What a request has become when it leaves, or that it does not leave, over real HTTP."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.errors import ParamValidationError
from aiosagemaker.sagemaker import (
    CreateImageVersionRequest,
    CreateWorkforceRequest,
    DescribeEndpointRequest,
    EndpointStatus,
    ListEndpointsRequest,
    OidcConfig,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient

LONG = "a" * 64
"""One character longer than a name may be."""


# What leaves


async def test_request(client: SageMakerClient, server: Any) -> None:
    """A call is one POST to the root with the operation in its target, signed and told apart by an id."""
    await client.create_endpoint(endpoint_name="n", endpoint_config_name="c", tags=[Tag(key="k", value="v")])
    (received,) = server.received
    assert (received.method, received.path) == ("POST", "/")
    assert received.headers["X-Amz-Target"] == "SageMaker.CreateEndpoint"
    assert received.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert received.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20200913/us-east-1/")
    assert received.headers["User-Agent"].startswith("aiosagemaker/")
    assert received.headers["amz-sdk-request"] == "attempt=1; max=3"
    assert uuid.UUID(received.headers["amz-sdk-invocation-id"]).version == 4
    assert received.json == {
        "EndpointName": "n",
        "EndpointConfigName": "c",
        "Tags": [{"Key": "k", "Value": "v"}],
    }


async def test_base_path(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """An endpoint URL with a path keeps it."""
    await make_client(endpoint_url=f"{server.url}/base/").list_endpoints()
    await make_client(endpoint_url=f"{server.url}/base").list_endpoints()
    assert [received.path for received in server.received] == ["/base/", "/base/"]


async def test_unknown_enum(client: SageMakerClient, server: Any) -> None:
    """An enum value that the model does not know goes to the service and comes back."""
    server.answer({"EndpointStatus": "Hibernating"})
    response = await client.describe_endpoint(endpoint_name="n")
    assert response.endpoint_status.is_unknown
    await client.list_endpoints(status_equals="Hibernating")
    await client.list_endpoints(status_equals=response.endpoint_status)
    await client.list_endpoints(status_equals=EndpointStatus.FAILED)
    assert [received.json.get("StatusEquals") for received in server.received[1:]] == ["Hibernating"] * 2 + ["Failed"]


# Tokens


async def test_token(client: SageMakerClient, server: Any) -> None:
    """A token left out is filled in once per call, the same in each attempt, another in each call."""
    server.answer({}, status=500)
    server.answer({}, status=500)
    server.answer({}, times=2)
    request = CreateImageVersionRequest(base_image="b", image_name="i")
    await client.create_image_version(request)
    await client.send(request)
    tokens = [received.json["ClientToken"] for received in server.received]
    assert tokens[0] == tokens[1] == tokens[2] != tokens[3]
    assert all(uuid.UUID(token).version == 4 for token in tokens)
    assert request.client_token is None


async def test_own_token(client: SageMakerClient, server: Any) -> None:
    """A token that is given is sent as it is."""
    await client.create_image_version(base_image="b", image_name="i", client_token="mine")
    assert server.received[0].json["ClientToken"] == "mine"


# Validation


@pytest.mark.parametrize(
    ("mode", "refused"),
    [
        ("standard", {"type", "required", "minimum"}),
        ("strict", {"type", "required", "minimum", "maximum", "pattern"}),
        ("off", {"type"}),
    ],
)
async def test_parameter_validation(
    make_client: Callable[..., SageMakerClient], server: Any, mode: Any, refused: set[str]
) -> None:
    """What is refused before it is sent follows `parameter_validation`; what cannot be written always is."""
    client = make_client(parameter_validation=mode)
    wrong = {
        "type": ListEndpointsRequest(creation_time_after="yesterday"),
        "required": DescribeEndpointRequest(endpoint_name=None),
        "minimum": ListEndpointsRequest(max_results=0),
        "maximum": DescribeEndpointRequest(endpoint_name=LONG),
        "pattern": DescribeEndpointRequest(endpoint_name="a_b"),
    }
    for rule, request in wrong.items():
        if rule in refused:
            with pytest.raises(ParamValidationError):
                await client.send(request)
            assert server.received == []
        else:
            await client.send(request)
            assert len(server.received) == 1
            server.received.clear()


async def test_strict_names_everything(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A strict client names every violation of a request and sends nothing."""
    with pytest.raises(ParamValidationError) as caught:
        await make_client(parameter_validation="strict").create_endpoint(
            endpoint_name=LONG, endpoint_config_name="a_b", tags=[Tag(key="", value="v" * 257)]
        )
    assert [(v.path, v.rule) for v in caught.value.violations] == [
        ("endpoint_name", "length"),
        ("endpoint_config_name", "pattern"),
        ("tags[0].key", "length"),
        ("tags[0].value", "length"),
    ]
    assert server.received == []


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), b"n"])
async def test_off_refuses_what_cannot_be_written(
    make_client: Callable[..., SageMakerClient], server: Any, value: Any
) -> None:
    """With validation off, what has no JSON is still a ParamValidationError, and nothing is sent."""
    with pytest.raises(ParamValidationError):
        await make_client(parameter_validation="off").create_endpoint(endpoint_name=value, endpoint_config_name="c")
    assert server.received == []


@pytest.mark.parametrize("mode", ["standard", "strict"])
async def test_no_secret_in_an_error(make_client: Callable[..., SageMakerClient], server: Any, mode: Any) -> None:
    """A violation of a sensitive member does not have its value, through a client too."""
    oidc = OidcConfig(
        client_id="id",
        client_secret=["hunter2"],
        issuer="i",
        authorization_endpoint="a",
        token_endpoint="t",
        user_info_endpoint="u",
        logout_endpoint="l",
        jwks_uri="j",
    )
    with pytest.raises(ParamValidationError) as caught:
        await make_client(parameter_validation=mode).create_workforce(workforce_name="w", oidc_config=oidc)
    assert "oidc_config.client_secret" in str(caught.value)
    assert "hunter2" not in f"{caught.value}{caught.value!r}"
    assert "hunter2" not in repr(CreateWorkforceRequest(workforce_name="w", oidc_config=oidc))
    assert server.received == []
