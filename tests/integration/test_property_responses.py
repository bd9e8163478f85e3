"""Whatever bytes a server answers with, nothing but a response or an SdkError comes of them."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.integration.fault_server import FaultServer, answer, sends

from aiosagemaker import SageMakerClient, errors
from aiosagemaker._protocols.aws_json import AwsJson
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker._protocols.rest_json import RestJson
from aiosagemaker._shapes.maps import Headers
from aiosagemaker._shapes.structure import Response
from aiosagemaker.config import HttpConfig, TimeoutConfig
from aiosagemaker.credentials import Credentials
from aiosagemaker.retries import RetryConfig
from aiosagemaker.sagemaker.models import NAMESPACE
from aiosagemaker.sagemaker_runtime.models import NAMESPACE as RUNTIME

if TYPE_CHECKING:
    from collections.abc import Callable

OUTCOMES = (Response, errors.SdkError)
OPERATIONS = ["DescribeEndpoint", "DescribeTrainingJob", "ListEndpoints", "DescribeModelCard", "Search", "DeleteModel"]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**4000),
    st.floats(allow_nan=False),
    st.sampled_from([1e17, -1e17, 1e300, 2**62, 0.5, "1e999", "NaN", "2020-01-01", "Mon, 99 Jan", "\ud800", "\0"]),
    st.text(max_size=20),
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@st.composite
def near_misses(draw: st.DrawFn, shape: str, depth: int = 0) -> Any:
    """A value that is nearly of its shape."""
    row = NAMESPACE.shapes[shape]
    if depth > 4 or draw(st.integers(0, 9)) == 0:
        return draw(ANYTHING)
    if row["type"] == "structure":
        members = row.get("members", {})
        chosen = draw(st.lists(st.sampled_from(sorted(members)), unique=True, max_size=6)) if members else []
        return {name: draw(near_misses(members[name]["shape"], depth + 1)) for name in chosen}
    if row["type"] == "list":
        return draw(st.lists(near_misses(row["item"], depth + 1), max_size=2))
    if row["type"] == "map":
        return draw(st.dictionaries(st.text(max_size=5), near_misses(row["value"], depth + 1), max_size=2))
    return draw(SCALARS)


def parse(protocol: Any, namespace: Any, name: str, response: HttpResponse) -> Response | errors.SdkError:
    """What the client makes of an answer."""
    operation = namespace.operation(name)
    try:
        if 200 <= response.status < 300:
            parsed: Response = protocol.parse(operation, response)
            return parsed
        refusal: errors.SdkError = protocol.parse_error(operation, response)
    except errors.SdkError as error:
        refusal = error
    return refusal


def used(result: Response | errors.SdkError) -> Any:
    """What came of an answer, after it was shown, hashed, written out, and kept."""
    assert f"{result} {result!r}".strip()
    if isinstance(result, Response):
        hash(result)
        result.to_dict()
        assert result.to_json()
    return pickle.loads(pickle.dumps(result))


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(OPERATIONS), st.sampled_from([200, 400, 500]))
def test_near_misses(data: st.DataObject, name: str, status: int) -> None:
    """JSON that is nearly what the model says becomes a response or an SdkError."""
    value = data.draw(near_misses(NAMESPACE.operation(name).row["output"]))
    body = json.dumps(value).encode()
    response = HttpResponse(status, Headers(), body)
    assert isinstance(used(parse(AwsJson(NAMESPACE.schema.metadata), NAMESPACE, name, response)), OUTCOMES)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200) | st.builds(lambda value: json.dumps(value).encode(), ANYTHING),
    st.sampled_from(OPERATIONS),
    st.integers(200, 599),
    st.dictionaries(st.sampled_from(["x-amzn-errortype", "x-amz-retry-after", "date", "x-amzn-requestid"]), st.text()),
)
@example(b'{"__type":7,"message":[1]}', "DescribeEndpoint", 400, {})
@example(b'{"EndpointName":' + b"9" * 6000 + b"}", "DescribeEndpoint", 200, {})
@example(b"[" * 100_000, "DescribeEndpoint", 200, {})
@example(b"[" * 100_000, "DescribeEndpoint", 400, {})
@example(b"\xff\xfe", "DescribeEndpoint", 503, {"x-amz-retry-after": "9" * 6000})
def test_any_message(body: bytes, name: str, status: int, headers: dict[str, str]) -> None:
    """Any body under any status becomes a response or an SdkError."""
    response = HttpResponse(status, Headers(headers), body)
    assert isinstance(used(parse(AwsJson(NAMESPACE.schema.metadata), NAMESPACE, name, response)), OUTCOMES)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200) | st.builds(lambda value: json.dumps(value).encode(), ANYTHING),
    st.sampled_from(["InvokeEndpoint", "InvokeEndpointAsync"]),
    st.integers(200, 599),
    st.dictionaries(st.sampled_from(["x-amzn-errortype", "content-type", "x-amzn-requestid"]), st.text()),
)
def test_any_message_of_the_runtime(body: bytes, name: str, status: int, headers: dict[str, str]) -> None:
    """Any body under any status becomes a response or an SdkError of the runtime service, too."""
    response = HttpResponse(status, Headers(headers), body)
    assert isinstance(used(parse(RestJson(), RUNTIME, name, response)), OUTCOMES)


ANSWERS = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda head, tail: b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + tail, st.binary(), st.binary()),
    st.builds(
        lambda body, length, coding: answer(body, length=length, headers=[f"Content-Encoding: {coding}"]),
        st.binary(max_size=100),
        st.integers(-5, 120),
        st.sampled_from(["gzip", "deflate", "gzip, deflate", "identity", ",", "br", "\udcff"]),
    ),
    st.builds(
        lambda chunks: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"\r\n".join(chunks),
        st.lists(st.one_of(st.binary(max_size=9), st.sampled_from([b"1", b"x", b"0", b"", b"ffffffffffffffffff"]))),
    ),
    st.builds(
        lambda cut, junk: answer()[:cut] + junk + answer()[cut:], st.integers(0, len(answer())), st.binary(max_size=4)
    ),
)


@pytest.fixture(scope="module")
def ask() -> Any:
    """A call of a client to a server that answers with the bytes given; the client lives as long as the module."""
    with asyncio.Runner() as runner:
        server = FaultServer()
        runner.run(server.start())
        client = SageMakerClient(
            region="us-east-1",
            endpoint_url=server.url,
            credentials=Credentials("AKIDEXAMPLE", "a-secret-key"),
            retry=RetryConfig(mode="off"),
            timeouts=TimeoutConfig(connect=1, read=0.5, attempt=1, operation=2),
            http=HttpConfig(max_response_size=100_000),
        )

        def ask(data: bytes) -> Any:
            server.plan = [sends(data)]
            return runner.run(client.delete_model(model_name="churn"))

        yield ask
        runner.run(client.close())
        runner.run(server.stop())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=ANSWERS)
def test_any_bytes(ask: Callable[[bytes], Any], data: bytes) -> None:
    """Any bytes on a socket become a response or an SdkError, in time."""
    try:
        outcome = ask(data)
    except errors.SdkError as error:
        outcome = error
    assert isinstance(used(outcome), OUTCOMES)
