"""Clients that are made at run time of the installed botocore's models."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import aiosagemaker
from aiosagemaker import client_for, errors
from aiosagemaker._client import BaseClient
from aiosagemaker._client_for import client_class
from aiosagemaker.config import Config
from aiosagemaker.errors import ArgumentError, ParamValidationError

from ..conftest import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosagemaker._client_for import ServiceClient

pytestmark = pytest.mark.models


@pytest.fixture
async def logs(server: Any, clock: Any) -> AsyncIterator[ServiceClient]:
    config = Config(region="eu-west-1", credentials=CREDENTIALS, clock=clock)
    async with client_for("logs", config, endpoint_url=server.url) as client:
        yield client


async def test_a_call(logs: ServiceClient, server: Any) -> None:
    """A call is checked, signed for its own service, sent and read as any other."""
    server.answer({"events": [{"timestamp": 1, "message": "hello"}], "nextToken": "t"})
    response = await logs.filter_log_events(log_group_name="/aws/sagemaker/Endpoints/churn", limit=5)
    assert response.events[0].message == "hello"
    assert isinstance(response, logs.shapes.FilterLogEventsResponse)
    (received,) = server.received
    assert received.headers["X-Amz-Target"] == "Logs_20140328.FilterLogEvents"
    assert "/eu-west-1/logs/aws4_request" in received.headers["Authorization"]
    assert received.json == {"logGroupName": "/aws/sagemaker/Endpoints/churn", "limit": 5}
    with pytest.raises(ParamValidationError, match="limit"):
        await logs.filter_log_events(log_group_name="g", limit=0)
    with pytest.raises(ArgumentError, match="log_group_nam"):
        await logs.filter_log_events(log_group_nam="g")
    assert len(server.received) == 1


async def test_pages(logs: ServiceClient, server: Any) -> None:
    """A paginator of the model is a method."""
    server.answer({"events": [{"message": "a"}], "nextToken": "t"})
    server.answer({"events": [{"message": "b"}]})
    found = await logs.paginate_filter_log_events(log_group_name="g").collect()
    assert [event.message for event in found] == ["a", "b"]


async def test_waits(server: Any, clock: Any) -> None:
    """A waiter of the model is a method."""
    settings: Any = {"region": "us-east-1", "credentials": CREDENTIALS, "clock": clock, "endpoint_url": server.url}
    server.answer({"Table": {"TableStatus": "CREATING"}})
    server.answer({"Table": {"TableStatus": "ACTIVE"}})
    async with client_for("dynamodb", **settings) as dynamodb:
        table = (await dynamodb.wait_until_table_exists(table_name="t")).table
    assert table.table_status == dynamodb.shapes.TableStatus.ACTIVE
    assert len(server.received) == 2


async def test_errors_are_caught_by_name(logs: ServiceClient, server: Any) -> None:
    """An error of such a service is caught by its own class, and by the error of its name in `errors`."""
    server.refuse("ResourceNotFoundException", "no such group")
    with pytest.raises(errors.ResourceNotFoundException, match="no such group") as caught:
        await logs.filter_log_events(log_group_name="g")
    assert type(caught.value) is logs.shapes.ResourceNotFoundException
    assert type(caught.value).__mro__[1] is errors.ResourceNotFoundException
    dynamodb = client_class("dynamodb").shapes
    assert issubclass(dynamodb.ConditionalCheckFailedException, errors.ConditionalCheckFailedException)
    assert issubclass(dynamodb.ThrottlingException, errors.ThrottlingException)


async def test_an_error_with_a_code_of_its_own(server: Any, clock: Any) -> None:
    """A member of an error does not hide what every error says of itself."""
    server.answer({"__type": "InvalidKMSResourceException", "message": "no key", "code": "KMSDisabled"}, 400)
    async with client_for(
        "firehose", region="us-east-1", credentials=CREDENTIALS, clock=clock, endpoint_url=server.url
    ) as client:
        with pytest.raises(client.shapes.InvalidKMSResourceException) as caught:
            await client.list_delivery_streams()
    assert (caught.value.code, caught.value.code_) == ("InvalidKMSResourceException", "KMSDisabled")


def test_an_error_that_one_shipped_service_names() -> None:
    """What one shipped service names is the base for every other service's error of that name."""
    assert issubclass(client_class("sagemaker").shapes.ResourceInUse, aiosagemaker.sagemaker.ResourceInUse)


def test_shapes_are_as_any() -> None:
    """The classes are built when asked for, listed, documented, equal by value, and have boto3's form."""
    shapes = client_class("dynamodb").shapes
    value = shapes.AttributeValue(m={"a": shapes.AttributeValue(s="b")})
    assert value.to_dict() == {"M": {"a": {"S": "b"}}}
    assert shapes.AttributeValue.from_dict({"M": {"a": {"S": "b"}}}) == value
    assert {"AttributeValue", "GetItemRequest", "ResourceInUseException"} <= set(dir(shapes))
    assert "https://docs.aws.amazon.com/goto/WebAPI/dynamodb-2012-08-10/GetItem\n" in shapes.GetItemRequest.__doc__
    assert repr(shapes) == "<the shapes of dynamodb>"
    for missing in ("NoSuchShape", "TableName"):
        with pytest.raises(AttributeError, match=f"dynamodb has no shape '{missing}'"):
            getattr(shapes, missing)


@pytest.mark.parametrize("make", [lambda c: c, lambda c: c.shapes.LogGroup(log_group_name="g"), lambda c: type(c)])
def test_pickles(make: Any) -> None:
    """A client, a shape, an enum's member and an error are pickled, and read in a process that has none of them yet."""
    client = client_for("logs", region="eu-west-1")
    shapes = client.shapes
    error = shapes.ResourceNotFoundException("gone", operation="X")
    values = [make(client), shapes.LogGroupClass.STANDARD, shapes.ResourceNotFoundException, error]
    code = (
        "import pickle, sys\nvalues = pickle.load(sys.stdin.buffer)\n"
        "print(*(repr(value) for value in values), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(values), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().splitlines() == [repr(value) for value in values]


def test_one_class_for_each_service() -> None:
    """All clients of a service are of one class, which is documented, and of a class that users can name."""
    first, second = client_for("logs", region="a"), client_for("logs", region="b")
    assert type(first) is type(second)
    assert isinstance(first, BaseClient)
    assert type(first).__name__ == "LogsClient"
    assert "CloudWatch Logs" in str(type(first).__doc__)
    assert type(first).shapes is first.shapes


def test_refusals() -> None:
    """Another protocol and an unknown setting are refused where the client is made."""
    with pytest.raises(ArgumentError, match="s3 speaks rest-xml"):
        client_for("s3")
    with pytest.raises(ArgumentError, match="regoin"):
        client_for("logs", regoin="eu-west-1")
    with pytest.raises(AttributeError, match="no attribute 'nonesuch'"):
        _ = aiosagemaker._client_for.nonesuch
