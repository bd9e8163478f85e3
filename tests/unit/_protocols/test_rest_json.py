"""restJson1 against the protocol tests that botocore carries, and beyond them."""

from __future__ import annotations

import json
import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._preparing import address, with_tokens
from aiosagemaker._protocols.message import HttpRequest, HttpResponse
from aiosagemaker._protocols.rest_json import RestJson
from aiosagemaker._shapes.maps import Headers
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.errors import ParamValidationError, ResponseParseError

if TYPE_CHECKING:
    from aiosagemaker._shapes.operation import Operation

VECTORS = Path(__file__).parents[4] / "shared/vectors/botocore-protocols"
FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
TOKEN = "00000000-0000-4000-8000-000000000000"


def cases(direction: str) -> list[Any]:
    """Every case of every suite: (suite, case)."""
    if not VECTORS.is_dir():
        return [pytest.param(None, None, marks=pytest.mark.skip("the shared vectors are not beside this checkout"))]
    return [
        pytest.param(suite, case, id=case["id"])
        for suite in json.loads((VECTORS / direction / "rest-json.json").read_text(encoding="utf-8"))
        for case in suite["cases"]
    ]


def build(suite: dict[str, Any], case: dict[str, Any]) -> Operation:
    """The operation of a case, through the generator."""
    given = case["given"]
    service = {"metadata": suite["metadata"], "shapes": suite["shapes"], "operations": {given["name"]: given}}
    return Namespace("x", Schema(build_schema(service))).operation(given["name"])


def taken(value: Any, shape: str, operation: Operation) -> Any:
    """The vectors' parameters as boto3 takes them: blobs are text, NaN and Infinity strings there."""
    row = operation.namespace.shapes[shape]
    kind = row["type"]
    if kind == "structure":
        members = row.get("members", {})
        return {key: taken(item, members[key]["shape"], operation) for key, item in value.items()}
    if kind == "list":
        return [taken(item, row["item"], operation) for item in value]
    if kind == "map":
        return {key: taken(item, row["value"], operation) for key, item in value.items()}
    if kind in ("float", "double"):
        return FLOATS.get(value, value)
    return value


def readable(value: Any) -> Any:
    """A parsed result as the vectors write it: epoch seconds, text for blobs, strings for what JSON has no number."""
    if isinstance(value, dict):
        return {key: readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item) for item in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def same_json(text: bytes, expected: str) -> bool:
    """Whether two texts are the same JSON, or the same text."""
    try:
        return bool(json.loads(text) == json.loads(expected))
    except ValueError:
        return text.decode() == expected


AS_BOTO3 = {
    "RestJsonEnumPayloadRequest": {"headers": {}},
    "RestJsonHttpPayloadTraitsWithBlob": {"headers": {"X-Foo": "Foo"}},
    "RestJsonHttpPayloadWithUnsetUnion": {"headers": {"Content-Type": "application/json"}, "body": "{}"},
    "RestJsonStringPayloadRequest": {"headers": {}},
}
"""Where boto3 does not send what the protocol's tests ask for: with a body that is sent as it is no content type that
the caller did not give, and an empty object where a whole body is left out. Services see boto3 daily: we follow."""


@pytest.mark.parametrize(("suite", "case"), cases("input"))
def test_input_vector(suite: dict[str, Any], case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A request leaves as the protocol's tests say, or as boto3 sends it: its address exactly, its JSON by value."""
    monkeypatch.setattr("aiosagemaker._preparing.unique_id", lambda: TOKEN)
    operation = build(suite, case)
    expected = {**case["serialized"], **AS_BOTO3.get(case["id"], {})}
    cls = operation.namespace[operation.row["input"]]
    request = cls.from_dict(taken(case["params"], operation.row["input"], operation))
    sent = RestJson().serialize(operation, with_tokens(operation, request))
    assert sent.method == expected.get("method", "POST")
    endpoint = expected.get("host", "example.com")  # some are written with the endpoint's own path, others are not
    url = address(URL(suite.get("clientEndpoint", "https://example.com"), encoded=True), sent)
    assert url.host == endpoint.partition("/")[0]
    assert url.raw_path_qs == expected["uri"]
    wanted = {name.lower(): value for name, value in expected.get("headers", {}).items()}
    headers = {name.lower(): value for name, value in sent.headers.items()}
    if "content-length" in wanted:  # which the transport adds
        headers["content-length"] = str(len(sent.body))  # type: ignore[arg-type]  # no case has a stream
    assert wanted.items() <= headers.items()
    assert case["id"] not in AS_BOTO3 or wanted == headers
    assert not {name.lower() for name in expected.get("forbidHeaders", ())} & set(headers)
    if "body" in expected:
        assert same_json(bytes(sent.body), expected["body"])  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(("suite", "case"), cases("output"))
def test_output_vector(suite: dict[str, Any], case: dict[str, Any]) -> None:
    """An answer is read as Smithy's protocol tests say, errors and their members too."""
    operation = build(suite, case)
    given = case["response"]
    response = HttpResponse(
        given["status_code"], Headers(given.get("headers", {})), given.get("body", "").encode(), "reason"
    )
    if "error" not in case:
        # boto3 gives the value of JSON in a header, and what is equal to boto3's form follows it.
        result = {"json": True} if case["id"] == "MediaTypeHeaderOutputBase64" else case["result"]
        assert readable(RestJson().parse(operation, response).to_dict()) == result
        return
    error = RestJson().parse_error(operation, response)
    assert error.code == case["errorCode"]
    assert error.http_status == given["status_code"]
    assert type(error).__name__ == case["errorCode"]
    assert error.message == case.get("errorMessage", error.message)
    for wire_name, member in operation.namespace.shapes[type(error).__name__]["members"].items():
        if member["name"] == "message":
            assert error.message == case["error"].get(wire_name, "")
            continue
        value = getattr(error, member["name"])
        assert (value.to_dict() if hasattr(value, "to_dict") else value) == case["error"].get(wire_name)


SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "rest-json", "apiVersion": "1"},
    "operations": {
        "Put": {
            "name": "Put",
            "http": {"method": "PUT", "requestUri": "/things/{Name}/{Rest+}?fixed=1"},
            "input": {"shape": "PutInput"},
            "output": {"shape": "PutOutput"},
        },
        "Raw": {
            "name": "Raw",
            "http": {"method": "POST", "requestUri": "/raw"},
            "input": {"shape": "RawInput"},
            "output": {"shape": "RawOutput"},
        },
        "Full": {
            "name": "Full",
            "http": {"method": "GET", "requestUri": "/full"},
            "output": {"shape": "FullOutput"},
        },
        "Whole": {
            "name": "Whole",
            "http": {"method": "GET", "requestUri": "/whole"},
            "output": {"shape": "WholeOutput"},
        },
    },
    "shapes": {
        "PutInput": {
            "type": "structure",
            "required": ["Name"],
            "members": {
                "Name": {"shape": "Text", "location": "uri", "locationName": "Name"},
                "Rest": {"shape": "Text", "location": "uri", "locationName": "Rest"},
                "Header": {"shape": "Text", "location": "header", "locationName": "X-Header"},
                "Secret": {"shape": "Secret", "location": "header", "locationName": "X-Secret"},
                "Prefixed": {"shape": "Map", "location": "headers", "locationName": "X-P-"},
                "Query": {"shape": "Texts", "location": "querystring", "locationName": "q"},
            },
        },
        "PutOutput": {"type": "structure", "members": {"Count": {"shape": "Integer", "location": "header"}}},
        "RawInput": {"type": "structure", "members": {"Body": {"shape": "Blob"}}, "payload": "Body"},
        "RawOutput": {
            "type": "structure",
            "required": ["Body"],
            "members": {"Body": {"shape": "Blob"}},
            "payload": "Body",
        },
        "FullOutput": {
            "type": "structure",
            "required": ["Place", "Status", "Size", "Body"],
            "members": {
                "Place": {"shape": "Text", "location": "header", "locationName": "X-Place"},
                "Status": {"shape": "Integer", "location": "statusCode"},
                "Size": {"shape": "Integer", "location": "header", "locationName": "X-Size"},
                "Body": {"shape": "Text"},
            },
        },
        "WholeOutput": {
            "type": "structure",
            "required": ["Inner"],
            "members": {"Inner": {"shape": "Inner"}},
            "payload": "Inner",
        },
        "Inner": {"type": "structure", "members": {"Text": {"shape": "Text"}}},
        "Text": {"type": "string"},
        "Secret": {"type": "string", "sensitive": True},
        "Texts": {"type": "list", "member": {"shape": "Text"}},
        "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Integer": {"type": "integer"},
        "Blob": {"type": "blob", "max": 2},
    },
}


@pytest.fixture(scope="module")
def namespace() -> Namespace:
    return Namespace("service", Schema(build_schema(SERVICE)))


def put(namespace: Namespace, **members: Any) -> HttpRequest:
    given = {"name": "n", "rest": "r", **members}
    return RestJson().serialize(namespace.operation("Put"), namespace["PutRequest"](**given))


def test_labels_are_percent_encoded(namespace: Namespace) -> None:
    """A label keeps only the unreserved characters as they are; a greedy one keeps its slashes too."""
    sent = put(namespace, name="a/b c?d#e%f~é", rest="a/b c?")
    assert sent.path == "/things/a%2Fb%20c%3Fd%23e%25f~%C3%A9/a/b%20c%3F"


def test_query(namespace: Namespace) -> None:
    """The template's own query comes first; the members' are percent-encoded, a list as one pair for each item."""
    assert put(namespace, query=["a b", "c&d=e"]).query == "fixed=1&q=a%20b&q=c%26d%3De"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_label_that_would_change_the_path(namespace: Namespace, name: str) -> None:
    """A label that is empty or a relative path cannot point the request at another resource."""
    with pytest.raises(ParamValidationError) as caught:
        put(namespace, name=name)
    assert [(v.path, v.value) for v in caught.value.violations] == [("name", name)]


@pytest.mark.parametrize("text", ["a\r\nX-Evil: 1", "a\n", "\r", "\x00", "\x7f", "\x1b[0m", "漢", "\u20ac", "\ud800"])
@pytest.mark.parametrize("member", ["header", "secret", "prefixed"])
def test_header_value_that_http_cannot_carry(namespace: Namespace, member: str, text: str) -> None:
    """A header's value with control characters, or beyond latin-1, is refused by the member's name; a secret one is
    not shown."""
    with pytest.raises(ParamValidationError) as caught:
        put(namespace, **{member: {"k": text} if member == "prefixed" else text})
    (violation,) = caught.value.violations
    assert violation.path == member
    if member == "secret":
        assert violation.value == "<redacted>"
        assert text not in str(caught.value)


@pytest.mark.parametrize("text", ["", "a b", "\t", "é", "ÿ", "x" * 5000])
def test_header_value_that_http_carries(namespace: Namespace, text: str) -> None:
    """What latin-1 has, tabs and spaces included, is sent as it is."""
    assert put(namespace, header=text).headers["X-Header"] == text


@pytest.mark.parametrize("name", ["a\r\nX-Evil", "a b", "", "é", "a:b"])
def test_header_name_that_http_cannot_carry(namespace: Namespace, name: str) -> None:
    """A key of a map of headers that would not make a header's name is refused."""
    with pytest.raises(ParamValidationError) as caught:
        put(namespace, prefixed={name: "v"})
    assert caught.value.violations[0].path == "prefixed"


@pytest.mark.parametrize("body", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_blob_payload_is_not_copied(namespace: Namespace, body: Any) -> None:
    """A bytes-like body is the very object that was given, of any length whatever the model says."""
    request = namespace["RawRequest"](body=body)
    request.validate()
    sent = RestJson().serialize(namespace.operation("Raw"), request)
    assert sent.body is body
    assert sent.headers == {}


@pytest.mark.parametrize("body", [3, ["a"], object(), memoryview(b"abcd")[::2], "\ud800"])
def test_body_that_cannot_be_sent(namespace: Namespace, body: Any) -> None:
    """What is not bytes-like is refused without validation too, and not shown."""
    request = namespace["RawRequest"](body=body)
    for refuse in (request.validate, lambda: RestJson().serialize(namespace.operation("Raw"), request)):
        with pytest.raises(ParamValidationError) as caught:
            refuse()
        assert [(v.path, v.value) for v in caught.value.violations] == [("body", "<redacted>")]


def test_no_body(namespace: Namespace) -> None:
    """A body that is left out is empty, without a content type; one that the answer lacks is empty too."""
    sent = RestJson().serialize(namespace.operation("Raw"), namespace["RawRequest"]())
    assert (sent.body, sent.headers) == (b"", {})
    response: Any = RestJson().parse(namespace.operation("Raw"), HttpResponse(200, Headers()))
    assert response.body == b""


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3"])
def test_malformed_answer_header(namespace: Namespace, text: str) -> None:
    """A member in a header that is not of its shape is a ResponseParseError."""
    with pytest.raises(ResponseParseError):
        RestJson().parse(namespace.operation("Put"), HttpResponse(200, Headers({"Count": text})))


@pytest.mark.parametrize(
    ("header", "body", "code"),
    [
        ("Code", {"code": "Body", "__type": "Type"}, "Code"),
        ("ns#Code:http://internal.amazon.com/", {}, "Code"),
        ("", {"code": "Body", "__type": "Type"}, "Body"),
        (None, {"code": "Body", "__type": "Type"}, "Body"),
        (None, {"__type": "ns#Type"}, "Type"),
        (None, {}, "418"),
        (None, None, "418"),
    ],
)
def test_error_code(namespace: Namespace, header: str | None, body: Any, code: str) -> None:
    """An error's code is the x-amzn-errortype header's, then the body's `code`, then its `__type`, then the status."""
    headers = Headers({} if header is None else {"x-amzn-errortype": header})
    content = b"<html>" if body is None else json.dumps(body).encode()
    error = RestJson().parse_error(namespace.operation("Put"), HttpResponse(418, headers, content, "Teapot"))
    assert error.code == code


def test_required_members_outside_the_body(namespace: Namespace) -> None:
    """A required member that a header or the status holds is read from there, beside those in the body."""
    headers = Headers({"X-Place": "a", "X-Size": "3"})
    response = RestJson().parse(namespace.operation("Full"), HttpResponse(202, headers, b'{"Body": "b"}', ""))
    assert response.to_dict() == {"Place": "a", "Status": 202, "Size": 3, "Body": "b"}
    assert response.response_metadata.filled == ()


@pytest.mark.parametrize(
    ("operation", "headers", "body", "filled"),
    [
        ("Full", {"X-Size": "3"}, b"{}", ("place", "body")),
        ("Full", {}, b"", ("place", "size", "body")),
        ("Whole", {}, b"", ("inner",)),
        ("Whole", {}, b"{}", ()),
        ("Raw", {}, b"", ()),
    ],
)
def test_required_members_left_out(
    namespace: Namespace, operation: str, headers: dict[str, str], body: bytes, filled: tuple[str, ...]
) -> None:
    """A required member that is nowhere in the answer is filled and named, wherever its place would be."""
    response = RestJson().parse(namespace.operation(operation), HttpResponse(200, Headers(headers), body, ""))
    assert response.response_metadata.filled == filled


def test_members_of_a_newer_model(namespace: Namespace) -> None:
    """A member of the body that the model does not know is named."""
    headers = Headers({"X-Place": "a", "X-Size": "3", "X-New": "4"})
    answer = HttpResponse(200, headers, b'{"Body": "b", "New": {"A": 1}}', "")
    assert RestJson().parse(namespace.operation("Full"), answer).response_metadata.unknown == ("New",)
