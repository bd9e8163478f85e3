"""What the JSON protocols share: errors, ids and what is malformed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._protocols.aws_json import AwsJson
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker._protocols.protocol import request_id
from aiosagemaker._shapes.maps import Headers
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.errors import NotFound, ServiceError, ThrottlingException

SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "jsonVersion": "1.1", "targetPrefix": "Service"},
    "operations": {"Get": {"name": "Get", "errors": [{"shape": "Gone"}, {"shape": "Slow"}]}},
    "shapes": {
        "Gone": {
            "type": "structure",
            "exception": True,
            "error": {"code": "GoneCode", "httpStatusCode": 410},
            "members": {
                "message": {"shape": "Text"},
                "Resource": {"shape": "Text"},
                "Count": {"shape": "Count"},
                "Inner": {"shape": "Inner"},
                "Header": {"shape": "Text", "location": "header", "locationName": "x-gone"},
                "Status": {"shape": "Count", "location": "statusCode"},
            },
        },
        "Slow": {"type": "structure", "exception": True, "members": {}, "retryable": {"throttling": True}},
        "Inner": {"type": "structure", "members": {"Name": {"shape": "Text"}}},
        "Text": {"type": "string"},
        "Count": {"type": "integer"},
    },
}
NAMESPACE = Namespace("protocol", Schema(build_schema(SERVICE)))
PROTOCOL = AwsJson(NAMESPACE.schema.metadata)


def refusal(body: Any, status: int = 400, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    response = HttpResponse(status, Headers(names), content, "Reason")
    return PROTOCOL.parse_error(NAMESPACE.operation("Get"), response)


@pytest.mark.parametrize("code", ["Gone", "GoneCode", "com.amazonaws#Gone", "GoneCode:http://internal/"])
def test_members(code: str) -> None:
    """An error that the model names has its members, from body, headers and status."""
    body = {"__type": code, "message": "m", "Resource": "r", "Count": 5, "Inner": {"Name": "n"}, "New": 1}
    error = refusal(body, 410, x_gone="h", x_amzn_requestid="id")
    assert type(error) is NAMESPACE["Gone"]
    assert (error.message, error.resource, error.count, error.header, error.status) == ("m", "r", 5, "h", 410)
    assert error.inner == NAMESPACE["Inner"](name="n")
    assert (error.request_id, error.operation, error.http_status) == ("id", "Get", 410)


def test_malformed_member() -> None:
    """A malformed member does not hide the refusal: it is None."""
    error = refusal({"__type": "Gone", "message": "m", "Count": "many", "Inner": [], "Resource": "r"})
    assert type(error) is NAMESPACE["Gone"]
    assert (error.message, error.count, error.inner, error.resource) == ("m", None, None, "r")


def test_model_says_retry() -> None:
    """What the model says of retrying is what the error says."""
    assert refusal({"__type": "Slow"}).retryable
    assert refusal({"__type": "Slow"}).throttling
    assert not refusal({"__type": "Gone"}).retryable


@pytest.mark.parametrize(("value", "seconds"), [("1500", 1.5), ("0", 0.0), ("soon", None), ("-1", None), ("", None)])
def test_retry_after(value: str, seconds: float | None) -> None:
    """The wait that the service asks for, in milliseconds, is on the error in seconds."""
    assert refusal({"__type": "Slow"}, x_amz_retry_after=value).retry_after == seconds


def test_unmodelled() -> None:
    """Codes that no model names have their classes, told apart by their words."""
    assert type(refusal({"__type": "ThrottlingException", "message": "Rate exceeded"})) is ThrottlingException
    assert type(refusal({"__type": "ValidationException", "message": "Could not find it"})) is NotFound
    error = refusal({"__type": "Unheard", "message": "m"}, 500)
    assert type(error) is ServiceError
    assert error.retryable


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect(status: int) -> None:
    """A redirect is an error that says so."""
    error = refusal(b"", status, location="http://elsewhere/")
    assert "redirects are never followed" in str(error)
    assert not error.retryable


def test_request_id() -> None:
    """The id is under either of its names."""
    assert request_id(Headers({"x-amzn-RequestId": "a"})) == "a"
    assert request_id(Headers({"x-amz-request-id": "b"})) == "b"
    assert request_id(Headers()) is None


def test_page_of_a_gateway() -> None:
    """A refusal that a gateway wrote is quoted in the text, and its body is there, cut."""
    page = b"<html><h1>Blocked</h1> by the proxy" + b" " * 2000
    error = refusal(page, 403, Content_Type="text/html")
    assert str(error).endswith("(403) when calling the Get operation: Reason: Blocked by the proxy")
    assert error.body == page[:1024]
