"""AWS JSON against the protocol tests that botocore carries, and beyond them."""

from __future__ import annotations

import gzip
import json
import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._preparing import address, with_tokens
from aiosagemaker._protocols.aws_json import AwsJson
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker._shapes.maps import Headers
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.errors import ParamValidationError, ResponseParseError, ServiceError

if TYPE_CHECKING:
    from aiosagemaker._shapes.operation import Operation

VECTORS = Path(__file__).parents[4] / "shared/vectors/botocore-protocols"
SUITES = ("json", "json_1_0", "json_1_0-query-compatible")
FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

# awsQueryCompatible is a trait for services that moved from the query protocol; no JSON service here carries it, and
# the generator leaves it out, so neither its request header nor its response header is known.
QUERY_COMPATIBLE = {"QueryCompatibleAwsJson10CborSendsQueryModeHeader", "QueryCompatibleAwsJson10CustomCodeError"}


def cases(direction: str) -> list[Any]:
    """Every case of every suite: (suite, case)."""
    if not VECTORS.is_dir():
        return [pytest.param(None, None, marks=pytest.mark.skip("the shared vectors are not beside this checkout"))]
    return [
        pytest.param(suite, case, id=f"{name}-{case['id']}")
        for name in SUITES
        for suite in json.loads((VECTORS / direction / f"{name}.json").read_text(encoding="utf-8"))
        for case in suite["cases"]
        if case["id"] not in QUERY_COMPATIBLE
    ]


def build(suite: dict[str, Any], case: dict[str, Any]) -> tuple[AwsJson, Operation]:
    """The protocol and the operation of a case, through the generator."""
    service = {
        "metadata": suite["metadata"],
        "shapes": suite["shapes"],
        "operations": {case["given"]["name"]: case["given"]},
    }
    namespace = Namespace("x", Schema(build_schema(service)))
    return AwsJson(namespace.schema.metadata), namespace.operation(case["given"]["name"])


def floats(value: Any, row: dict[str, Any], operation: Operation) -> Any:
    """The vectors write NaN and Infinity as strings; Python has them as floats."""
    shapes = operation.namespace.shapes
    return {
        key: FLOATS[item]
        if shapes[row["members"][key]["shape"]]["type"] in ("float", "double") and item in FLOATS
        else item
        for key, item in value.items()
    }


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


@pytest.mark.parametrize(("suite", "case"), cases("input"))
def test_input_vector(suite: dict[str, Any], case: dict[str, Any]) -> None:
    """A request leaves as Smithy's protocol tests say, byte for byte where they say bytes."""
    protocol, operation = build(suite, case)
    expected = case["serialized"]
    cls = operation.namespace[operation.row["input"]]
    request = cls.from_dict(floats(case["params"], operation.input_row, operation))
    sent = protocol.serialize(operation, with_tokens(operation, request))
    assert sent.method == expected["method"]
    endpoint = suite.get("clientEndpoint", "https://example.com")
    url = address(URL(endpoint, encoded=True), sent)
    assert url.raw_path_qs == expected["uri"]
    assert url.host == expected.get("host", "example.com").partition("/")[0]
    assert expected.get("headers", {}).items() <= sent.headers.items()
    assert not set(expected.get("forbidHeaders", ())) & set(sent.headers)
    body = bytes(sent.body)
    if "Content-Encoding" in expected.get("headers", {}):
        assert json.loads(gzip.decompress(body)) == case["params"]
    elif "body" in expected:
        assert json.loads(body) == json.loads(expected["body"])
    else:
        assert json.loads(body) == {}


@pytest.mark.parametrize(("suite", "case"), cases("output"))
def test_output_vector(suite: dict[str, Any], case: dict[str, Any]) -> None:
    """An answer is read as Smithy's protocol tests say, errors and their members too."""
    protocol, operation = build(suite, case)
    given = case["response"]
    response = HttpResponse(
        given["status_code"], Headers(given.get("headers", {})), given.get("body", "").encode(), "reason"
    )
    if "error" not in case:
        assert readable(protocol.parse(operation, response).to_dict()) == case["result"]
        return
    error = protocol.parse_error(operation, response)
    assert error.code == case["errorCode"]
    assert error.http_status == given["status_code"]
    assert type(error).__name__ == case["errorCode"]
    if "errorMessage" in case:
        assert error.message == case["errorMessage"]
    members = operation.namespace.shapes[type(error).__name__]["members"]
    for wire_name, member in members.items():
        if member["name"] == "message":
            assert error.message == case["error"].get(wire_name, "")
            continue
        value = getattr(error, member["name"])
        plain = value.to_dict() if hasattr(value, "to_dict") else value
        assert plain == case["error"].get(wire_name)


def test_query_compatible_cases_are_the_only_ones_left_out() -> None:
    """No suite of plain AWS JSON has a case that is passed over, and the generator takes those that are."""
    if not VECTORS.is_dir():
        pytest.skip("the shared vectors are not beside this checkout")
    left_out = set()
    for direction in ("input", "output"):
        for name in SUITES:
            for suite in json.loads((VECTORS / direction / f"{name}.json").read_text(encoding="utf-8")):
                for case in suite["cases"]:
                    if case["id"] in QUERY_COMPATIBLE:
                        build(suite, case)
                        left_out.add(name)
    assert left_out == {"json_1_0-query-compatible"}


SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "jsonVersion": "1.1", "targetPrefix": "Service", "apiVersion": "1"},
    "operations": {
        "Put": {
            "name": "Put",
            "input": {"shape": "PutInput"},
            "output": {"shape": "PutOutput"},
            "requestcompression": {"encodings": ["gzip"]},
            "endpoint": {"hostPrefix": "{Label}.data-"},
        },
        "Nothing": {"name": "Nothing"},
    },
    "shapes": {
        "PutInput": {
            "type": "structure",
            "required": ["Label"],
            "members": {
                "Label": {"shape": "Text", "hostLabel": True},
                "Data": {"shape": "Text"},
                "At": {"shape": "Time"},
                "Ratio": {"shape": "Double"},
            },
        },
        "PutOutput": {
            "type": "structure",
            "required": ["Name", "Kind", "Inner"],
            "members": {
                "Name": {"shape": "Text"},
                "Kind": {"shape": "Kind"},
                "Count": {"shape": "Integer"},
                "Inner": {"shape": "Inner"},
                "Items": {"shape": "Texts"},
                "Map": {"shape": "Map"},
                "At": {"shape": "Time"},
                "Blob": {"shape": "Blob"},
                "Flag": {"shape": "Flag"},
            },
        },
        "Inner": {"type": "structure", "required": ["Items"], "members": {"Items": {"shape": "Texts"}}},
        "Text": {"type": "string"},
        "Texts": {"type": "list", "member": {"shape": "Text"}},
        "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
        "Kind": {"type": "string", "enum": ["A", "B"]},
        "Integer": {"type": "integer"},
        "Double": {"type": "double"},
        "Flag": {"type": "boolean"},
        "Time": {"type": "timestamp"},
        "Blob": {"type": "blob"},
    },
}


@pytest.fixture(scope="module")
def namespace() -> Namespace:
    return Namespace("service", Schema(build_schema(SERVICE)))


@pytest.fixture(scope="module")
def protocol(namespace: Namespace) -> AwsJson:
    return AwsJson(namespace.schema.metadata)


def answer(body: Any, status: int = 200, **headers: str) -> HttpResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status, Headers(headers), content, "Reason")


GOOD = {"Name": "n", "Kind": "A", "Inner": {"Items": []}}


def test_small_bodies_are_not_compressed(protocol: AwsJson, namespace: Namespace) -> None:
    """A body is compressed from 10,240 bytes on, and below that is sent as it is."""
    operation = namespace.operation("Put")
    frame = len(json.dumps({"Label": "a", "Data": ""}, separators=(",", ":")))
    small = protocol.serialize(operation, namespace["PutRequest"](label="a", data="x" * (10_239 - frame)))
    large = protocol.serialize(operation, namespace["PutRequest"](label="a", data="x" * (10_240 - frame)))
    assert len(small.body) == 10_239
    assert "Content-Encoding" not in small.headers
    assert large.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(large.body)) == 10_240


@pytest.mark.parametrize("label", ["", "a.b", "a/b", "a@evil.example", "-a", "a-", "x" * 64, "a b", "ä", "a\n"])
def test_host_label_is_one_label(protocol: AwsJson, namespace: Namespace, label: str) -> None:
    """A member in the host name cannot point the request at another host."""
    with pytest.raises(ParamValidationError) as caught:
        protocol.serialize(namespace.operation("Put"), namespace["PutRequest"](label=label))
    assert [(v.path, v.value) for v in caught.value.violations] == [("label", label)]


def test_no_input_is_an_empty_object(protocol: AwsJson, namespace: Namespace) -> None:
    """An operation without input sends `{}`."""
    sent = protocol.serialize(namespace.operation("Nothing"), namespace["NothingRequest"]())
    assert (sent.method, sent.path, sent.query, sent.body) == ("POST", "/", "", b"{}")
    assert sent.headers == {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Service.Nothing"}


@pytest.mark.parametrize("body", [b"", b"{}", b'{"unexpected": [1]}'])
def test_no_output(protocol: AwsJson, namespace: Namespace, body: bytes) -> None:
    """An operation without output takes an empty body, an empty object and an unexpected member."""
    assert protocol.parse(namespace.operation("Nothing"), answer(body)).to_dict() == {}


def test_unknown_members_and_nulls_are_passed_over(protocol: AwsJson, namespace: Namespace) -> None:
    """What a newer service adds does not break an older client, and null is the same as absent."""
    body = {**GOOD, "New": {"a": 1}, "Count": None, "Items": None, "Inner": {"Items": ["a"], "Newer": 2}}
    response: Any = protocol.parse(namespace.operation("Put"), answer(body))
    assert response.to_dict() == {"Name": "n", "Kind": "A", "Inner": {"Items": ["a"]}}
    assert response.count is None


@pytest.mark.parametrize("body", [{}, {"Name": None, "Kind": None, "Inner": None}, {"Inner": {}}])
def test_missing_required_members_are_corrected(protocol: AwsJson, namespace: Namespace, body: dict[str, Any]) -> None:
    """A required member that the service leaves out has the value that Smithy's client error correction gives it."""
    response: Any = protocol.parse(namespace.operation("Put"), answer(body))
    assert response.name == ""
    assert response.kind == ""
    assert response.kind.is_unknown
    assert response.inner == namespace["Inner"](items=())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"Name": NaN}',
        b"[" * 100_000,
        {**GOOD, "Name": 5},
        {**GOOD, "Count": "5"},
        {**GOOD, "Count": 1.5},
        {**GOOD, "Count": True},
        {**GOOD, "Flag": 1},
        {**GOOD, "Flag": "true"},
        {**GOOD, "Kind": 5},
        {**GOOD, "Items": "abc"},
        {**GOOD, "Items": {}},
        {**GOOD, "Items": [1]},
        {**GOOD, "Map": []},
        {**GOOD, "Map": {"a": 1}},
        {**GOOD, "Inner": []},
        {**GOOD, "At": True},
        {**GOOD, "At": "yesterday"},
        {**GOOD, "At": []},
        {**GOOD, "At": 1e300},
        {**GOOD, "Blob": "***"},
        {**GOOD, "Blob": 5},
    ],
)
def test_malformed_answer(protocol: AwsJson, namespace: Namespace, body: Any) -> None:
    """A 2xx answer that is not what the model says is a ResponseParseError with status and start of its body."""
    response = answer(body, 201)
    with pytest.raises(ResponseParseError) as caught:
        protocol.parse(namespace.operation("Put"), response)
    assert caught.value.status == 201
    assert caught.value.body == response.body[:1024]


@pytest.mark.parametrize(
    ("body", "headers", "code", "message"),
    [
        ({"__type": "a.b#Gone", "message": "m"}, {}, "Gone", "m"),
        ({"__type": "Gone", "Message": "m"}, {}, "Gone", "m"),
        ({"__type": "Gone", "message": None, "Message": "m"}, {}, "Gone", "m"),
        ({"__type": "Gone", "message": None}, {}, "Gone", ""),
        ({"__type": "Gone"}, {}, "Gone", ""),
        ({"__type": "Gone"}, {"x-amzn-errortype": "First:http://x"}, "First", ""),
        ({"message": "m"}, {}, "400", "m"),
        ({"__type": 5, "message": ["m"]}, {}, "400", "['m']"),
        (b"", {}, "400", "Reason"),
        (b"<html>", {}, "400", "Reason"),
        (b"[1]", {}, "400", "Reason"),
        (b"\xff", {}, "400", "Reason"),
    ],
)
def test_error_code_and_message(
    protocol: AwsJson, namespace: Namespace, body: Any, headers: dict[str, str], code: str, message: str
) -> None:
    """Code and message are found in each place where a service puts them, and anything else is still an error."""
    error = protocol.parse_error(namespace.operation("Put"), answer(body, 400, **headers))
    assert type(error) is ServiceError
    assert (error.code, error.message, error.http_status) == (code, message, 400)
    assert str(error) == f"An error occurred ({code}) when calling the Put operation: {message}"
