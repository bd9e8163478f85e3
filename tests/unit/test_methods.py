"""The methods of a client look and behave like functions."""

from __future__ import annotations

import inspect
import pydoc
import typing
from typing import Any
from unittest import mock

import pytest

from aiosagemaker import SageMakerClient
from aiosagemaker.sagemaker.models import NAMESPACE


def test_signature_of_an_operation() -> None:
    """An operation's signature has the request or its members as keywords, typed, and returns its response."""
    signature = inspect.signature(SageMakerClient.create_endpoint)
    assert list(signature.parameters) == [
        "self",
        "request",
        "endpoint_name",
        "endpoint_config_name",
        "deployment_config",
        "tags",
    ]
    assert signature.parameters["request"].kind is inspect.Parameter.POSITIONAL_ONLY
    assert signature.parameters["tags"].kind is inspect.Parameter.KEYWORD_ONLY
    assert signature.parameters["tags"].annotation == "Iterable[Tag] | None"
    assert signature.return_annotation == "CreateEndpointResponse"


def test_signature_of_a_bound_method() -> None:
    """On a client the signature has no self."""
    assert "self" not in inspect.signature(SageMakerClient().create_endpoint).parameters


def test_signature_of_a_waiter() -> None:
    """A waiter's signature has the members and the options of the wait."""
    parameters = inspect.signature(SageMakerClient.wait_until_endpoint_in_service).parameters
    assert {"endpoint_name", "timeout", "min_delay", "max_delay", "on_poll"} <= set(parameters)


def test_signature_of_a_paginator() -> None:
    """A paginator's signature has the members and the page size."""
    assert {"name_contains", "page_size"} <= set(inspect.signature(SageMakerClient.paginate_list_endpoints).parameters)


def test_every_signature() -> None:
    """The signature, name and documentation of every method can be read."""
    for section in (NAMESPACE.schema.operations, NAMESPACE.schema.waiters, NAMESPACE.schema.paginators):
        for row in section.values():
            method = getattr(SageMakerClient, row["method"])
            assert inspect.signature(method).parameters
            assert method.__name__ == row["method"]
            assert method.__qualname__ == f"SageMakerClient.{row['method']}"
            assert method.__module__ == "aiosagemaker.sagemaker.client"


@pytest.mark.parametrize(
    ("name", "is_coroutine"),
    [("create_endpoint", True), ("wait_until_endpoint_in_service", True), ("paginate_list_endpoints", False)],
)
def test_kind(name: str, is_coroutine: bool) -> None:
    """Operations and waiters are coroutine functions to `inspect`, paginators are functions."""
    assert inspect.iscoroutinefunction(getattr(SageMakerClient(), name)) is is_coroutine
    assert inspect.iscoroutinefunction(getattr(SageMakerClient, name)) is is_coroutine
    assert inspect.isroutine(getattr(SageMakerClient(), name))


def test_members_do_not_meet_options() -> None:
    """No request has a member that a waiter's or a paginator's option would hide."""
    for section, options in (
        (NAMESPACE.schema.waiters.items(), {"timeout", "min_delay", "max_delay", "on_poll"}),
        (NAMESPACE.schema.paginators.items(), {"page_size"}),
    ):
        for name, row in section:
            operation = NAMESPACE.schema.operations[row.get("operation", name)]
            members = {member["name"] for member in NAMESPACE.shapes[operation["input"]]["members"].values()}
            assert not members & options


def test_help() -> None:
    """`help` shows an operation."""
    text = pydoc.plain(pydoc.render_doc(SageMakerClient.create_endpoint))
    assert "create_endpoint" in text


async def test_mocks() -> None:
    """A mock made from the class or a client has awaitable methods, and one made from a client checks keywords."""
    client: Any = mock.AsyncMock(spec=SageMakerClient)
    client.describe_endpoint.return_value = "described"
    assert await client.describe_endpoint(endpoint_name="n") == "described"
    with pytest.raises(AttributeError):
        client.describe_endpiont()
    client = mock.create_autospec(SageMakerClient())
    client.describe_endpoint.return_value = "described"
    assert await client.describe_endpoint(endpoint_name="n") == "described"
    client.describe_endpoint.assert_awaited_once_with(endpoint_name="n")
    with pytest.raises(TypeError):
        await client.describe_endpoint(endpoint="n")


def test_repr_and_class_access() -> None:
    """On the class a method is itself, named as a function is."""
    assert repr(SageMakerClient.create_endpoint) == "<function SageMakerClient.create_endpoint>"
    assert SageMakerClient.create_endpoint is SageMakerClient.__dict__["create_endpoint"]


def test_hints() -> None:
    """Nothing that reads type hints of a method fails."""
    assert isinstance(typing.get_type_hints(SageMakerClient.create_endpoint), dict)


def test_subclass() -> None:
    """A client may be subclassed, its methods overridden and called."""

    class Mine(SageMakerClient, namespace=NAMESPACE):
        """With one method of its own."""

        async def create_endpoint(self, *arguments: Any, **members: Any) -> Any:
            return "mine"

    class Plain(SageMakerClient, namespace=NAMESPACE):
        """With none."""

    assert Mine.__dict__["create_endpoint"].__qualname__.endswith("Mine.create_endpoint")
    assert callable(Plain().describe_endpoint)
