"""Waiting for endpoints: the truth after a rollback, snapshots, and thousands at once."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from aiosagemaker.errors import NotFound, WaiterFailed, WaiterTimeout
from aiosagemaker.sagemaker import EndpointStatus, EndpointSummary

if TYPE_CHECKING:
    from aiosagemaker import SageMakerClient

TIMES = {"CreationTime": 1.0, "LastModifiedTime": 1.0}


def described(status: str, config: str = "new", **more: Any) -> dict[str, Any]:
    return {
        "EndpointName": "e",
        "EndpointArn": "a",
        "EndpointConfigName": config,
        "EndpointStatus": status,
        **TIMES,
        **more,
    }


async def test_a_rollback_is_a_failure(client: SageMakerClient, server: Any) -> None:
    """An endpoint that is in service again with its former configuration did not reach the one asked for."""
    server.answer(described("Updating", "old"))
    server.answer(described("RollingBack", "old"))
    server.answer(described("InService", "old", FailureReason="the alarm fired"))
    with pytest.raises(WaiterFailed) as raised:
        await client.wait_until_endpoint_in_service(endpoint_name="e", endpoint_config_name="new")
    assert raised.value.reason == "the alarm fired"
    assert raised.value.last_response.endpoint_config_name == "old"
    assert len(server.received) == 3


async def test_the_configuration_asked_for_is_a_success(client: SageMakerClient, server: Any) -> None:
    """An endpoint in service with the configuration asked for ends the wait, and the name is not sent."""
    server.answer(described("Updating", "old"))
    server.answer(described("InService", "new"))
    response = await client.wait_until_endpoint_in_service(endpoint_name="e", endpoint_config_name="new")
    assert response is not None
    assert response.endpoint_status is EndpointStatus.IN_SERVICE
    assert [received.json for received in server.received] == [{"EndpointName": "e"}] * 2


@pytest.mark.parametrize("status", ["Failed", "UpdateRollbackFailed", "OutOfService"])
async def test_dead_ends_fail_at_once(status: str, client: SageMakerClient, server: Any) -> None:
    """A status that an endpoint does not leave by itself ends the wait with the service's reason."""
    server.answer(described(status, FailureReason="no capacity"))
    with pytest.raises(WaiterFailed, match="no capacity") as raised:
        await client.wait_until_endpoint_in_service(endpoint_name="e")
    assert raised.value.reason == "no capacity"
    assert len(server.received) == 1


async def test_only_not_found_is_a_deletion(client: SageMakerClient, server: Any) -> None:
    """Waiting for a deletion ends well at "Could not find", and not at any other validation error."""
    server.answer(described("Deleting"))
    server.refuse("ValidationException", 'Could not find endpoint "e".')
    gone = await client.wait_until_endpoint_deleted(endpoint_name="e")
    assert gone is not None
    assert gone.endpoint_status is EndpointStatus.DELETING
    server.refuse("ValidationException", "1 validation error detected")
    with pytest.raises(Exception, match="1 validation error") as raised:
        await client.wait_until_endpoint_deleted(endpoint_name="e")
    assert not isinstance(raised.value, NotFound | WaiterFailed)


async def test_watching_gives_snapshots(client: SageMakerClient, server: Any) -> None:
    """Each poll is a snapshot with its age, its variants and the deployment that is pending."""
    variant = {
        "VariantName": "v",
        "CurrentInstanceCount": 1,
        "DesiredInstanceCount": 3,
        "CurrentWeight": 0.5,
        "DesiredWeight": 1.0,
    }
    pending = {"EndpointConfigName": "new", "ProductionVariants": [variant]}
    server.answer(described("Updating", "old", ProductionVariants=[variant], PendingDeploymentSummary=pending))
    server.answer(described("InService", "new", ProductionVariants=[{**variant, "CurrentInstanceCount": 3}]))
    snapshots = [snapshot async for snapshot in client.watch_endpoint(endpoint_name="e", endpoint_config_name="new")]
    assert [snapshot.status for snapshot in snapshots] == ["Updating", "InService"]
    first, last = snapshots
    assert (first.elapsed, last.elapsed) == (0.0, 30.0)
    assert first.pending_deployment is not None
    assert first.pending_deployment.endpoint_config_name == "new"
    seen = first.variants[0]
    assert (seen.name, seen.current_instance_count, seen.desired_instance_count) == ("v", 1, 3)
    assert (seen.current_weight, seen.desired_weight) == (0.5, 1.0)
    assert last.pending_deployment is None
    assert last.response.endpoint_config_name == "new"


async def test_watching_ends_with_the_waits_outcome(client: SageMakerClient, server: Any) -> None:
    """A watch shows the last snapshot of a failure and then raises it."""
    server.answer(described("Creating"))
    server.answer(described("Failed", FailureReason="no capacity"))
    watch = client.watch_endpoint(endpoint_name="e")
    assert [(await anext(watch)).status, (await anext(watch)).status] == ["Creating", "Failed"]
    with pytest.raises(WaiterFailed, match="no capacity"):
        await anext(watch)


class Fleet:
    """A service with many endpoints, each of which takes its own number of polls to settle."""

    def __init__(self, server: Any, names: list[str], *, strangers: int = 0) -> None:
        self.calls: Counter[str] = Counter()
        self.polls = 0
        self.ready_after = dict.fromkeys(names, 1)
        self.ends: dict[str, str] = {}
        self.gone: set[str] = set()
        self.names = [*names, *(f"stranger-{number}" for number in range(strangers))]
        server.handle(self.answer)

    def status(self, name: str) -> str:
        return self.ends.get(name, "InService") if self.polls >= self.ready_after.get(name, 0) else "Creating"

    def summary(self, name: str) -> dict[str, Any]:
        return {"EndpointName": name, "EndpointArn": "a", "EndpointStatus": self.status(name), **TIMES}

    async def answer(self, received: Any) -> web.Response:
        self.calls[received.operation] += 1
        asked = received.json
        if received.operation == "ListEndpoints":
            start = int(asked.get("NextToken", "0"))
            self.polls += start == 0
            names = [name for name in self.names if name not in self.gone]
            page: dict[str, Any] = {"Endpoints": [self.summary(n) for n in names[start : start + asked["MaxResults"]]]}
            if start + asked["MaxResults"] < len(names):
                page["NextToken"] = str(start + asked["MaxResults"])
            return web.json_response(page)
        self.polls += 1
        name = asked["EndpointName"]
        if name in self.gone:
            refusal = {"__type": "ValidationException", "message": f'Could not find endpoint "{name}".'}
            return web.Response(status=400, body=json.dumps(refusal).encode())
        return web.json_response({**self.summary(name), "FailureReason": f"{name} has no capacity"})


async def test_a_thousand_endpoints(client: SageMakerClient, server: Any) -> None:
    """A thousand endpoints that take three polls cost ten calls a poll."""
    names = [f"endpoint-{number:04}" for number in range(1000)]
    fleet = Fleet(server, names)
    fleet.ready_after = dict.fromkeys(names, 3)
    outcomes = await client.wait_until_endpoints_in_service(names)
    assert list(outcomes) == names
    assert all(isinstance(outcome, EndpointSummary) for outcome in outcomes.values())
    assert fleet.calls == {"ListEndpoints": 30}


async def test_one_that_fails_does_not_stop_the_rest(client: SageMakerClient, server: Any) -> None:
    """Each endpoint has its own outcome, with the service's reason for those that failed."""
    names = [f"endpoint-{number:03}" for number in range(300)]
    fleet = Fleet(server, names)
    fleet.ready_after |= {names[7]: 2}
    fleet.ends = {names[3]: "Failed"}
    fleet.gone = {names[5]}
    outcomes = await client.wait_until_endpoints_in_service(names)
    failed, gone = outcomes[names[3]], outcomes[names[5]]
    assert isinstance(failed, WaiterFailed)
    assert failed.reason == f"{names[3]} has no capacity"
    assert failed.last_response.endpoint_status is EndpointStatus.FAILED
    assert isinstance(gone, WaiterFailed)
    assert "Could not find" in str(gone)
    good = [name for name in names if isinstance(outcomes[name], EndpointSummary)]
    assert len(good) == 298
    assert fleet.calls["ListEndpoints"] == 3
    # One for each that failed, and one for the single endpoint that was then still waited for.
    assert fleet.calls["DescribeEndpoint"] <= 5


async def test_a_few_among_many_are_asked_for_one_by_one(client: SageMakerClient, server: Any) -> None:
    """Where listing would cost more calls than endpoints are waited for, each is described."""
    fleet = Fleet(server, ["mine"], strangers=5000)
    outcomes = await client.wait_until_endpoints_in_service(["mine"], timeout=0)
    assert set(outcomes) == {"mine"}
    assert fleet.calls == {"DescribeEndpoint": 1}


async def test_the_time_is_up_for_each(client: SageMakerClient, server: Any) -> None:
    """Endpoints that have not settled in time are told apart from those that have."""
    names = [f"endpoint-{number:03}" for number in range(200)]
    fleet = Fleet(server, names)
    fleet.ready_after |= {names[0]: 99, names[1]: 99, names[2]: 99}
    polled: list[int] = []
    outcomes = await client.wait_until_endpoints_in_service(
        names, timeout=60, min_delay=30, on_poll=lambda waiting: polled.append(len(waiting))
    )
    slow = outcomes[names[0]]
    assert isinstance(slow, WaiterTimeout)
    assert slow.last_response.endpoint_status is EndpointStatus.CREATING
    assert isinstance(outcomes[names[9]], EndpointSummary)
    assert polled == [3, 3, 3]
    assert await client.wait_until_endpoints_in_service([]) == {}
