"""Docstrings of shapes, operations, waiters and paginators."""

from __future__ import annotations

import copy
import inspect
import pickle
import pydoc
import re
import subprocess
import sys
from typing import Any

import pytest

from aiosagemaker import SageMakerClient
from aiosagemaker import sagemaker as sm
from aiosagemaker._docs import service_text as _service_text
from aiosagemaker._docs.documentation import operation_doc, paginator_doc, shape_doc, waiter_doc
from aiosagemaker._docs.options import waiter_options
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.sagemaker.models import NAMESPACE

REQUEST = sm.CreateEndpointRequest(endpoint_name="churn", endpoint_config_name="churn-v2")


@pytest.fixture
def without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_service_text, "service_text", lambda service: _service_text.ServiceText({}, {}, {}))
    monkeypatch.setattr(
        "aiosagemaker._docs.documentation.service_text", lambda service: _service_text.ServiceText({}, {}, {})
    )


def test_a_request_says_the_facts_first() -> None:
    """A request's documentation has its members with types and bounds, then its page, then the service's words."""
    doc = sm.CreateEndpointRequest.__doc__
    facts, page, words = (
        doc.index(part)
        for part in (
            "    endpoint_name: str, required\n        0 to 63 characters",
            "/API_CreateEndpoint.html",
            "Creates an",
        )
    )
    assert doc.startswith("What `create_endpoint` takes; the service calls it CreateEndpointInput.")
    assert facts < page < words
    assert "    tags: Iterable[Tag] | None\n        0 to 50 items" in doc
    assert "endpoint_config_name\n    The name of an endpoint configuration." in doc
    assert "<p>" not in doc


def test_a_response_says_what_is_stored() -> None:
    """A response's documentation has the types of its attributes as they are stored."""
    doc = sm.DescribeEndpointResponse.__doc__
    assert "    production_variants: tuple[ProductionVariantSummary, ...] | None" in doc
    assert "    endpoint_status: EndpointStatus, required" in doc


def test_wire_names_that_differ_are_told() -> None:
    """A member whose wire name cannot be guessed from its name shows it."""
    assert "    volume_size_in_gb: int | None\n        wire name VolumeSizeInGB" in sm.ProductionVariant.__doc__


def test_an_enum_lists_its_values() -> None:
    """An enum's documentation has every value, on the class and on its members, known or not."""
    doc = sm.EndpointStatus.__doc__
    assert "    IN_SERVICE = 'InService'" in doc
    assert sm.EndpointStatus.IN_SERVICE.__doc__ == sm.EndpointStatus("Hibernating").__doc__ == doc


def test_an_error_is_documented() -> None:
    """An error's documentation has the service's words, on the class and on an instance."""
    assert "Resource being access is not found." in sm.ResourceNotFound.__doc__
    assert sm.ResourceNotFound("gone").__doc__ == sm.ResourceNotFound.__doc__


def test_instances_have_the_documentation_of_their_class() -> None:
    """A slotted instance, a copy and an unpickled one answer `__doc__` and `inspect.getdoc`."""
    for instance in (REQUEST, copy.deepcopy(REQUEST), pickle.loads(pickle.dumps(REQUEST)), REQUEST.without_tags()):
        assert instance.__doc__ == sm.CreateEndpointRequest.__doc__
        assert inspect.getdoc(instance) == inspect.getdoc(sm.CreateEndpointRequest)


def test_an_operation_says_what_it_takes_returns_and_raises() -> None:
    """An operation's documentation names its request and members, its response, its errors and its page."""
    doc = SageMakerClient.create_endpoint.__doc__ or ""
    for part in (
        "Takes a CreateEndpointRequest, or its members as keywords:\n    endpoint_name: str, required",
        "Returns a CreateEndpointResponse:\n    endpoint_arn: str, required",
        "Raises:\n    ResourceLimitExceeded\n    SdkError",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html",
        "Creates an endpoint using the endpoint configuration",
    ):
        assert part in doc


def test_an_operation_without_output_says_so() -> None:
    """The documentation of an operation that returns nothing has no members of the response."""
    assert "Returns a DeleteEndpointResponse:\n    (no members)" in (SageMakerClient.delete_endpoint.__doc__ or "")


def test_a_waiter_says_how_it_ends() -> None:
    """A waiter's documentation says what it polls, for how long, and when it succeeds or fails, with what answer."""
    doc = SageMakerClient.wait_until_endpoint_in_service.__doc__ or ""
    assert doc.startswith("Poll `describe_endpoint` until it is EndpointStatus InService.")
    assert "the longest wait, in seconds; 3600 s when left out" in doc
    assert "WaiterFailed: it is EndpointStatus Failed or refused with ValidationException" in doc
    assert "WaiterTimeout: the time is up; either has the last DescribeEndpointResponse" in doc


@pytest.mark.parametrize("name", sorted(NAMESPACE.schema.waiters))
def test_help_shows_the_options_of_a_wait(name: str) -> None:
    """`help` of a wait says of each of its options what it does, and what holds without it."""
    method = getattr(SageMakerClient, NAMESPACE.schema.waiters[name]["method"])
    text = re.sub(r"\s+", " ", pydoc.plain(pydoc.render_doc(method)))
    for option in waiter_options(NAMESPACE, name):
        assert f"{option.name}: {option.type} {option.text}" in text
    assert {"timeout", "min_delay", "max_delay", "on_poll"} <= {o.name for o in waiter_options(NAMESPACE, name)}


@pytest.mark.parametrize("name", ["wait_until_settled", "wait_until_endpoints_in_service"])
def test_help_shows_the_options_of_waits_by_hand(name: str) -> None:
    """So does that of a wait that no model has."""
    method = getattr(SageMakerClient, name)
    text = pydoc.plain(pydoc.render_doc(method))
    options = [p.name for p in inspect.signature(method).parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert len(options) > 3
    for option in options:
        assert re.search(rf"^ +{option}: \w", text, re.MULTILINE), option


def test_a_waiter_for_absence_says_what_it_returns() -> None:
    """A waiter whose success is a refusal says that there may be no response."""
    assert "or None, if the first poll already found nothing" in (
        SageMakerClient.wait_until_endpoint_deleted.__doc__ or ""
    )


def test_a_paginator_says_what_it_gives() -> None:
    """A paginator's documentation names its items, its pages and its options."""
    doc = SageMakerClient.paginate_list_endpoints.__doc__ or ""
    assert "an asynchronous iterator of EndpointSummary" in doc
    assert ".pages(): the same of ListEndpointsResponse" in doc
    assert "page_size: int | None" in doc


@pytest.mark.parametrize(
    "thing",
    [sm.CreateEndpointRequest, sm.EndpointStatus, sm.ResourceNotFound, SageMakerClient.create_endpoint, REQUEST],
    ids=["request", "enum", "error", "operation", "instance"],
)
def test_help_reads_well(thing: Any) -> None:
    """`help` shows the documentation and the members' names."""
    text = pydoc.plain(pydoc.render_doc(thing))
    assert "In the service's words" in text or "Values; others" in text


def test_help_of_a_bound_method() -> None:
    """`help(client.create_endpoint)` is that of the class, with the signature in front."""
    text = pydoc.plain(pydoc.render_doc(SageMakerClient(region="us-east-1").create_endpoint))
    assert re.search(r"create_endpoint\(\s*request: 'CreateEndpointRequest", text)
    assert "endpoint_name: 'str" in text
    assert "Creates an endpoint using" in text


def test_everything_has_documentation() -> None:
    """No shape, operation, waiter or paginator of the service is without documentation, and none raises."""
    schema = NAMESPACE.schema
    docs = [
        *(shape_doc(NAMESPACE, name) for name in (*NAMESPACE.public_names, *NAMESPACE.error_names)),
        *(operation_doc(NAMESPACE, name) for name in schema.operations),
        *(waiter_doc(NAMESPACE, name) for name in schema.waiters),
        *(paginator_doc(NAMESPACE, name) for name in schema.paginators),
    ]
    assert all(docs)
    assert not any("\n\n\n" in doc for doc in docs)


@pytest.mark.usefixtures("without_words")
def test_without_botocore_the_facts_stand_alone() -> None:
    """Where botocore has no words for a shape or cannot be read, the facts are there."""
    assert "In the service's words" not in sm.CreateEndpointRequest.__doc__
    assert "endpoint_name: str, required" in sm.CreateEndpointRequest.__doc__
    assert "Takes a CreateEndpointRequest" in (SageMakerClient.create_endpoint.__doc__ or "")


def test_a_service_of_no_name_is_documented() -> None:
    """The shapes of a model that botocore does not have are documented by their facts."""
    table: dict[str, Any] = {**{section: {} for section in Schema.SECTIONS}, "metadata": {"protocol": "json"}}
    table["shapes"] = {
        "Part": {"type": "structure", "union": True, "members": {"A": {"name": "a", "shape": "Text"}}},
        "Text": {"type": "string"},
    }
    made = Namespace("tests.made_up", Schema(table), shape_doc)
    assert made["Part"].__doc__ == "Exactly one member is set.\n\nMembers:\n    a: str | None"


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """Importing, building and using shapes does not import botocore; asking for documentation does."""
    program = (
        "import sys\n"
        "from aiosagemaker.sagemaker import CreateEndpointRequest, EndpointStatus\n"
        "CreateEndpointRequest(endpoint_name='a', endpoint_config_name='b').validate()\n"
        "assert 'botocore' not in sys.modules\n"
        "assert 'Creates an endpoint' in CreateEndpointRequest.__doc__\n"
        "assert 'botocore' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)})
