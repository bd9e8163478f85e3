"""The server half of the protocols: it reads what the client half writes, and writes what that reads."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from aiosagemaker._protocols.aws_json import AwsJson
from aiosagemaker._protocols.message import HttpRequest, HttpResponse
from aiosagemaker._protocols.rest_json import RestJson
from aiosagemaker._protocols.server import (
    AwsJsonServer,
    MalformedRequest,
    ReceivedRequest,
    RestJsonServer,
    UnknownOperation,
)
from aiosagemaker._shapes.maps import Headers
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.errors import ParamValidationError, ValidationException
from aiosagemaker.sagemaker import (
    CreateEndpointConfigRequest,
    DescribeEndpointResponse,
    ProductionVariant,
    Tag,
)
from aiosagemaker.sagemaker.models import NAMESPACE as CONTROL
from aiosagemaker.sagemaker_runtime import InvokeEndpointRequest, InvokeEndpointResponse
from aiosagemaker.sagemaker_runtime.errors import ModelError
from aiosagemaker.sagemaker_runtime.models import NAMESPACE as RUNTIME


def received(request: HttpRequest) -> ReceivedRequest:
    body = request.body
    assert isinstance(body, bytes)
    return ReceivedRequest(request.method, request.path, request.query, Headers(request.headers), body)


def as_answer(response: HttpResponse) -> HttpResponse:
    return HttpResponse(response.status, Headers(response.headers), response.body)


def json_request(body: bytes) -> ReceivedRequest:
    return ReceivedRequest("POST", "/", "", Headers({"X-Amz-Target": "SageMaker.CreateEndpointConfig"}), body)


def test_aws_json_request() -> None:
    """A request that the client writes is read as the same request."""
    request = CreateEndpointConfigRequest(
        endpoint_config_name="c",
        production_variants=[ProductionVariant(variant_name="v", model_name="m", initial_variant_weight=0.5)],
        tags=[Tag(key="a", value="b")],
    )
    server = AwsJsonServer(CONTROL)
    written = received(AwsJson(CONTROL.schema.metadata).serialize(CONTROL.operation("CreateEndpointConfig"), request))
    operation = server.route(written)
    assert operation.name == "CreateEndpointConfig"
    assert server.decode(operation, written) == request


def test_aws_json_response() -> None:
    """A response that the server writes is read as the same response."""
    from datetime import UTC, datetime

    now = datetime(2026, 1, 2, tzinfo=UTC)
    response = DescribeEndpointResponse(
        endpoint_name="e", endpoint_arn="a", endpoint_status="InService", creation_time=now, last_modified_time=now
    )
    operation = CONTROL.operation("DescribeEndpoint")
    written = as_answer(AwsJsonServer(CONTROL).encode(operation, response))
    assert AwsJson(CONTROL.schema.metadata).parse(operation, written) == response


def test_aws_json_error() -> None:
    """An error is read as what it was raised as, by code, words and status."""
    error = ValidationException("no", code="ValidationException", http_status=400)
    operation = CONTROL.operation("DescribeEndpoint")
    read = AwsJson(CONTROL.schema.metadata).parse_error(
        operation, as_answer(AwsJsonServer(CONTROL).encode_error(error))
    )
    assert (type(read), read.code, read.message, read.http_status) == (
        ValidationException,
        "ValidationException",
        "no",
        400,
    )


def test_missing_members() -> None:
    """Required members that are left out are all named, at any depth; unknown ones are passed over."""
    body = b'{"ProductionVariants": [{"Colour": 1}], "Colour": "red"}'
    with pytest.raises(ParamValidationError) as caught:
        AwsJsonServer(CONTROL).decode(CONTROL.operation("CreateEndpointConfig"), json_request(body))
    assert [violation.path for violation in caught.value.violations] == [
        "endpoint_config_name",
        "production_variants[0].variant_name",
    ]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"EndpointConfigName": 1, "ProductionVariants": []}', b"\xff"])
def test_malformed_json(body: bytes) -> None:
    """What is not JSON of the request's shape is malformed."""
    with pytest.raises(MalformedRequest):
        AwsJsonServer(CONTROL).decode(CONTROL.operation("CreateEndpointConfig"), json_request(body))


@pytest.mark.parametrize("target", ["", "SageMaker.", "SageMaker.Nothing", "Other.ListModels", "ListModels"])
def test_unknown_target(target: str) -> None:
    """A target that is no operation of the service is unknown."""
    with pytest.raises(UnknownOperation):
        AwsJsonServer(CONTROL).route(ReceivedRequest("POST", "/", "", Headers({"X-Amz-Target": target})))


def test_rest_json_request() -> None:
    """Members of the path, of headers and of the body are read as they were."""
    request = InvokeEndpointRequest(
        endpoint_name="e-1", body=b"\x00\xff", content_type="text/csv", accept="*/*", target_variant="v"
    )
    server = RestJsonServer(RUNTIME)
    written = received(RestJson().serialize(RUNTIME.operation("InvokeEndpoint"), request))
    operation = server.route(written)
    assert server.decode(operation, written) == request


def test_rest_json_response() -> None:
    """Headers and body of a response are read as they were."""
    response = InvokeEndpointResponse(body=b"1", content_type="text/csv", invoked_production_variant="v")
    operation = RUNTIME.operation("InvokeEndpoint")
    assert RestJson().parse(operation, as_answer(RestJsonServer(RUNTIME).encode(operation, response))) == response


def test_rest_json_error() -> None:
    """An error's own members and the model's status go with it."""
    error = ModelError("broke", code="ModelError")
    error.original_status_code = 500
    error.original_message = "why"
    answer = as_answer(RestJsonServer(RUNTIME).encode_error(error))
    read = RestJson().parse_error(RUNTIME.operation("InvokeEndpoint"), answer)
    assert isinstance(read, ModelError)
    assert (read.http_status, read.message, read.original_status_code, read.original_message) == (
        424,
        "broke",
        500,
        "why",
    )


@pytest.mark.parametrize(("method", "path"), [("GET", "/endpoints/e/invocations"), ("POST", "/endpoints/invocations")])
def test_unknown_path(method: str, path: str) -> None:
    """A method and path that are no operation's are unknown."""
    with pytest.raises(UnknownOperation) as caught:
        RestJsonServer(RUNTIME).route(ReceivedRequest(method, path, "", Headers()))
    assert caught.value.http_status == 404


def _member(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "shape": "String", **more}


SCHEMA = Schema(
    {
        "metadata": {"protocol": "rest-json"},
        "categories": {},
        "paginators": {},
        "waiters": {},
        "operations": {
            "Do": {"method": "do", "input": "DoRequest", "output": "DoResponse", "http": ["PUT", "/things/{Name}"]},
        },
        "shapes": {
            "String": {"type": "string"},
            "Integer": {"type": "integer"},
            "DoRequest": {
                "type": "structure",
                "request": "Do",
                "members": {
                    "Name": _member("name", required=True, location="uri"),
                    "Count": _member("count", shape="Integer", location="querystring", location_name="count"),
                    "Note": _member("note", required=True),
                },
            },
            "DoResponse": {
                "type": "structure",
                "response": "Do",
                "members": {"Tag": _member("tag", location="header", location_name="x-tag"), "Note": _member("note")},
            },
        },
    }
)


def test_rest_json_body_and_query() -> None:
    """A JSON body, a query and escaped labels are read; what is missing or malformed is told apart."""
    namespace = Namespace(__name__, SCHEMA)
    server, operation = RestJsonServer(namespace), namespace.operation("Do")

    def read(body: bytes, query: str = "count=3") -> Any:
        path = f"/things/{quote('a b', safe='')}"
        return server.decode(operation, ReceivedRequest("PUT", path, query, Headers(), body))

    request = read(b'{"Note": "n"}')
    assert (request.name, request.count, request.note) == ("a b", 3, "n")
    with pytest.raises(ParamValidationError, match="note: required"):
        read(b"{}")
    for wrong in ((b"{", ""), (b'{"Note": 1}', ""), (b'{"Note": "n"}', "count=x")):
        with pytest.raises(MalformedRequest):
            read(*wrong)
    answer = as_answer(server.encode(operation, namespace["DoResponse"](tag="t", note="n")))
    assert RestJson().parse(operation, answer) == namespace["DoResponse"](tag="t", note="n")
