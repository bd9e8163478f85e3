"""The methods of a client look and behave like functions."""

from __future__ import annotations

import inspect
import pickle
import pydoc
import subprocess
import sys
import typing
from types import FunctionType
from typing import Any
from unittest import mock

import attrs
import pytest

from aiosagemaker import Config, SageMakerClient
from aiosagemaker._client import BaseClient
from aiosagemaker.errors import ArgumentError
from aiosagemaker.sagemaker import DescribeEndpointRequest
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
    parameters = inspect.signature(SageMakerClient.paginate_list_endpoints).parameters
    assert {"name_contains", "page_size", "starting_token"} <= set(parameters)


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
        (NAMESPACE.schema.paginators.items(), {"page_size", "starting_token"}),
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
    """A mock made from the class or a client has awaitable methods that check their keywords and take requests."""
    client: Any = mock.AsyncMock(spec=SageMakerClient)
    client.describe_endpoint.return_value = "described"
    assert await client.describe_endpoint(endpoint_name="n") == "described"
    with pytest.raises(AttributeError):
        client.describe_endpiont()
    for made in (
        mock.create_autospec(SageMakerClient()),
        mock.create_autospec(SageMakerClient, instance=True),
        mock.create_autospec(SageMakerClient)(),
    ):
        assert isinstance(made.describe_endpoint, mock.AsyncMock)
        assert isinstance(made.wait_until_endpoint_in_service, mock.AsyncMock)
        assert not isinstance(made.paginate_list_endpoints, mock.AsyncMock)
        made.describe_endpoint.return_value = "described"
        assert await made.describe_endpoint(endpoint_name="n") == "described"
        made.describe_endpoint.assert_awaited_once_with(endpoint_name="n")
        assert await made.describe_endpoint(DescribeEndpointRequest(endpoint_name="n")) == "described"
        for keywords in ({"endpoint": "n"}, {}, {"endpoint_name": "n", "colour": 1}):
            with pytest.raises(TypeError):
                await made.describe_endpoint(**keywords)


async def test_patch() -> None:
    """A method patched with its own signature checks keywords and is awaited, and the patch leaves no trace."""
    for name in ("describe_endpoint", "describe_pipeline"):  # one that was in use, one that never was
        with mock.patch.object(SageMakerClient, name, autospec=True, return_value="described") as patched:
            client = SageMakerClient()
            keyword = {name.replace("describe_", "") + "_name": "n"}
            assert await getattr(client, name)(**keyword) == "described"
            patched.assert_awaited_once_with(client, **keyword)
            with pytest.raises(TypeError):
                await getattr(client, name)(colour="n")
        assert getattr(SageMakerClient, name).__qualname__ == f"SageMakerClient.{name}"
        assert isinstance(getattr(SageMakerClient, name), FunctionType)


def test_functions_are_made_when_asked_for() -> None:
    """Importing a client makes none of its methods; one that is asked for is a function of the class from then on."""
    program = (
        "from types import FunctionType; from aiosagemaker import SageMakerClient\n"
        "def made(): return [n for c in SageMakerClient.__mro__ for n, v in vars(c).items()"
        " if isinstance(v, FunctionType) and n in names]\n"
        "schema = SageMakerClient._namespace.schema\n"
        "names = {r['method'] for t in (schema.operations, schema.waiters, schema.paginators) for r in t.values()}\n"
        "assert made() == [] and len(names) == 544\n"
        "assert hasattr(SageMakerClient(), 'create_endpoint') and made() == ['create_endpoint']\n"
        "assert type(vars(SageMakerClient)['create_endpoint']) is FunctionType\n"
        "assert names <= set(dir(SageMakerClient)) and made() == ['create_endpoint']\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_repr_and_class_access() -> None:
    """On the class a method is itself, named as a function is."""
    assert repr(SageMakerClient.create_endpoint).startswith("<function SageMakerClient.create_endpoint at ")
    assert isinstance(SageMakerClient.create_endpoint, FunctionType)
    assert SageMakerClient.create_endpoint is SageMakerClient.__dict__["create_endpoint"]


def test_hints() -> None:
    """Nothing that reads type hints of a method fails."""
    assert isinstance(typing.get_type_hints(SageMakerClient.create_endpoint), dict)


def test_never_awaited() -> None:
    """A coroutine that nobody awaits is named after its operation."""
    coroutine: Any = SageMakerClient().create_endpoint(endpoint_name="n", endpoint_config_name="c")
    with pytest.warns(RuntimeWarning, match="coroutine 'SageMakerClient.create_endpoint' was never awaited"):
        del coroutine


async def test_traceback() -> None:
    """A traceback shows the method by its name."""
    with pytest.raises(ArgumentError) as caught:
        await SageMakerClient().create_endpoint(nam="n")
    assert [frame.name for frame in caught.traceback][1] == "create_endpoint"


def test_pickle() -> None:
    """A method, of the class or of a client, is pickled by its name."""
    assert pickle.loads(pickle.dumps(SageMakerClient.create_endpoint)) is SageMakerClient.create_endpoint
    bound = pickle.loads(pickle.dumps(SageMakerClient(region="eu-west-1").create_endpoint))
    assert bound.__func__ is SageMakerClient.create_endpoint
    assert bound.__self__.config.region == "eu-west-1"


def test_documentation_is_written_when_read() -> None:
    """A method's docstring is a string that is written only when somebody reads it."""
    program = (
        "import sys; from aiosagemaker import SageMakerClient\n"
        "method = SageMakerClient.describe_endpoint\n"
        "assert isinstance(method.__doc__, str) and 'aiosagemaker._docs.documentation' not in sys.modules\n"
        "assert 'Takes a DescribeEndpointRequest' in method.__doc__\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


async def test_subclass() -> None:
    """A client may be subclassed, its methods overridden, and reached through `super`, though never used before."""
    calls: list[str] = []

    class Mixin:
        async def delete_endpoint(self, **members: Any) -> Any:
            calls.append("mixin")
            return await super().delete_endpoint(**members)  # type: ignore[misc]  # of the client that it is mixed into

    class Mine(Mixin, SageMakerClient):
        """With methods of its own."""

        async def create_endpoint(self, *arguments: Any, **members: Any) -> Any:
            calls.append("mine")
            return await super().create_endpoint(*arguments, **members)

        async def other(self) -> Any:
            return await super().delete_endpoint_config(nam="n")

    class Generated(Mixin, BaseClient, namespace=NAMESPACE):
        """With a mixin that the service's own methods must not hide."""

        async def create_endpoint(self, *arguments: Any, **members: Any) -> Any:
            calls.append("generated")
            return await super().create_endpoint(*arguments, **members)  # type: ignore[misc]  # the service's

    for cls in (Mine, Generated):
        client: Any = cls()
        for name in ("create_endpoint", "delete_endpoint", "create_endpoint"):
            with pytest.raises(ArgumentError):
                await getattr(client, name)(nam="n")
    assert calls == ["mine", "mixin", "mine", "generated", "mixin", "generated"]
    with pytest.raises(ArgumentError, match="delete_endpoint_config"):
        await Mine().other()
    assert Mine.__dict__["create_endpoint"].__qualname__.endswith("Mine.create_endpoint")
    assert Mine.describe_endpoint is SageMakerClient.describe_endpoint


def test_signature_shows_no_ellipsis() -> None:
    """Required members have no default, in the signature and in the help of a client's method."""
    text = str(inspect.signature(SageMakerClient().create_endpoint))
    assert "endpoint_name: 'str'," in text
    assert "Ellipsis" not in pydoc.plain(pydoc.render_doc(SageMakerClient().create_endpoint))


def test_signature_of_the_constructor() -> None:
    """A client's signature has Config's fields; a subclass with a constructor of its own has that one's."""
    parameters = inspect.signature(SageMakerClient).parameters
    assert list(parameters)[:3] == ["config", "region", "credentials"]
    assert {field.name for field in attrs.fields(Config) if field.init} == {*parameters} - {"config"}

    class Mine(SageMakerClient):
        def __init__(self, team: str) -> None:
            super().__init__()

    assert list(inspect.signature(Mine).parameters) == ["team"]
