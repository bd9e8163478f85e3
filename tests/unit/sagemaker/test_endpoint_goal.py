"""Rollbacks are never a success: what an endpoint was asked to become, and what it was seen to do, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.errors import RolledBack, WaiterFailed
from aiosagemaker.sagemaker import (
    DescribeEndpointRequest,
    DesiredWeightAndCapacity,
    EndpointSummary,
    ProductionVariantServerlessUpdateConfig,
)
from aiosagemaker.sagemaker.endpoint_goal import STALE_POLLS, EndpointTarget

if TYPE_CHECKING:
    from aiosagemaker import SageMakerClient

ALARM = "One or more alarms went into ALARM state."


def described(status: str, config: str = "c", *, count: int = 1, modified: float = 1.0, **more: Any) -> dict[str, Any]:
    variant = {
        "VariantName": "v",
        "CurrentInstanceCount": count,
        "DesiredInstanceCount": count,
        "CurrentWeight": 1.0,
        "DesiredWeight": 1.0,
    }
    return {
        "EndpointName": "e",
        "EndpointArn": "a",
        "EndpointConfigName": config,
        "EndpointStatus": status,
        "CreationTime": 1.0,
        "LastModifiedTime": modified,
        "ProductionVariants": [variant],
        **more,
    }


def three() -> list[DesiredWeightAndCapacity]:
    return [DesiredWeightAndCapacity(variant_name="v", desired_instance_count=3)]


async def test_weights_that_roll_back(client: SageMakerClient, server: Any) -> None:
    """An update of counts that rolls back keeps its configuration: the count and the reason tell."""
    server.answer(described("Updating"))
    server.answer(described("InService", modified=2.0, FailureReason="no capacity"))
    with pytest.raises(RolledBack, match=r"1 instances, not 3: no capacity") as caught:
        await client.wait_until_endpoint_in_service(
            endpoint_name="e", endpoint_config_name="c", desired_weights_and_capacities=three()
        )
    assert isinstance(caught.value, WaiterFailed)
    assert caught.value.reason == "no capacity"
    assert caught.value.last_response.production_variants[0].current_instance_count == 1


async def test_what_was_asked_for_came(client: SageMakerClient, server: Any) -> None:
    """An endpoint that has come to what was asked for ends the wait well."""
    server.answer(described("Updating"))
    server.answer(described("InService", count=3, modified=2.0))
    response = await client.wait_until_endpoint_in_service(
        DescribeEndpointRequest(endpoint_name="e"), desired_weights_and_capacities=three()
    )
    assert response.last_modified_time.timestamp() == 2.0
    assert [received.json for received in server.received] == [{"EndpointName": "e"}] * 2


async def test_rolling_back_is_noticed(client: SageMakerClient, server: Any) -> None:
    """An endpoint that was seen rolling back fails the wait, although nothing was said of what it should become."""
    server.answer(described("Updating"))
    server.answer(described("RollingBack", FailureReason=ALARM))
    server.answer(described("InService", modified=2.0))
    with pytest.raises(RolledBack, match="ALARM") as caught:
        await client.wait_until_endpoint_in_service(endpoint_name="e")
    assert caught.value.reason == ALARM


async def test_a_new_reason_is_noticed(client: SageMakerClient, server: Any) -> None:
    """A reason for a failure that was not there before is a rollback, even where its status was never seen."""
    server.answer(described("Updating"))
    server.answer(described("InService", modified=2.0, FailureReason=ALARM))
    with pytest.raises(RolledBack, match="ALARM"):
        await client.wait_until_endpoint_in_service(endpoint_name="e", endpoint_config_name="c")


async def test_an_old_reason_is_not_held_against_it(client: SageMakerClient, server: Any) -> None:
    """A reason that was there from the first poll on, and an update that came after it, are a success."""
    server.answer(described("Updating", "old", FailureReason="long ago"))
    server.answer(described("InService", "c", modified=2.0, FailureReason="long ago"))
    assert await client.wait_until_endpoint_in_service(endpoint_name="e", endpoint_config_name="c")


async def test_one_stale_read(client: SageMakerClient, server: Any) -> None:
    """A first read of before the update, with nothing seen moving, is borne with until the update shows."""
    server.answer(described("InService", "old"))
    server.answer(described("Updating", "old"))
    server.answer(described("InService", "c", modified=2.0))
    response = await client.wait_until_endpoint_in_service(endpoint_name="e", endpoint_config_name="c")
    assert response.endpoint_config_name == "c"


async def test_stale_for_good(client: SageMakerClient, server: Any) -> None:
    """An endpoint that stays as it was is borne with for a few polls, and no longer."""
    server.answer(described("InService", "old"))
    with pytest.raises(RolledBack, match="'old', not 'c'"):
        await client.wait_until_endpoint_in_service(endpoint_name="e", endpoint_config_name="c")
    assert len(server.received) == STALE_POLLS + 1


async def test_changed_is_not_stale(client: SageMakerClient, server: Any) -> None:
    """An endpoint that was modified meanwhile, and is not as asked for, is not borne with."""
    server.answer(described("InService", "old"))
    server.answer(described("InService", "old", modified=2.0))
    with pytest.raises(RolledBack):
        await client.wait_until_endpoint_in_service(endpoint_name="e", endpoint_config_name="c")
    assert len(server.received) == 2


async def test_watching_tells_the_reason(client: SageMakerClient, server: Any) -> None:
    """A watch shows every poll of a rollback, and ends with it and its reason."""
    server.answer(described("Updating"))
    server.answer(described("RollingBack", FailureReason=ALARM))
    server.answer(described("InService", modified=2.0))
    watch = client.watch_endpoint(endpoint_name="e", desired_weights_and_capacities=three())
    assert [(await anext(watch)).status for _ in range(3)] == ["Updating", "RollingBack", "InService"]
    with pytest.raises(RolledBack, match="ALARM"):
        await anext(watch)


async def test_many_with_their_targets(client: SageMakerClient, server: Any) -> None:
    """Each of many endpoints is held to its own configuration or target, and each has its own outcome."""
    names = ["good", "back", "small", "any"]
    found = {
        "good": described("InService", "new"),
        "back": described("InService", "old", FailureReason=ALARM),
        "small": described("InService", "new"),
        "any": described("InService", "old"),
    }
    listed = 0

    async def answer(received: Any) -> Any:
        from aiohttp import web

        nonlocal listed
        if received.operation == "ListEndpoints":
            listed += 1
            status = "Updating" if listed == 1 else "InService"
            keys = ("EndpointArn", "CreationTime", "LastModifiedTime")
            return web.json_response(
                {
                    "Endpoints": [
                        {key: found[name][key] for key in keys} | {"EndpointName": name, "EndpointStatus": status}
                        for name in names
                    ]
                }
            )
        name = received.json["EndpointName"]
        return web.json_response({**found[name], "EndpointName": name})

    server.handle(answer)
    outcomes = await client.wait_until_endpoints_in_service(
        {
            "good": "new",
            "back": "new",
            "small": EndpointTarget(desired_weights_and_capacities=three()),
            "any": None,
        }
    )
    assert list(outcomes) == names
    assert isinstance(outcomes["good"], EndpointSummary)
    assert isinstance(outcomes["any"], EndpointSummary)
    for name, words in (("back", "'old', not 'new'"), ("small", "1 instances, not 3")):
        failed = outcomes[name]
        assert isinstance(failed, RolledBack)
        assert words in str(failed)
    assert "ALARM" in str(outcomes["back"])


async def test_a_poll_of_many_that_fails_for_good(client: SageMakerClient, server: Any) -> None:
    """What ends every wait ends that for many, as the error itself."""
    from aiosagemaker.errors import AccessDeniedException

    server.refuse("AccessDeniedException", "no")
    with pytest.raises(AccessDeniedException):
        await client.wait_until_endpoints_in_service(["a"])


@pytest.mark.parametrize(
    ("asked", "unmet"),
    [
        ({"desired_instance_count": 1}, 0),
        ({"desired_instance_count": 2}, 1),
        ({"desired_weight": 1.0}, 0),
        ({"desired_weight": 0.0}, 1),
        ({"desired_weight": 2.0, "desired_instance_count": 2}, 2),
        ({"serverless_update_config": ProductionVariantServerlessUpdateConfig(max_concurrency=5)}, 1),
        ({"variant_name": "another"}, 1),
    ],
)
async def test_unmet(asked: dict[str, Any], unmet: int, client: SageMakerClient, server: Any) -> None:
    """Whatever was asked of a variant, and is not so, is named."""
    server.answer(described("InService"))
    response = await client.describe_endpoint(endpoint_name="e")
    target = EndpointTarget(desired_weights_and_capacities=[DesiredWeightAndCapacity(**{"variant_name": "v", **asked})])
    assert len(target.unmet(response)) == unmet


async def test_a_deployment_that_did_not_come(client: SageMakerClient, server: Any) -> None:
    """What was being brought up, and is not served when the endpoint is in service again, was rolled back unseen."""
    pending = {"PendingDeploymentSummary": {"EndpointConfigName": "new"}}
    server.answer(described("Updating", "old", **pending))
    server.answer(described("InService", "old", modified=2.0))
    with pytest.raises(RolledBack):
        await client.wait_until_endpoint_in_service(endpoint_name="e")
    server.answer(described("Updating", "old", **pending))
    server.answer(described("InService", "new", modified=3.0))
    assert (await client.wait_until_endpoint_in_service(endpoint_name="e")).endpoint_config_name == "new"
