"""What hooks are told of calls, attempts, streams and waits, in order, over real HTTP."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from tests.benchmarks.hooks import Points, asking
from tests.conftest import CREDENTIALS
from tests.integration.hosting_cases import make_spec, serving

import aiosagemaker.hooks as face
from aiosagemaker import RetryConfig, SageMakerRuntimeClient, TimeoutConfig, client_for
from aiosagemaker._hooks import Teller, _failed
from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.errors import (
    AttemptTimeout,
    ClientClosedError,
    EventStreamError,
    InternalFailure,
    ValidationException,
    WaiterFailed,
)
from aiosagemaker.hooks import Attempt, Call, Chat, ChatOutcome, Hooks, Outcome, Poll, Wait, Workflow
from aiosagemaker.hosting import DeploymentFailed, deploy, teardown
from aiosagemaker.sagemaker import ListEndpointsRequest
from aiosagemaker.sagemaker_runtime import Checkpoint, InvokeEndpointWithResponseStreamRequest, ModelStreamError
from aiosagemaker.testing import Parts, Stub

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient
    from aiosagemaker.hosting import Event


class Recorder(Hooks):
    """Writes down every moment."""

    def __init__(self) -> None:
        self.moments: list[str] = []
        self.facts: dict[str, list[Any]] = {}

    def _note(self, moment: str, *facts: Any) -> None:
        self.moments.append(moment)
        self.facts.setdefault(moment, []).append(facts)

    def call_started(self, call: Call) -> None:
        self._note("call_started", call)

    def attempt_started(self, attempt: Attempt) -> None:
        self._note("attempt_started", attempt)

    def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
        self._note("attempt_ended", attempt, outcome, delay)

    def call_ended(self, call: Call, outcome: Outcome) -> None:
        self._note("call_ended", call, outcome)

    def stream_opened(self, call: Call) -> None:
        self._note("stream_opened", call)

    def stream_first_part(self, call: Call, elapsed: float) -> None:
        self._note("stream_first_part", call, elapsed)

    def stream_ended(self, call: Call, outcome: Outcome) -> None:
        self._note("stream_ended", call, outcome)

    def polled(self, poll: Poll) -> None:
        self._note("polled", poll)

    def wait_started(self, wait: Wait) -> None:
        self._note("wait_started", wait)

    def wait_ended(self, wait: Wait, error: BaseException | None) -> None:
        self._note("wait_ended", wait, error)

    def workflow_started(self, workflow: Workflow) -> None:
        self._note("workflow_started", workflow)

    def workflow_advanced(self, workflow: Workflow, step: Any) -> None:
        self._note("workflow_advanced", workflow, step)

    def workflow_ended(self, workflow: Workflow, error: BaseException | None) -> None:
        self._note("workflow_ended", workflow, error)

    def chat_started(self, chat: Chat) -> None:
        self._note("chat_started", chat)

    def chat_ended(self, chat: Chat, outcome: ChatOutcome) -> None:
        self._note("chat_ended", chat, outcome)


ATTEMPT = ["attempt_started", "attempt_ended"]


async def test_a_retried_call(make_client: Callable[..., SageMakerClient], server: Any, clock: Any) -> None:
    """Every attempt of a call is told of, in order, with its number, its outcome and the delay after it."""
    hooks = Recorder()
    client = make_client(hooks=[hooks])
    server.answer({"__type": "InternalFailure"}, status=500)
    server.answer({"__type": "ThrottlingException"}, status=400)
    server.answer({"Endpoints": []})
    response = await client.list_endpoints(name_contains="c")
    assert hooks.moments == ["call_started", *ATTEMPT * 3, "call_ended"]
    ((call,),) = hooks.facts["call_started"]
    assert (call.service, call.service_id, call.operation) == ("sagemaker", "SageMaker", "ListEndpoints")
    assert (call.region, call.endpoint, call.streams) == ("us-east-1", server.url, False)
    assert call.request == ListEndpointsRequest(name_contains="c")
    assert call.id == server.received[0].headers["amz-sdk-invocation-id"]
    ends = hooks.facts["attempt_ended"]
    assert [attempt.number for attempt, _, _ in ends] == [1, 2, 3]
    assert [outcome.http_status for _, outcome, _ in ends] == [500, 400, 200]
    assert [type(outcome.error).__name__ for _, outcome, _ in ends] == [
        "InternalFailure",
        "ThrottlingException",
        "NoneType",
    ]
    assert [delay for _, _, delay in ends] == [*clock.slept, None]
    assert all(attempt.call is call for attempt, _, _ in ends)
    ((ended, outcome),) = hooks.facts["call_ended"]
    assert ended is call
    assert (outcome.response, outcome.error, outcome.attempts) == (response, None, 3)
    assert outcome.elapsed == pytest.approx(sum(clock.slept))
    assert (outcome.request_id, outcome.bytes_sent) == ("request-1", len(server.received[0].body))
    assert outcome.bytes_received == len('{"Endpoints": []}')


async def test_a_call_that_fails(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """The error of a call is told as it is raised."""
    hooks = Recorder()
    server.refuse("ValidationException", "no")
    with pytest.raises(ValidationException) as caught:
        await make_client(hooks=[hooks]).list_endpoints()
    assert hooks.moments == ["call_started", *ATTEMPT, "call_ended"]
    assert hooks.facts["call_ended"][0][1].error is caught.value
    assert hooks.facts["attempt_ended"][0][2] is None


async def test_a_call_that_is_cancelled(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A cancelled call has its end told too."""
    hooks = Recorder()
    server.gate = asyncio.Event()
    task = asyncio.create_task(make_client(hooks=[hooks]).list_endpoints())
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert hooks.moments == ["call_started", *ATTEMPT, "call_ended"]
    assert isinstance(hooks.facts["call_ended"][0][1].error, asyncio.CancelledError)


async def test_a_timeout(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """An attempt without an answer has an error and no status."""
    hooks = Recorder()
    server.gate = asyncio.Event()
    client = make_client(hooks=[hooks], timeouts=TimeoutConfig(attempt=0.05), retry=RetryConfig(mode="off"))
    with pytest.raises(AttemptTimeout):
        await client.list_endpoints()
    ((_, outcome, _),) = hooks.facts["attempt_ended"]
    assert isinstance(outcome.error, AttemptTimeout)
    assert (outcome.http_status, outcome.request_id, outcome.bytes_received) == (None, None, 0)


class Header(Hooks):
    def attempt_started(self, attempt: Attempt) -> None:
        attempt.headers["X-Correlation-Id"] = f"c-{attempt.number}"
        attempt.headers["X-Amzn-Trace-Id"] = "Root=1"


async def test_headers_are_added_and_signed(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """What a hook adds to an attempt's headers is sent with that attempt alone, and signed, but for trace headers."""
    server.answer({}, status=500)
    server.answer({})
    await make_client(hooks=[Header()]).list_endpoints()
    assert [received.headers["X-Correlation-Id"] for received in server.received] == ["c-1", "c-2"]
    for received in server.received:
        signed = received.headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
        assert "x-correlation-id" in signed
        assert "x-amzn-trace-id" not in signed
        assert received.headers["X-Amzn-Trace-Id"] == "Root=1"


async def test_configured_headers(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """`Config.headers` are on every request, signed; for one call through a view."""
    client = make_client(headers={"X-Team": "growth"})
    await client.list_endpoints()
    await client.with_config(headers={"X-Team": "other"}).list_endpoints()
    assert [received.headers["X-Team"] for received in server.received] == ["growth", "other"]
    assert "x-team" in server.received[0].headers["Authorization"]


class Broken(Hooks):
    """Fails at one moment."""

    def __init__(self, moment: str) -> None:
        setattr(self, moment, self._fail)

    def _fail(self, *facts: Any) -> None:
        raise LookupError("hook")


@pytest.mark.parametrize("moment", ["call_started", "attempt_started"])
async def test_a_hook_that_fails_before(moment: str, make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A hook that raises before anything is sent ends the call with its own error, and what began is told to end."""
    hooks = Recorder()
    with pytest.raises(LookupError, match="hook"):
        await make_client(hooks=[hooks, Broken(moment)]).list_endpoints()
    assert not server.received
    attempts = ATTEMPT if moment == "attempt_started" else []
    assert hooks.moments == ["call_started", *attempts, "call_ended"]
    assert isinstance(hooks.facts["call_ended"][0][1].error, LookupError)


@pytest.mark.parametrize("moment", ["attempt_ended", "call_ended"])
async def test_a_hook_that_fails_after(
    moment: str, make_client: Callable[..., SageMakerClient], server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A hook that raises afterwards harms no call and no other hook, and is logged once."""
    hooks = Recorder()
    client = make_client(hooks=[Broken(moment), hooks])
    for _ in range(3):
        await client.list_endpoints()
    assert hooks.moments == ["call_started", *ATTEMPT, "call_ended"] * 3
    assert [record.getMessage() for record in caplog.records] == [f"Broken.{moment} failed; this is logged once"]
    assert "LookupError" in caplog.text


async def test_a_hook_that_fails_in_waits(
    make_client: Callable[..., SageMakerClient], server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """What a hook raises there is logged once too, however many waits there are; of another hook it is logged again."""
    server.answer({"EndpointStatus": "InService"})
    client = make_client(hooks=[Broken("polled")])
    for _ in range(3):
        await client.wait_until_endpoint_in_service(endpoint_name="e")
    assert [record.getMessage() for record in caplog.records] == ["Broken.polled failed; this is logged once"]
    await make_client(hooks=[Broken("polled")]).wait_until_endpoint_in_service(endpoint_name="e")
    assert len(caplog.records) == 2


def test_no_hook_is_kept_for_having_failed(caplog: pytest.LogCaptureFixture) -> None:
    """What is known of its failures goes with it."""
    caplog.set_level(logging.CRITICAL, logger="aiosagemaker")  # a record that is kept would keep it
    hook = Broken("call_ended")
    Teller((hook,)).after("call_ended")
    seen = weakref.ref(hook)
    assert _failed[id(hook)] == {"call_ended"}
    number = id(hook)
    del hook
    gc.collect()
    assert seen() is None
    assert number not in _failed


async def test_without_hooks_nothing_is_made(client: SageMakerClient) -> None:
    """A client without hooks has nobody to tell."""
    await client.list_endpoints()
    assert client._session._pipeline is not None
    assert client._session._pipeline.teller is None


async def test_without_hooks_a_call_costs_nothing_more(client: SageMakerClient) -> None:
    """Such a call asks at ten places at most whether anybody is to be told, in less than a microsecond together."""
    await client.list_endpoints()
    with Points() as points:
        await client.list_endpoints()
    assert 0 < points.count <= 10
    assert points.count * asking() < 1e-6


async def test_waits(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """Each poll of a wait is told of with its number, its response or its error."""
    hooks = Recorder()
    client = make_client(hooks=[hooks], retry=RetryConfig(mode="off"))
    server.answer({"EndpointStatus": "Creating"})
    server.answer({"__type": "InternalFailure"}, status=500)
    server.answer({"EndpointStatus": "InService"})
    await client.wait_until_endpoint_in_service(endpoint_name="e")
    polls = [poll for (poll,) in hooks.facts["polled"]]
    assert [(poll.wait, poll.number) for poll in polls] == [("EndpointInService", number) for number in (1, 2, 3)]
    assert [poll.response and poll.response.endpoint_status for poll in polls] == ["Creating", None, "InService"]
    assert isinstance(polls[1].error, InternalFailure)
    assert polls[0].elapsed == 0 < polls[1].elapsed < polls[2].elapsed
    ((wait,),) = hooks.facts["wait_started"]
    assert wait.name == "EndpointInService"
    assert all(poll.of is wait for poll in polls)
    assert hooks.facts["wait_ended"] == [(wait, None)]
    assert (hooks.moments[0], hooks.moments[-1]) == ("wait_started", "wait_ended")


async def test_calls_of_a_wait(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A poll's calls know their wait and the poll's number, also those in tasks of its own; no other call does."""
    hooks = Recorder()
    client = make_client(hooks=[hooks])

    def told() -> list[tuple[str, Any, int | None]]:
        return [(call.operation, call.wait, call.poll) for (call,) in hooks.facts.pop("call_started")]

    server.answer({"EndpointStatus": "Creating"})
    server.answer({})
    server.answer({"EndpointStatus": "InService"})
    async for _ in client.watch_endpoint(endpoint_name="e"):
        await client.list_models()
    ((wait,),) = hooks.facts.pop("wait_started")
    describe, between = "DescribeEndpoint", ("ListModels", None, None)
    assert told() == [(describe, wait, 1), between, (describe, wait, 2), between]
    outcomes = await client.wait_until_endpoints_in_service(["a", "b"])
    ((wait,),) = hooks.facts.pop("wait_started")
    assert list(outcomes) == ["a", "b"]
    found = told()
    assert ("ListEndpoints", wait, 1) in found
    assert found.count((describe, wait, 1)) == 2
    assert {poll for _, _, poll in found} == {1}


async def test_waits_that_end_otherwise(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """The end of a wait is told with what it failed with, and where the wait is left early, without."""
    hooks = Recorder()
    client = make_client(hooks=[hooks])
    server.answer({"EndpointStatus": "Failed"})
    with pytest.raises(WaiterFailed) as caught:
        await client.wait_until_endpoint_in_service(endpoint_name="e")
    server.answer({"EndpointStatus": "Creating"})
    async with aclosing(client.watch_endpoint(endpoint_name="e")) as states:
        async for _ in states:
            break
    assert [error for _, error in hooks.facts["wait_ended"]] == [caught.value, None]


async def test_many_calls(make_runtime: Callable[..., SageMakerRuntimeClient], server: Any) -> None:
    """`invoke_many` is told of: its length where there is one, each outcome in the order given, and its end."""
    hooks = Recorder()
    server.answer(b"a")
    runtime = make_runtime(hooks=[hooks])
    outcomes = [outcome async for outcome in runtime.invoke_many("e", ["x", "y", "z"])]
    ((workflow,),) = hooks.facts["workflow_started"]
    assert (workflow.name, workflow.endpoint_name, workflow.total, workflow.done) == ("invoke_many", "e", 3, 0)
    assert hooks.facts["workflow_advanced"] == [(workflow, outcome) for outcome in outcomes]
    assert hooks.facts["workflow_ended"] == [(workflow, None)]
    assert (hooks.moments[0], hooks.moments[-1]) == ("workflow_started", "workflow_ended")

    async with aclosing(runtime.invoke_many("e", iter("xyz"), checkpoint=Checkpoint())) as left:
        await anext(left)
    assert hooks.facts["workflow_started"][1][0].total is None
    assert [error for _, error in hooks.facts["workflow_ended"]] == [None, None]

    await runtime.close()
    with pytest.raises(ClientClosedError) as caught:
        _ = [outcome async for outcome in runtime.invoke_many("e", ["x"])]
    assert hooks.facts["workflow_ended"][2][1] is caught.value


async def test_deployments() -> None:
    """A deployment and a teardown are told of: each event that `on_event` has, and the error at the end."""
    hooks = Recorder()
    async with serving() as hosting, hosting.client.with_config(hooks=[hooks]) as client:
        events: list[Event] = []
        await deploy(client, make_spec(), on_event=events.append)
        ((workflow,),) = hooks.facts["workflow_started"]
        assert (workflow.name, workflow.endpoint_name, workflow.total) == ("deploy", "churn", None)
        assert hooks.facts["workflow_advanced"] == [(workflow, event) for event in events]
        assert hooks.facts["workflow_ended"] == [(workflow, None)]
        await teardown(client, "churn")
        assert hooks.facts["workflow_started"][1][0].name == "teardown"
        assert hooks.facts["workflow_advanced"][-1][1].stage == "done"
        with pytest.raises(DeploymentFailed) as caught:
            await deploy(client, make_spec(image="bad"))
        assert hooks.facts["workflow_ended"][2][1] is caught.value


async def test_chats(clock: Any) -> None:
    """A chat's beginning and end are told of around its call's: read to the end, failed, or left early."""
    hooks = Recorder()
    stub = Stub(clock=clock)
    event = b'data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n'
    stub.answer(
        InvokeEndpointWithResponseStreamRequest,
        Parts(event, b"data: [DONE]\n\n", delay=1),
        ValidationException,
        Parts(event, delay=1),
    )
    async with stub.client(SageMakerRuntimeClient, hooks=[hooks]) as client:
        await client.chat("e", [], temperature=0.5).collect()
        with pytest.raises(ValidationException) as caught:
            await client.chat("e", []).collect()
        async with client.chat("e", []) as stream:
            await anext(stream)
    chats = [chat for (chat,) in hooks.facts["chat_started"]]
    assert [(chat.target, dict(chat.parameters), chat.streams) for chat in chats] == [
        ("e", {"temperature": 0.5}, True), ("e", {}, True), ("e", {}, True),
    ]  # fmt: skip
    ended = hooks.facts["chat_ended"]
    assert [chat for chat, _ in ended] == chats
    outcomes = [outcome for _, outcome in ended]
    assert [outcome.error for outcome in outcomes] == [None, caught.value, None]
    assert [outcome.completion.text for outcome in outcomes] == ["hi", "", "hi"]
    assert [(outcome.elapsed, outcome.time_to_first_token) for outcome in outcomes] == [(2, 1), (0, None), (1, 1)]
    assert (hooks.moments[0], hooks.moments[-1]) == ("chat_started", "chat_ended")


def parts(*payloads: bytes) -> bytes:
    return b"".join(
        encode_message({":message-type": "event", ":event-type": "PayloadPart"}, payload) for payload in payloads
    )


@pytest.mark.parametrize("end", ["whole", "left", "cut", "failed"])
async def test_streams(end: str, server: Any, clock: Any) -> None:
    """A stream's head, its first bytes and its end are told of: read to the end, left early, cut, or failed."""
    hooks = Recorder()
    failure = encode_message({":message-type": "exception", ":exception-type": "ModelStreamError"}, b"{}")
    body = parts(b"a", b"b") + (failure if end == "failed" else b"")
    server.answer(body[:-1] if end == "cut" else body, headers={"Content-Type": "application/vnd.amazon.eventstream"})
    runtime = SageMakerRuntimeClient(
        region="us-east-1", endpoint_url=server.url, credentials=CREDENTIALS, clock=clock, hooks=[hooks]
    )
    async with runtime, runtime.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
        await anext(stream)
        if end == "whole":
            assert [part.bytes async for part in stream] == [b"b"]
        elif end == "cut":
            with pytest.raises(EventStreamError) as caught:
                await anext(stream)
        elif end == "failed":
            await anext(stream)
            with pytest.raises(ModelStreamError) as caught:
                await anext(stream)
    call = ["call_started", *ATTEMPT, "call_ended"]
    assert hooks.moments == [*call, "stream_opened", "stream_first_part", "stream_ended"]
    ((told, outcome),) = hooks.facts["stream_ended"]
    assert told is hooks.facts["call_started"][0][0]
    assert told.streams
    assert outcome.bytes_received == len(body) - (end == "cut")
    assert outcome.error is (caught.value if end in ("cut", "failed") else None)


@pytest.mark.models
async def test_an_endpoint_of_its_own() -> None:
    """A call is told with the endpoint that it is sent to, where that follows from its request, streams included."""
    hooks, stub = Recorder(), Stub(validation="off")
    arn = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
    async with client_for("kinesis", stub.config(), hooks=[hooks]) as client:
        shapes = client.shapes
        stub.answer(shapes.GetRecordsRequest, shapes.GetRecordsResponse(records=[]))
        stub.answer(shapes.SubscribeToShardRequest, Parts())
        await client.send(shapes.GetRecordsRequest(shard_iterator="i", stream_arn=arn))
        latest = shapes.StartingPosition(type="LATEST")
        asked: Any = client
        async with asked.subscribe_to_shard(
            consumer_arn=f"{arn}/consumer/c:1", shard_id="s", starting_position=latest
        ) as stream:
            assert [event async for event in stream] == []
    told = [(call.operation, call.endpoint) for (call,) in hooks.facts["call_started"]]
    assert told == [(name, "https://123456789012.data-kinesis.us-east-1.amazonaws.com") for name in OF_KINESIS]
    assert [attempt.url for (attempt,) in hooks.facts["attempt_started"]] == [endpoint for _, endpoint in told]


OF_KINESIS = ("GetRecords", "SubscribeToShard")


async def test_debug_log(client: SageMakerClient, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG a call tells its service, endpoint, region and its credentials' source, and never a secret."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker")
    await client.list_endpoints()
    line = caplog.records[0].getMessage()
    assert line.startswith("sagemaker.ListEndpoints at http://127.0.0.1:")
    assert "region us-east-1, credentials from" in line
    assert CREDENTIALS.secret_key not in caplog.text


def test_the_face() -> None:
    """The face offers what a hook is given, sorted."""
    assert face.__all__ == sorted(face.__all__)
    assert {"Attempt", "Call", "Hooks", "Outcome", "Poll"} <= set(face.__all__)
