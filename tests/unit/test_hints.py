"""Messages that teach."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker import Credentials, SageMakerClient, SageMakerRuntimeClient
from aiosagemaker.errors import ArgumentError, ParamValidationError
from aiosagemaker.sagemaker import CreateEndpointConfigRequest, EndpointSummary, ListEndpointsResponse

SETTINGS: dict[str, Any] = {"region": "eu-west-1", "credentials": Credentials("a", "b")}


@pytest.fixture
def client() -> Any:
    return SageMakerClient(**SETTINGS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"EndpointName": "a"}, "EndpointName: unknown keyword; that is boto3's name, here it is endpoint_name"),
        ({"endpoint_nam": "a"}, "endpoint_nam: unknown keyword; did you mean endpoint_name?"),
        ({"quite_other": "a"}, "quite_other: unknown keyword\n"),
    ],
)
async def test_keywords_of_calls(client: Any, given: dict[str, str], said: str) -> None:
    """An unknown keyword of a call is told with what to write in its place."""
    with pytest.raises(ArgumentError) as caught:
        await client.create_endpoint(**given)
    assert said in str(caught.value)


async def test_a_dict_in_the_place_of_a_request(client: Any) -> None:
    """A call that is given boto3's dict says how a request is made of it."""
    with pytest.raises(ArgumentError, match=r"not dict; use CreateEndpointRequest\.from_dict\(\.\.\.\)"):
        await client.create_endpoint({"EndpointName": "a"})


def test_a_dict_in_the_place_of_a_structure() -> None:
    """A dict where a structure is wanted is told with the structure's from_dict."""
    variants: Any = [{"VariantName": "a"}]
    request = CreateEndpointConfigRequest(endpoint_config_name="a", production_variants=variants)
    with pytest.raises(ParamValidationError, match=r"expected ProductionVariant; use ProductionVariant\.from_dict"):
        request.validate()


def test_a_region_in_the_place_of_a_config() -> None:
    """A client that is given text in the place of a Config asks whether it is a region."""
    region: Any = "us-east-1"
    with pytest.raises(ArgumentError, match=r"takes a Config.*; did you mean region='us-east-1'\?"):
        SageMakerClient(region)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("get_paginator", "client.paginate_list_endpoints"),
        ("get_waiter", "client.wait_until_endpoint_in_service"),
        ("invoke_endpoint", "SageMakerRuntimeClient has it"),
    ],
)
def test_attributes_of_other_clients(client: Any, name: str, said: str) -> None:
    """An attribute that boto3's clients have, or the runtime's, points the way."""
    assert not hasattr(client, name)
    with pytest.raises(AttributeError, match=said):
        getattr(client, name)


def test_with_a_client(client: Any) -> None:
    """A client in a plain `with` says `async with` and how it is run."""
    with pytest.raises(TypeError, match=r"use `async with`.*asyncio\.run"), client:
        pass


async def test_a_stream_that_is_used_otherwise() -> None:
    """A stream in a plain `with` or `for`, or awaited, says `async with`."""
    stream: Any = SageMakerRuntimeClient(**SETTINGS).invoke_endpoint_with_response_stream(endpoint_name="a", body=b"")
    with pytest.raises(TypeError, match="use `async with`"), stream:
        pass
    with pytest.raises(TypeError, match="use `async with`"):
        list(stream)
    with pytest.raises(TypeError, match="use `async with`"):
        await stream


def test_a_response_is_no_dict() -> None:
    """Subscripting a structure names the attribute, by boto3's name too."""
    response: Any = ListEndpointsResponse(endpoints=())
    with pytest.raises(TypeError, match=r"a ListEndpointsResponse is no dict: use \.endpoints, or \.to_dict\(\)"):
        response["Endpoints"]
    with pytest.raises(TypeError, match="not iterable"):
        iter(response)
    assert not hasattr(EndpointSummary, "__len__")


def test_without_asyncio(client: Any) -> None:
    """A call that another library's event loop runs says whose is needed."""
    call = client.list_endpoints()
    with pytest.raises(RuntimeError, match=r"asyncio's event loop.*trio"):
        call.send(None)
