"""What the models say wrongly, or do not say."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from aiosagemaker._botocore import botocore
from aiosagemaker._model.corrections import correct_waiters, headers_of


@pytest.fixture
def waiters() -> dict[str, Any]:
    """botocore's own."""
    found: dict[str, Any] = botocore("loaders").Loader().load_service_model("sagemaker", "waiters-2")
    return found


def test_waiters(waiters: dict[str, Any]) -> None:
    """An endpoint that will not come back fails its wait, and a wait for the end takes NotFound alone for it."""
    before = copy.deepcopy(waiters)
    corrected = correct_waiters("sagemaker", waiters)["waiters"]
    assert waiters == before
    failures = {
        acceptor["expected"]
        for acceptor in corrected["EndpointInService"]["acceptors"]
        if acceptor["state"] == "failure" and acceptor["matcher"] == "path"
    }
    assert failures == {"Failed", "UpdateRollbackFailed", "OutOfService"}
    for name in ("EndpointDeleted", "NotebookInstanceDeleted"):
        told = [each["expected"] for each in corrected[name]["acceptors"] if each["matcher"] == "error"]
        assert told == ["NotFound"]


def test_other_waiters_are_as_they_are(waiters: dict[str, Any]) -> None:
    """Another service's waiters, and none at all, are the same object."""
    assert correct_waiters("glue", waiters) is waiters
    assert correct_waiters("sagemaker", none := {}) is none


@pytest.mark.parametrize(
    ("service", "metadata", "operation", "expected"),
    [
        ("sagemaker", {}, {}, {}),
        ("apigateway", {}, {}, {"Accept": "application/json"}),
        ("glacier", {"apiVersion": "2012-06-01"}, {}, {"x-amz-glacier-version": "2012-06-01"}),
        ("timestream-query", {"apiVersion": "1"}, {"endpointoperation": True}, {"x-amz-api-version": "1"}),
        ("sqs", {"awsQueryCompatible": {}}, {}, {"x-amzn-query-mode": "true"}),
    ],
)
def test_headers(service: str, metadata: dict[str, Any], operation: dict[str, Any], expected: dict[str, str]) -> None:
    """A request carries what botocore adds to it by hand, and no other request does."""
    assert headers_of(service, metadata, operation) == expected
