"""A transport without sockets."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from aiosagemaker import Config, SageMakerClient, SageMakerRuntimeClient, SizedStream, TimeoutConfig, client_for, errors
from aiosagemaker.sagemaker import (
    DeleteEndpointRequest,
    DeletePipelineRequest,
    DescribeEndpointRequest,
    DescribeEndpointResponse,
    EndpointSummary,
    ListEndpointsRequest,
    ListEndpointsResponse,
)
from aiosagemaker.sagemaker_runtime import InvokeEndpointRequest, InvokeEndpointResponse
from aiosagemaker.testing import FakeClock, Stub, UnexpectedRequestError

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn"
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def described(status: Any = "InService") -> DescribeEndpointResponse:
    return DescribeEndpointResponse(
        endpoint_name="churn", endpoint_arn=ARN, endpoint_status=status, creation_time=NOW, last_modified_time=NOW
    )


async def test_the_pipeline_is_the_real_one() -> None:
    """Checks, retries, waits and their jitter are those of any client; the time they take is the injected clock's."""
    stub = Stub()
    stub.answer(
        DescribeEndpointRequest,
        described("Creating"),
        errors.ThrottlingException,
        errors.ReadTimeout,
        described(),
    )
    async with stub.client(SageMakerClient) as client:
        endpoint = await client.wait_until_endpoint_in_service(endpoint_name="churn")
        assert endpoint.response_metadata.attempts == 3
        with pytest.raises(errors.ParamValidationError):
            await client.describe_endpoint(endpoint_name=1)
    assert stub.requests == [DescribeEndpointRequest(endpoint_name="churn")] * 4
    assert isinstance(stub.clock, FakeClock)
    assert len(stub.clock.slept) == 3


async def test_pages() -> None:
    """A paginator goes through the pages, each answered for the request that asks for it."""
    stub = Stub()
    summary = EndpointSummary(
        endpoint_name="churn", endpoint_arn=ARN, creation_time=NOW, last_modified_time=NOW, endpoint_status="InService"
    )
    stub.answer(ListEndpointsRequest(), ListEndpointsResponse(endpoints=[summary], next_token="t"))
    stub.answer(ListEndpointsRequest(next_token="t"), ListEndpointsResponse(endpoints=[summary, summary]))
    async with stub.client(SageMakerClient) as client:
        assert await client.paginate_list_endpoints().collect() == [summary] * 3


async def test_an_unexpected_request() -> None:
    """It fails with the request and what was expected, is no SdkError and is not tried again; secrets are not shown."""
    stub = Stub()
    stub.answer(DescribeEndpointRequest(endpoint_name="other"), described())
    stub.answer(InvokeEndpointRequest, InvokeEndpointResponse(body=b"1"), times=0)
    async with stub.client(SageMakerRuntimeClient) as client:
        with pytest.raises(UnexpectedRequestError) as caught:
            await client.invoke_endpoint(endpoint_name="churn", body=b"secret")
    assert str(caught.value).splitlines() == [
        "no answer is stubbed for",
        "  InvokeEndpointRequest(endpoint_name='churn', body=<redacted>)",
        "what was expected:",
        "  DescribeEndpointRequest(endpoint_name='other') (given so far: 0)",
        "  any InvokeEndpointRequest (given so far: 0, used up)",
    ]
    assert not isinstance(caught.value, errors.SdkError)
    assert stub.unexpected == stub.requests == [InvokeEndpointRequest(endpoint_name="churn", body=b"secret")]
    with pytest.raises(AssertionError, match=r"unexpected: InvokeEndpoint(.|\n)*not asked for: DescribeEndpointReq"):
        stub.check()


async def test_a_request_is_found_before_its_class() -> None:
    """The whole request's answers are given first, as often as was said; then those of the class, the last for ever."""
    stub = Stub()
    stub.answer(DescribeEndpointRequest, described("Failed"))
    stub.answer(DescribeEndpointRequest(endpoint_name="churn"), described("Creating"), times=1)
    async with stub.client(SageMakerClient) as client:
        found = [(await client.describe_endpoint(endpoint_name="churn")).endpoint_status for _ in range(3)]
        found.append((await client.describe_endpoint(endpoint_name="other")).endpoint_status)
    assert found == ["Creating", "Failed", "Failed", "Failed"]
    stub.check()


async def test_further_answers_come_after_those_before() -> None:
    """Answering the same request again adds to what was said, for the class and for an equal request."""
    stub = Stub()
    for key in (DescribeEndpointRequest, DescribeEndpointRequest(endpoint_name="churn")):
        for status in ("Creating", "InService"):
            stub.answer(key, described(status))
    async with stub.client(SageMakerClient) as client:
        for name in ("other", "churn"):
            found = [(await client.describe_endpoint(endpoint_name=name)).endpoint_status for _ in range(3)]
            assert found == ["Creating", "InService", "InService"]
        stub.answer(DescribeEndpointRequest, described("Failed"), times=2)
        found = [(await client.describe_endpoint(endpoint_name="other")).endpoint_status for _ in range(2)]
        assert found == ["Failed", "Failed"]
        with pytest.raises(UnexpectedRequestError):
            await client.describe_endpoint(endpoint_name="other")


async def test_an_empty_response() -> None:
    """Without an answer named, an operation that returns nothing succeeds."""
    stub = Stub()
    stub.answer(DeleteEndpointRequest)
    async with stub.client(SageMakerClient) as client:
        response = await client.delete_endpoint(endpoint_name="churn")
    assert (response.http_status, response.response_metadata.request_id) == (200, "stub-1")


async def test_tokens_are_the_clients() -> None:
    """A request that was named without its token is found, and the one that came has the client's."""
    request = DeletePipelineRequest(pipeline_name="p")
    stub = Stub()
    stub.answer(request)
    async with stub.client(SageMakerClient) as client:
        await client.send(request)
    assert stub.requests[0].with_client_request_token("t") == request.with_client_request_token("t")
    assert stub.requests[0].client_request_token


@pytest.mark.parametrize(
    ("latency", "timeouts", "error", "slept"),
    [
        (1.5, TimeoutConfig(), None, 1.5),
        (timedelta(seconds=2), TimeoutConfig(), None, 2.0),
        (70, TimeoutConfig(), errors.ReadTimeout, 65.0),
        (70, TimeoutConfig(attempt=20), errors.AttemptTimeout, 20.0),
        (1e6, TimeoutConfig(read=None, attempt=None), None, 1e6),
    ],
)
async def test_latency(latency: Any, timeouts: TimeoutConfig, error: Any, slept: float) -> None:
    """An answer takes its time by the injected clock, and is a timeout where it takes more than the client waits."""
    stub = Stub()
    stub.answer(DescribeEndpointRequest, described(), latency=latency)
    async with stub.client(SageMakerClient, timeouts=timeouts) as client:
        if error is None:
            response = await client.describe_endpoint(endpoint_name="churn")
            assert response.response_metadata.elapsed == slept
        else:
            with pytest.raises(error):
                await client.describe_endpoint(endpoint_name="churn")
    assert isinstance(stub.clock, FakeClock)
    assert stub.clock.slept[0] == slept


async def test_a_body_that_streams_is_read() -> None:
    """The request's own stream is read to its end, and its failure is the call's."""

    async def pieces() -> Any:
        yield b"ab"
        if len(stub.requests) > 0:
            raise OSError("gone")

    stub = Stub()
    stub.answer(InvokeEndpointRequest, InvokeEndpointResponse(body=b"1"))
    async with stub.client(SageMakerRuntimeClient) as client:
        assert (await client.invoke_endpoint(endpoint_name="churn", body=SizedStream(pieces, 2))).body == b"1"
        with pytest.raises(errors.BodyReadError, match="gone"):
            await client.invoke_endpoint(endpoint_name="churn", body=SizedStream(pieces, 2))


async def test_clients_of_a_stub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stub makes clients of any service, or is given to them; the environment has no say in those that it makes."""
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    stub = Stub()
    stub.answer(DescribeEndpointRequest, described())
    async with stub.client(SageMakerClient, Config(region="eu-west-1"), app_id="mine") as client:
        await client.describe_endpoint(endpoint_name="churn")
        config = client.config
        assert (config.region, config.app_id, config.transport) == ("eu-west-1", "mine", stub)
        assert config.source_of("profile") == "default"
        assert (
            await client.with_config(region="eu-west-2").describe_endpoint(endpoint_name="churn")
        ).http_status == 200
    with pytest.raises(errors.ClientClosedError):
        await client.describe_endpoint(endpoint_name="churn")
    monkeypatch.delenv("AWS_PROFILE")
    async with SageMakerClient(region="us-east-1", credentials=config.credentials, transport=stub) as client:
        await client.describe_endpoint(endpoint_name="churn")
    async with client_for("logs", stub.config()) as logs:
        request = logs.shapes.DescribeLogGroupsRequest()
        stub.answer(request, logs.shapes.DescribeLogGroupsResponse(log_groups=[]))
        assert (await logs.send(request)).log_groups == ()
    assert len(stub.requests) == 4


async def test_it_does_not_stream_both_ways() -> None:
    """What goes over connections of its own is refused, rather than sent past the stub."""
    stub = Stub()
    async with stub.client(SageMakerRuntimeClient) as client:
        with pytest.raises(errors.ConfigError, match=r"Config\.transport"):
            async with client.invoke_endpoint_with_bidirectional_stream(endpoint_name="churn"):
                pass


async def test_a_test_is_quick() -> None:
    """A stub, its client and its call take less than a millisecond together, by the processor's time."""

    async def once(count: int) -> float:
        began = time.process_time()
        for _ in range(count):
            stub = Stub()
            stub.answer(DescribeEndpointRequest, described())
            async with stub.client(SageMakerClient) as client:
                await client.describe_endpoint(endpoint_name="churn")
        return (time.process_time() - began) / count

    assert min([await once(20) for _ in range(10)]) < 1e-3


def test_a_users_own_suite_is_quick(tmp_path: Path) -> None:
    """The hundred tests of the example, with pytest's fixtures around each, take less than a second together."""
    tests = Path(__file__).parents[2] / "examples" / "test_stub.py"
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", str(tests)]

    def run() -> float:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tests.parents[2])
        assert "100 passed" in done.stdout, done.stdout
        times = sorted(float(case.get("time", "9")) for case in ET.parse(report).iter("testcase"))
        return sum(times[:-1])  # the slowest is the first, which imports the services

    # By the clock, and so again where something else had the processor.
    assert any(run() < 1 for _ in range(4))
