"""Messages that teach."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker import Credentials, SageMakerClient, SageMakerRuntimeClient, sagemaker
from aiosagemaker._hints import region_hint
from aiosagemaker.errors import ArgumentError, ParamValidationError
from aiosagemaker.sagemaker import (
    CreateEndpointConfigRequest,
    EndpointSummary,
    ListEndpointsResponse,
    ProductionVariant,
)

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


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"timout": 5}, "timout: unknown keyword; did you mean timeout?"),
        (
            {"WaiterConfig": {}},
            "WaiterConfig: unknown keyword; that is boto3's, here there are min_delay, max_delay and timeout",
        ),
    ],
)
async def test_options_of_waits(client: Any, given: dict[str, Any], said: str) -> None:
    """So is an unknown option of a wait."""
    with pytest.raises(ArgumentError) as caught:
        await client.wait_until_endpoint_in_service(endpoint_name="a", **given)
    assert str(caught.value).endswith(said)


def test_options_of_paginators(client: Any) -> None:
    """And of a paginator."""
    with pytest.raises(ArgumentError, match=r"pagesiz: unknown keyword; did you mean page_size\?"):
        client.paginate_list_endpoints(pagesiz=5)
    with pytest.raises(ArgumentError, match=r"PaginationConfig: .*, here there are page_size, starting_token and"):
        client.paginate_list_endpoints(PaginationConfig={})


def test_classes_of_a_service() -> None:
    """A mistyped class is told with the one that is meant, also to an import."""
    with pytest.raises(ImportError, match=r"'CreateEndpointRequst'; did you mean CreateEndpointRequest\?"):
        exec("from aiosagemaker.sagemaker import CreateEndpointRequst", {})
    with pytest.raises(AttributeError, match=r"'ResourceInUsed'; did you mean ResourceInUse\?"):
        getattr(sagemaker, "ResourceInUsed")  # noqa: B009 - a checker knows that it is not there
    with pytest.raises(AttributeError, match=r"has no attribute 'endpoint'$"):  # as of a module that is looked for
        getattr(sagemaker, "endpoint")  # noqa: B009


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
        ("exceptions", "errors are in aiosagemaker.errors"),
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


def runtime() -> Any:
    return SageMakerRuntimeClient(**SETTINGS)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda client: client, "SageMakerClient is an asynchronous context manager: use `async with`"),
        (lambda _: runtime().invoke_endpoint_with_response_stream(endpoint_name="a", body=b""), "use `async with`"),
        (lambda _: runtime().chat("a", "hello"), "ChatStream is .*: use `async with`"),
        (lambda _: runtime().session("a"), "InferenceSession is .*: use `async with`"),
        (lambda client: client.paginate_list_endpoints(), r"use `async for`, or `await` its `collect\(\)`"),
    ],
    ids=["client", "stream", "chat", "session", "paginator"],
)
async def test_what_is_asynchronous(client: Any, make: Any, said: str) -> None:
    """In a plain `with` or `for`, or awaited, it says how it is used, and what runs that from synchronous code."""
    said = rf"{said}, in a coroutine that asyncio\.run"
    made = make(client)
    if hasattr(made, "__aenter__"):
        with pytest.raises(TypeError, match=said), made:
            pass
    with pytest.raises(TypeError, match=said):
        list(made)
    with pytest.raises(TypeError, match=said):
        await made


def test_a_response_is_no_dict() -> None:
    """Subscripting a structure names the attribute, by boto3's name too."""
    response: Any = ListEndpointsResponse(endpoints=())
    with pytest.raises(TypeError, match=r"a ListEndpointsResponse is no dict: use \.endpoints, or \.to_dict\(\)"):
        response["Endpoints"]
    with pytest.raises(TypeError, match="not iterable"):
        iter(response)
    assert not hasattr(EndpointSummary, "__len__")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("variant_name", "; did you mean VariantName?"),
        ("VariantNam", "; did you mean VariantName?"),
        ("Quite", ""),
    ],
)
def test_keys_of_dicts(key: str, said: str) -> None:
    """An unknown key of boto3's form, at any depth, is told with what to write in its place."""
    variant = {"VariantName": "a", key: "b"}
    with pytest.raises(ParamValidationError) as caught:
        CreateEndpointConfigRequest.from_dict({"EndpointConfigName": "a", "ProductionVariants": [variant]})
    (violation,) = caught.value.violations
    assert str(violation) == f"production_variants[0].{key}: unknown key, ProductionVariant has no such member{said}"


def test_keys_of_json() -> None:
    """So is one of the wire's JSON."""
    with pytest.raises(ParamValidationError, match=r"variant_name: unknown key, .*; did you mean VariantName\?"):
        ProductionVariant.from_json('{"VariantName": "a", "variant_name": "b"}')


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("eu-west-1", ""),
        ("eu-wst-1", "the installed botocore knows no region 'eu-wst-1'; did you mean eu-west-1?"),
        ("US_EAST_1", "the installed botocore knows no region 'US_EAST_1'; did you mean us-east-1?"),
        ("us-east-1a", "the installed botocore knows no region 'us-east-1a'; did you mean us-east-1?"),
        ("elsewhere", "the installed botocore knows no region 'elsewhere'"),
    ],
)
def test_regions(region: str, said: str) -> None:
    """A region that is not known is told with the one that may be meant; one that is known not at all."""
    assert region_hint(region, ["us-east-1", "eu-central-1", "eu-west-1"]) == said
