"""One sentence for each thing."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._docs.sentences import (
    alternatives,
    operation_sentence,
    paginator_sentence,
    shape_sentence,
    waiter_sentence,
)
from aiosagemaker.sagemaker.models import NAMESPACE
from aiosagemaker.sagemaker_runtime.models import NAMESPACE as RUNTIME


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("CreateEndpointRequest", "What `create_endpoint` takes; the service calls it CreateEndpointInput."),
        ("CreateEndpointResponse", "What `create_endpoint` returns; the service calls it CreateEndpointOutput."),
        ("EndpointStatus", "One of 9 strings."),
        ("Tag", "A part of requests or responses."),
        ("AIAdapterSource", "Exactly one member is set."),
        ("ResourceInUse", "An error of the service."),
    ],
)
def test_shapes(name: str, sentence: str) -> None:
    """Each kind of shape has its sentence."""
    assert shape_sentence(NAMESPACE, name) == sentence


def test_an_errors_status() -> None:
    """An error's sentence says its HTTP status where the model does."""
    assert shape_sentence(RUNTIME, "ModelError") == "An error of the service, HTTP status 424."


def test_methods() -> None:
    """An operation's sentence names its errors, a wait's says when it ends, a paginator's what it gives."""
    assert operation_sentence(NAMESPACE, "CreateEndpoint") == (
        "Call CreateEndpoint; raises ResourceLimitExceeded or another SdkError."
    )
    assert operation_sentence(NAMESPACE, "DescribeEndpoint") == "Call DescribeEndpoint; raises an SdkError."
    assert waiter_sentence(NAMESPACE, "EndpointInService") == (
        "Poll `describe_endpoint` until it is EndpointStatus InService."
    )
    assert paginator_sentence(NAMESPACE, "ListEndpoints") == "The `endpoints` of every page of `list_endpoints`."


def test_alternatives() -> None:
    """The ways to a state are joined; where there is none, that is said."""
    acceptors: Any = [
        {"state": "success", "matcher": "error", "expected": "Gone"},
        {"state": "success", "matcher": "status", "expected": 404},
        {"state": "failure", "matcher": "path", "argument": "Status", "expected": "Failed"},
    ]
    assert alternatives(acceptors, "success") == "refused with Gone or answered with the status 404"
    assert alternatives(acceptors, "failure") == "Status Failed"
    assert alternatives(acceptors, "retry") == "never so"
