"""Waiting, with injected time: no test here sleeps."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker._shapes.structure import note_differences
from aiosagemaker.errors import (
    AccessDeniedException,
    ArgumentError,
    ConnectionClosed,
    NotFound,
    ParamValidationError,
    ThrottlingException,
    ValidationException,
    WaiterFailed,
    WaiterTimeout,
)
from aiosagemaker.retries import RetryConfig
from aiosagemaker.sagemaker import DescribeEndpointResponse
from aiosagemaker.sagemaker.models import NAMESPACE
from aiosagemaker.waiters import Waiter, _accepts

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiosagemaker import SageMakerClient

WAITERS = sorted(NAMESPACE.schema.waiters)
ACCEPTORS = [
    pytest.param(name, acceptor, id=f"{name}-{acceptor['state']}-{acceptor['expected']}")
    for name in WAITERS
    for acceptor in NAMESPACE.schema.waiters[name]["acceptors"]
]


def endpoint(status: str, **members: Any) -> dict[str, Any]:
    return {"EndpointName": "churn", "EndpointConfigName": "churn-v2", "EndpointStatus": status, **members}


def statuses(server: Any, *values: str) -> None:
    for value in values:
        server.answer(endpoint(value))


async def test_three_polls(client: SageMakerClient, server: Any, clock: Any) -> None:
    """Creating, Creating, InService takes three polls with a delay between each two, and returns the last response."""
    statuses(server, "Creating", "Creating", "InService")
    response = await client.wait_until_endpoint_in_service(endpoint_name="churn")
    assert response.endpoint_status == "InService"
    assert response.http_status == 200
    assert [request.operation for request in server.received] == ["DescribeEndpoint"] * 3
    assert [request.json for request in server.received] == [{"EndpointName": "churn"}] * 3
    assert clock.slept == [30, 30 + 0.5 * 30]


async def test_at_once(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A state that is there already takes one poll and no delay."""
    statuses(server, "InService")
    await client.wait_until_endpoint_in_service(endpoint_name="churn")
    assert (len(server.received), clock.slept) == (1, [])


async def test_request_object(client: SageMakerClient, server: Any) -> None:
    """A waiter takes a request object as well as keywords, and options beside it."""
    statuses(server, "InService")
    request = NAMESPACE["DescribeEndpointRequest"](endpoint_name="churn")
    response = await client.wait_until_endpoint_in_service(request, timeout=5)
    assert response.endpoint_name == "churn"


async def test_failed(client: SageMakerClient, server: Any) -> None:
    """A failed resource raises WaiterFailed with the service's reason and the last response."""
    statuses(server, "Creating")
    server.answer(endpoint("Failed", FailureReason="No capacity."))
    with pytest.raises(WaiterFailed, match=r"EndpointInService.*Failed.*No capacity\.") as caught:
        await client.wait_until_endpoint_in_service(endpoint_name="churn")
    assert caught.value.reason == "No capacity."
    assert caught.value.last_response.endpoint_status == "Failed"
    assert len(server.received) == 2


async def test_deadline(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A deadline raises WaiterTimeout with the last response, after a last poll on the deadline itself."""
    server.answer(endpoint("Creating"))
    start = clock.now
    with pytest.raises(WaiterTimeout, match="100 s") as caught:
        await client.wait_until_endpoint_in_service(endpoint_name="churn", timeout=100)
    assert caught.value.last_response.endpoint_status == "Creating"
    assert clock.now - start == pytest.approx(100)
    assert len(server.received) == len(clock.slept) + 1


async def test_success_on_the_deadline(client: SageMakerClient, server: Any) -> None:
    """A success that comes just before the deadline is seen."""
    statuses(server, "Creating", "InService")
    response = await client.wait_until_endpoint_in_service(endpoint_name="churn", timeout=1)
    assert response.endpoint_status == "InService"


async def test_timeout_zero(client: SageMakerClient, server: Any, clock: Any) -> None:
    """A timeout of zero polls once."""
    server.answer(endpoint("Creating"))
    with pytest.raises(WaiterTimeout):
        await client.wait_until_endpoint_in_service(endpoint_name="churn", timeout=0)
    assert (len(server.received), clock.slept) == (1, [])


async def test_on_poll(client: SageMakerClient, server: Any) -> None:
    """`on_poll` receives every response, the last one included."""
    statuses(server, "Creating", "Updating", "InService")
    seen: list[str] = []
    await client.wait_until_endpoint_in_service(
        endpoint_name="churn", on_poll=lambda response: seen.append(response.endpoint_status)
    )
    assert seen == ["Creating", "Updating", "InService"]


async def test_on_poll_sees_a_failure(client: SageMakerClient, server: Any) -> None:
    """`on_poll` receives the response that fails the wait."""
    server.answer(endpoint("Failed"))
    seen: list[str] = []
    with pytest.raises(WaiterFailed):
        await client.wait_until_endpoint_in_service(
            endpoint_name="churn", on_poll=lambda response: seen.append(response.endpoint_status)
        )
    assert seen == ["Failed"]


async def test_on_poll_error_ends_the_wait(client: SageMakerClient, server: Any) -> None:
    """An error in `on_poll` reaches the caller unchanged and ends the wait."""
    statuses(server, "Creating")

    def fail(response: Any) -> None:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        await client.wait_until_endpoint_in_service(endpoint_name="churn", on_poll=fail)
    assert len(server.received) == 1


async def test_backoff(client: SageMakerClient, server: Any, clock: Any) -> None:
    """Delays are drawn between the lowest and a ceiling that doubles up to the highest."""
    statuses(server, *["Creating"] * 6, "InService")
    clock.chance = 1.0
    await client.wait_until_endpoint_in_service(endpoint_name="churn", min_delay=2, max_delay=20, timeout=1000)
    assert clock.slept == pytest.approx([2, 4, 8, 16, 20, 20])


async def test_lowest_delay(client: SageMakerClient, server: Any, clock: Any) -> None:
    """Delays never fall below the lowest."""
    statuses(server, *["Creating"] * 4, "InService")
    clock.chance = 0.0
    await client.wait_until_endpoint_in_service(endpoint_name="churn", min_delay=3, timeout=1000)
    assert clock.slept == [3, 3, 3, 3]


async def test_timedelta(client: SageMakerClient, server: Any, clock: Any) -> None:
    """Times may be timedeltas."""
    server.answer(endpoint("Creating"))
    start = clock.now
    with pytest.raises(WaiterTimeout):
        await client.wait_until_endpoint_in_service(
            endpoint_name="churn",
            timeout=timedelta(minutes=2),
            min_delay=timedelta(seconds=5),
            max_delay=timedelta(seconds=5),
        )
    assert clock.now - start == pytest.approx(120)
    assert set(clock.slept) == {5}


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": -1},
        {"min_delay": -1},
        {"max_delay": -0.1},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"min_delay": 10, "max_delay": 5},
    ],
)
async def test_bad_times(client: SageMakerClient, server: Any, options: dict[str, Any]) -> None:
    """Times that make no sense are refused before anything is sent."""
    with pytest.raises(ArgumentError):
        await client.wait_until_endpoint_in_service(endpoint_name="churn", **options)
    assert server.received == []


async def test_bad_input(client: SageMakerClient, server: Any) -> None:
    """A request that breaks the rules is refused before anything is sent."""
    with pytest.raises(ParamValidationError):
        await client.wait_until_endpoint_in_service(endpoint_name=5)
    with pytest.raises(ArgumentError):
        await client.wait_until_endpoint_in_service(endpoint="churn")
    assert server.received == []


async def test_passing_errors_are_waited_out(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """Throttling and a lost connection do not end a wait."""
    client = make_client(retry=RetryConfig(mode="off"))
    server.refuse("ThrottlingException", "Rate exceeded")
    server.answer(b"", status=503)
    statuses(server, "Creating", "InService")
    response = await client.wait_until_endpoint_in_service(endpoint_name="churn")
    assert response.endpoint_status == "InService"
    assert len(server.received) == 4


async def test_passing_error_at_the_deadline(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A deadline among passing errors raises WaiterTimeout, caused by the last of them, with the last response."""
    client = make_client(retry=RetryConfig(mode="off"))
    statuses(server, "Creating")
    server.refuse("ThrottlingException", "Rate exceeded")
    with pytest.raises(WaiterTimeout) as caught:
        await client.wait_until_endpoint_in_service(endpoint_name="churn", timeout=100)
    assert caught.value.last_response.endpoint_status == "Creating"
    assert isinstance(caught.value.__cause__, ThrottlingException)


async def test_lasting_error(client: SageMakerClient, server: Any) -> None:
    """An error that the waiter does not know and that will not pass is raised as it is."""
    server.refuse("AccessDeniedException", "no")
    with pytest.raises(Exception, match="AccessDeniedException") as caught:
        await client.wait_until_notebook_instance_stopped(notebook_instance_name="n")
    assert not isinstance(caught.value, WaiterFailed)
    assert len(server.received) == 1


async def test_error_that_fails_the_wait(client: SageMakerClient, server: Any) -> None:
    """An error that the waiter counts as failure is the cause, and its words are the reason."""
    server.refuse("ValidationException", 'Could not find endpoint "churn".')
    with pytest.raises(WaiterFailed) as caught:
        await client.wait_until_endpoint_in_service(endpoint_name="churn")
    assert isinstance(caught.value.__cause__, NotFound)
    assert "Could not find endpoint" in str(caught.value.reason)
    assert caught.value.last_response is None


async def test_deleted(client: SageMakerClient, server: Any) -> None:
    """After the success of a waiter whose sign is an error, the response is the last one before it."""
    statuses(server, "Deleting", "Deleting")
    server.refuse("ValidationException", 'Could not find endpoint "churn".')
    response = await client.wait_until_endpoint_deleted(endpoint_name="churn")
    assert response.endpoint_status == "Deleting"
    assert len(server.received) == 3


async def test_deleted_at_once(client: SageMakerClient, server: Any) -> None:
    """Where nothing was there from the start, there is no response."""
    server.refuse("ValidationException", 'Could not find endpoint "churn".')
    assert await client.wait_until_endpoint_deleted(endpoint_name="churn") is None


async def test_other_refusal_is_not_deletion(client: SageMakerClient, server: Any) -> None:
    """A validation error that is about something else is no sign that the resource is gone."""
    server.refuse("ValidationException", "1 validation error detected: the name is bad")
    with pytest.raises(ValidationException) as caught:
        await client.wait_until_endpoint_deleted(endpoint_name="churn")
    assert not isinstance(caught.value, NotFound)


async def test_unknown_status_goes_on(client: SageMakerClient, server: Any) -> None:
    """A state that the model does not know is no end."""
    statuses(server, "Hibernating", "InService")
    response = await client.wait_until_endpoint_in_service(endpoint_name="churn")
    assert response.endpoint_status == "InService"


async def test_cancel_during_a_poll(client: SageMakerClient, server: Any) -> None:
    """A wait can be cancelled while a poll is under way, and the client works afterwards."""
    server.gate = asyncio.Event()
    task = asyncio.create_task(client.wait_until_endpoint_in_service(endpoint_name="churn"))
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.gate.set()
    assert (await client.describe_endpoint(endpoint_name="churn")).http_status == 200


async def test_cancel_during_a_delay(
    client: SageMakerClient, server: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait can be cancelled while it sleeps."""
    asleep = asyncio.Event()

    async def sleep(delay: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(clock, "sleep", sleep)
    statuses(server, "Creating")
    task = asyncio.create_task(client.wait_until_endpoint_in_service(endpoint_name="churn"))
    await asleep.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(server.received) == 1


async def test_lost_connection_is_waited_out(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """A connection that the server drops does not end a wait."""
    client = make_client(retry=RetryConfig(mode="off"))

    async def drop(received: Any) -> Any:
        raise asyncio.CancelledError

    server.handle(drop)
    statuses(server, "InService")
    with pytest.raises(ConnectionClosed):
        await client.describe_endpoint(endpoint_name="churn")
    server.handle(drop)
    statuses(server, "InService")
    response = await client.wait_until_endpoint_in_service(endpoint_name="churn")
    assert response.endpoint_status == "InService"


@pytest.mark.parametrize("name", WAITERS)
async def test_defaults_come_from_the_model(
    client: SageMakerClient, server: Any, clock: Any, sample: Callable[..., Any], name: str
) -> None:
    """Each waiter gives up after the model's delay times its attempts, and waits the model's delay first."""
    row = NAMESPACE.schema.waiters[name]
    server.answer({})
    start = clock.now
    request = sample(NAMESPACE, NAMESPACE.schema.operations[row["operation"]]["input"])
    with pytest.raises(WaiterTimeout, match=name):
        await getattr(client, row["method"])(request)
    assert clock.now - start == pytest.approx(row["delay"] * row["max_attempts"])
    assert clock.slept[0] == row["delay"]
    assert max(clock.slept) <= max(120, row["delay"])


@pytest.mark.parametrize(("name", "acceptor"), ACCEPTORS)
async def test_every_acceptor(
    client: SageMakerClient, server: Any, sample: Callable[..., Any], name: str, acceptor: dict[str, Any]
) -> None:
    """Each row of each waiter ends the wait as the model says."""
    row = NAMESPACE.schema.waiters[name]
    server.answer({})
    if acceptor["matcher"] == "path":
        reason = {"FailureReason": "reason"} if acceptor["state"] == "failure" else {}
        server.answer({acceptor["argument"]: acceptor["expected"], **reason})
    elif acceptor["expected"] == "NotFound":
        server.refuse("ValidationException", "Could not find it")
    else:
        server.refuse(acceptor["expected"], "reason")
    request = sample(NAMESPACE, NAMESPACE.schema.operations[row["operation"]]["input"])
    waited = getattr(client, row["method"])(request)
    if acceptor["state"] == "success":
        response = await waited
        if acceptor["matcher"] == "path":
            assert response.to_dict()[acceptor["argument"]] == acceptor["expected"]
    else:
        with pytest.raises(WaiterFailed, match="reason"):
            await waited
    assert len(server.received) == 2


async def test_a_filled_member_is_no_state(client: SageMakerClient, server: Any) -> None:
    """A state that the service left out, and the client filled in, neither ends a wait well nor badly."""
    row = NAMESPACE.schema.waiters["EndpointInService"]
    waiter: Waiter[Any] = Waiter("EndpointInService", {**row, "acceptors": [{**row["acceptors"][0], "expected": ""}]})
    response = DescribeEndpointResponse.from_dict({"EndpointStatus": ""})
    assert waiter.settled(response)
    object.__setattr__(response, "response_metadata", SimpleNamespace(filled=("endpoint_status",)))
    assert not waiter.settled(response)


def test_the_model_has_thirteen_waiters() -> None:
    """Every waiter of the model has its method."""
    assert len(WAITERS) == 13


async def test_a_poll_that_hangs_does_not_outlive_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that falls silent cannot stretch a wait: the poll ends with it, and the last response is kept."""
    monkeypatch.setattr("aiosagemaker.waiters.LEAST_POLL", 0.05)
    answers = [DescribeEndpointResponse.from_dict({"EndpointStatus": "Creating"})]

    async def poll() -> Any:
        if answers:
            return answers.pop()
        return await asyncio.Event().wait()

    row = NAMESPACE.schema.waiters["EndpointInService"]
    waiter: Waiter[Any] = Waiter("EndpointInService", row, timeout=0.05, min_delay=0)
    with pytest.raises(WaiterTimeout) as caught:
        await waiter.wait(poll)
    assert caught.value.last_response.endpoint_status == "Creating"


async def test_what_was_filled_is_no_state(make_client: Callable[..., SageMakerClient], server: Any) -> None:
    """An answer without its required status is not taken for a state, whatever stands in for it; the wait goes on."""
    server.answer({})
    statuses(server, "InService")
    response = await make_client().wait_until_endpoint_in_service(endpoint_name="churn")
    assert len(server.received) == 2
    assert "endpoint_status" not in response.response_metadata.filled


def test_a_filled_member_matches_nothing() -> None:
    """Not even an acceptor that expects the value which stands in for a member takes it for the service's."""
    acceptor: Any = {"state": "success", "matcher": "path", "argument": "EndpointStatus", "expected": ""}
    response = DescribeEndpointResponse.from_dict({"EndpointStatus": ""})
    assert _accepts(acceptor, response, None)
    note_differences(response, ("endpoint_status",))
    assert not _accepts(acceptor, response, None)


ROW: Any = {"delay": 1, "max_attempts": 3, "acceptors": []}


def test_a_delay_after_any_number_of_polls() -> None:
    """However often was polled, the delay is a number, and the longest at most."""
    loop = Waiter("Any", ROW, min_delay=0.1, max_delay=5).loop
    assert all(0.1 <= loop.delay(polled) <= 5 for polled in (1, 10, 100_000))


def test_nothing_is_not_all() -> None:
    """A list without items is not one whose items all have the state."""
    acceptor: Any = {"matcher": "pathAll", "argument": "Tags[].Key", "expected": "a", "state": "success"}
    cls: Any = NAMESPACE["ListTagsResponse"]
    tag = NAMESPACE["Tag"](key="a", value="b")
    assert _accepts(acceptor, cls(tags=[tag]), None)
    assert not _accepts(acceptor, cls(tags=[]), None)
    assert not _accepts(acceptor, cls(), None)


def test_an_error_that_is_to_be_waited_out() -> None:
    """An error of which the model says to try again goes on, though it is none that is retried; any other ends."""
    acceptor = {"matcher": "error", "expected": "ValidationException", "state": "retry"}
    waiter: Waiter[Any] = Waiter("Any", {**ROW, "acceptors": [acceptor]})
    assert waiter.settled(None, ValidationException("no", code="ValidationException")) is False
    with pytest.raises(AccessDeniedException):
        waiter.settled(None, AccessDeniedException("no", code="AccessDeniedException", http_status=400))
