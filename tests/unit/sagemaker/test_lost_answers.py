"""What became of a create, an update or a delete whose answer was lost, over real HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.errors import AlreadyExists, NotFound, ResourceBusy, ServiceError
from aiosagemaker.sagemaker import DesiredWeightAndCapacity, ProductionVariant, Tag
from aiosagemaker.sagemaker.lost_answers import CLOCK_TOLERANCE, _says

if TYPE_CHECKING:
    from aiosagemaker import SageMakerClient

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
VARIANT = ProductionVariant(variant_name="v", model_name="m", instance_type="ml.m5.xlarge", initial_instance_count=1)
TAKEN = "Cannot create already existing resource."
BUSY = f'Cannot update in-progress endpoint "{ARN}:endpoint/e".'

CREATES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "create_model": (
        {"model_name": "m", "execution_role_arn": f"{ARN}:role/service-role"},
        {"ModelName": "m", "ExecutionRoleArn": f"{ARN}:role/service-role", "ModelArn": f"{ARN}:model/m"},
        "model_arn",
    ),
    "create_endpoint_config": (
        {"endpoint_config_name": "c", "production_variants": [VARIANT], "tags": [Tag(key="k", value="v")]},
        {
            "EndpointConfigName": "c",
            "EndpointConfigArn": f"{ARN}:endpoint-config/c",
            "ProductionVariants": [{**VARIANT.to_dict(), "InitialVariantWeight": 1.0}],
        },
        "endpoint_config_arn",
    ),
    "create_endpoint": (
        {"endpoint_name": "e", "endpoint_config_name": "c"},
        {
            "EndpointName": "e",
            "EndpointConfigName": "c",
            "EndpointArn": f"{ARN}:endpoint/e",
            "EndpointStatus": "Creating",
        },
        "endpoint_arn",
    ),
    "create_experiment": (
        {"experiment_name": "x", "description": "d"},
        {"ExperimentName": "x", "Description": "d", "ExperimentArn": f"{ARN}:experiment/x"},
        "experiment_arn",
    ),
}


def lose(server: Any, code: str, message: str) -> None:
    """An attempt without an answer, then a refusal."""
    server.answer({"__type": "InternalFailure"}, status=500)
    server.refuse(code, message)


def describe(server: Any, facts: dict[str, Any], *, age: float = 0.0) -> None:
    at = time.time() - age
    server.answer({"CreationTime": at, "LastModifiedTime": at, **facts})


@pytest.mark.parametrize("operation", sorted(CREATES))
async def test_a_created_resource_is_found(operation: str, client: SageMakerClient, server: Any) -> None:
    """A create whose answer was lost succeeds when the resource that exists is the one asked for, made just now."""
    members, described, arn = CREATES[operation]
    lose(server, "ValidationException", TAKEN)
    describe(server, described)
    response = await getattr(client, operation)(**members)
    assert getattr(response, arn).startswith(ARN)
    assert response.http_status == 200
    assert response.response_metadata.attempts == 2
    assert server.received[-1].operation.startswith("Describe")


@pytest.mark.parametrize("operation", sorted(CREATES))
@pytest.mark.parametrize("why", ["older", "other"])
async def test_a_stranger_is_not_adopted(operation: str, why: str, client: SageMakerClient, server: Any) -> None:
    """A resource of the same name that was there before the first attempt, or differs, is AlreadyExists."""
    members, described, _ = CREATES[operation]
    changed = {key: "other" for key in ("EndpointConfigName", "Description") if key in described}
    changed |= {"ExecutionRoleArn": f"{ARN}:role/another-role"} if "ExecutionRoleArn" in described else {}
    lose(server, "ValidationException", TAKEN)
    describe(server, {**described, **(changed if why == "other" else {})}, age=60 if why == "older" else 0)
    with pytest.raises(AlreadyExists) as caught:
        await getattr(client, operation)(**members)
    assert caught.value.maybe_ours
    assert caught.value.maybe_sent
    assert "earlier attempt of this call" in str(caught.value)


@pytest.mark.parametrize("status", ["Deleting", "Failed"])
async def test_what_is_on_its_way_out_is_not_adopted(status: str, client: SageMakerClient, server: Any) -> None:
    """An endpoint that is being deleted, or has failed, is not the success of a create."""
    members, described, _ = CREATES["create_endpoint"]
    lose(server, "ValidationException", TAKEN)
    describe(server, {**described, "EndpointStatus": status})
    with pytest.raises(AlreadyExists):
        await client.create_endpoint(**members)


async def test_time_is_the_services(client: SageMakerClient, server: Any, clock: Any) -> None:
    """What counts as made since the first attempt is told by the service's clock, however wrong ours is."""
    clock.now = time.time() + 86_400
    members, described, arn = CREATES["create_endpoint"]
    lose(server, "ValidationException", TAKEN)
    describe(server, described, age=CLOCK_TOLERANCE / 4)
    assert getattr(await client.create_endpoint(**members), arn)


async def test_nothing_is_looked_up_when_nothing_was_lost(client: SageMakerClient, server: Any) -> None:
    """Where no earlier attempt of the call may have been received, the refusal stands as it is."""
    server.refuse("ThrottlingException", "Rate exceeded")
    server.refuse("ValidationException", "Cannot create already existing endpoint.")
    with pytest.raises(AlreadyExists) as caught:
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert len(server.received) == 2
    assert not caught.value.maybe_ours
    assert "earlier" not in str(caught.value)


async def test_a_description_that_is_refused(client: SageMakerClient, server: Any) -> None:
    """Where the resource cannot be described, the refusal stands, and says that it may be the call's own work."""
    lose(server, "ValidationException", TAKEN)
    server.refuse("AccessDeniedException", "no")
    with pytest.raises(AlreadyExists) as caught:
        await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
    assert caught.value.maybe_ours


UPDATING = {
    "EndpointName": "e",
    "EndpointArn": f"{ARN}:endpoint/e",
    "EndpointConfigName": "old",
    "EndpointStatus": "Updating",
    "PendingDeploymentSummary": {"EndpointConfigName": "new"},
    "ProductionVariants": [{"VariantName": "v", "DesiredWeight": 1.0, "DesiredInstanceCount": 3}],
}


async def test_our_own_update_is_in_progress(client: SageMakerClient, server: Any) -> None:
    """ "Cannot update in-progress endpoint" after a lost answer is a success where the update is the one asked for."""
    lose(server, "ValidationException", BUSY)
    describe(server, UPDATING)
    response = await client.update_endpoint(endpoint_name="e", endpoint_config_name="new")
    assert response.endpoint_arn == f"{ARN}:endpoint/e"
    lose(server, "ValidationException", BUSY)
    describe(server, UPDATING)
    wanted = DesiredWeightAndCapacity(variant_name="v", desired_instance_count=3)
    weights = await client.update_endpoint_weights_and_capacities(
        endpoint_name="e", desired_weights_and_capacities=[wanted]
    )
    assert weights.endpoint_arn == f"{ARN}:endpoint/e"


@pytest.mark.parametrize(("config", "age"), [("another", 0), ("new", 60)])
async def test_somebody_elses_update(config: str, age: float, client: SageMakerClient, server: Any) -> None:
    """An update to something else, or of before the call, is ResourceBusy, a ValidationException."""
    lose(server, "ValidationException", BUSY)
    describe(server, UPDATING, age=age)
    with pytest.raises(ResourceBusy) as caught:
        await client.update_endpoint(endpoint_name="e", endpoint_config_name=config)
    assert caught.value.maybe_ours
    assert (caught.value.code, caught.value.retryable) == ("ValidationException", False)


async def test_busy_without_a_loss(client: SageMakerClient, server: Any) -> None:
    """An endpoint that is busy at the first attempt is ResourceBusy, with nothing looked up."""
    server.refuse("ValidationException", BUSY)
    with pytest.raises(ResourceBusy) as caught:
        await client.update_endpoint(endpoint_name="e", endpoint_config_name="new")
    assert not caught.value.maybe_ours
    assert len(server.received) == 1


async def test_our_own_delete(client: SageMakerClient, server: Any) -> None:
    """A refusal to delete after a lost answer is a success where the resource is gone, or going."""
    gone = 'Could not find endpoint configuration "c".'
    lose(server, "ValidationException", gone)
    server.refuse("ValidationException", gone)
    assert (await client.delete_endpoint_config(endpoint_config_name="c")).response_metadata.attempts == 2
    lose(server, "ValidationException", "Cannot delete in-progress endpoint.")
    describe(server, {**UPDATING, "EndpointStatus": "Deleting"})
    assert (await client.delete_endpoint(endpoint_name="e")).response_metadata.attempts == 2


async def test_a_delete_that_did_not_happen(client: SageMakerClient, server: Any) -> None:
    """A refusal to delete stands while the resource is there and stays."""
    lose(server, "ValidationException", "Cannot delete in-progress endpoint.")
    describe(server, UPDATING)
    with pytest.raises(ResourceBusy):
        await client.delete_endpoint(endpoint_name="e")
    server.refuse("ValidationException", 'Could not find endpoint "e".')
    with pytest.raises(NotFound):
        await client.delete_endpoint(endpoint_name="e")


async def test_reading_recovers_nothing(client: SageMakerClient, server: Any) -> None:
    """A refusal of an operation that changes nothing is as it is, whatever was lost before."""
    lose(server, "ValidationException", 'Could not find endpoint "e".')
    with pytest.raises(ServiceError) as caught:
        await client.describe_endpoint(endpoint_name="e")
    assert not caught.value.maybe_ours
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("asked", "found", "said"),
    [
        ({"A": 1}, {"A": 1, "B": 2}, True),
        ({"A": 1}, {}, False),
        ({"A": {"B": 1}}, {"A": {"B": 1, "C": 2}}, True),
        ({"A": {"B": 1}}, {"A": 5}, False),
        ({"A": [1, 2]}, {"A": [1, 2]}, True),
        ({"A": [1, 2]}, {"A": [1, 3]}, False),
        ({"A": [1, 2]}, {"A": [1]}, False),
        ({"A": [1]}, {"A": [1, 2]}, False),
        ({"A": [1]}, {"A": 1}, False),
        ({"A": [{"B": 1}, {"B": 2}]}, {"A": [{"B": 1, "C": 0}, {"B": 2}]}, True),
        ({"A": [{"B": 1}, {"B": 2}]}, {"A": [{"B": 1}, {"B": 3}]}, False),
    ],
)
def test_says(asked: Any, found: Any, said: bool) -> None:
    """A description says what was asked for if it has each member and each item of it, and may have more members."""
    assert _says(asked, found) is said


async def test_made_by_the_first_attempt_long_before_the_second(
    client: SageMakerClient, server: Any, clock: Any
) -> None:
    """What counts is what was made since the first attempt was sent, however long the wait before the next one."""
    members, described, arn = CREATES["create_endpoint"]
    server.answer({"__type": "InternalFailure"}, 500, {"x-amz-retry-after": "5000"})
    server.refuse("ValidationException", TAKEN)
    describe(server, described, age=4 + CLOCK_TOLERANCE / 4)
    response = await client.create_endpoint(**members)
    assert getattr(response, arn).startswith(ARN)
    assert sum(clock.slept) >= 5
