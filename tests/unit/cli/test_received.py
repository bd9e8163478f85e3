"""What the service said, without what a client fills in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiosagemaker._protocols.aws_json import AwsJson
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker._protocols.rest_json import RestJson
from aiosagemaker.cli.commands import command_of
from aiosagemaker.cli.received import Received

ANSWER: dict[str, Any] = {
    "Endpoints": [
        None,
        {"EndpointName": "e", "CreationTime": 1577934245.5, "EndpointStatus": None},
        {"EndpointArn": "a", "LastModifiedTime": 1577934245},
    ],
    "NextToken": None,
    "Unknown": 1,
}


@pytest.mark.parametrize("wire_times", [False, True])
def test_nothing_is_added(wire_times: bool) -> None:
    """Members that were left out or null are not there, at any depth; times are as they are wanted."""
    command = command_of("sagemaker", "ListEndpoints")
    received = Received(AwsJson(command.namespace.schema.metadata), wire_times=wire_times)
    operation = command.namespace.operation("ListEndpoints")
    response = received.parse(operation, HttpResponse(200, {}, json.dumps(ANSWER).encode()))
    told = received.plain(response)
    assert [item.keys() for item in told["Endpoints"]] == [
        {"EndpointName", "CreationTime"},
        {"EndpointArn", "LastModifiedTime"},
    ]
    assert told.keys() == {"Endpoints"}
    assert (told["Endpoints"][0]["CreationTime"] == 1577934245.5) == wire_times


def test_what_comes_beside_the_body_is_told() -> None:
    """Members in headers are part of the answer, and the body's own names need not be the model's."""
    command = command_of("sagemaker-runtime", "InvokeEndpointAsync")
    received = Received(RestJson())
    headers = {"X-Amzn-SageMaker-OutputLocation": "s3://o"}
    response = received.parse(
        command.namespace.operation("InvokeEndpointAsync"), HttpResponse(202, headers, b'{"InferenceId": "i"}')
    )
    assert received.plain(response) == {"InferenceId": "i", "OutputLocation": "s3://o"}
