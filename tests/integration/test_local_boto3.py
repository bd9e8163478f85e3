"""boto3 and aiobotocore, unchanged, as clients of the local service; one script against it and against moto."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

from aiosagemaker.local import LocalSageMaker

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
VARIANT = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
RETRIES = Config(retries={"total_max_attempts": 1})


def keys(local: LocalSageMaker) -> dict[str, str]:
    credentials = local.credentials
    return {
        "endpoint_url": local.endpoint_url,
        "region_name": local.region,
        "aws_access_key_id": credentials.access_key,
        "aws_secret_access_key": credentials.secret_key,
    }


@contextmanager
def on_local(speed: float = 1000) -> Iterator[tuple[Any, Any]]:
    with LocalSageMaker(speed=speed) as local:
        yield tuple(boto3.client(name, **keys(local), config=RETRIES) for name in ("sagemaker", "sagemaker-runtime"))


@contextmanager
def on_moto() -> Iterator[tuple[Any, Any]]:
    scope = {"region_name": "us-east-1", "aws_access_key_id": "k", "aws_secret_access_key": "s"}
    with mock_aws():
        yield tuple(boto3.client(name, **scope) for name in ("sagemaker", "sagemaker-runtime"))


SERVICES = pytest.mark.parametrize("service", [on_local, on_moto])


def refusal(call: Any, **members: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    code: str = caught.value.response["Error"]["Code"]
    return code


@SERVICES
def test_the_same_script(service: Any) -> None:
    """Creating, describing, listing, tagging, weighing and deleting is the same here as on moto."""
    with service() as (sm, _):
        model = sm.create_model(ModelName="m", PrimaryContainer={"Image": "i"}, ExecutionRoleArn=ROLE)
        assert model["ModelArn"] == "arn:aws:sagemaker:us-east-1:123456789012:model/m"
        names = [f"config-{index:02}" for index in range(15)]
        for name in names:
            sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[VARIANT])
        config = sm.describe_endpoint_config(EndpointConfigName="config-00")
        assert config["ProductionVariants"][0].items() >= VARIANT.items()
        pages = list(sm.get_paginator("list_endpoint_configs").paginate(PaginationConfig={"PageSize": 4}))
        found = [item["EndpointConfigName"] for page in pages for item in page["EndpointConfigs"]]
        assert (len(pages), sorted(found)) == (4, names)

        endpoint = sm.create_endpoint(
            EndpointName="e", EndpointConfigName="config-00", Tags=[{"Key": "team", "Value": "growth"}]
        )
        arn = endpoint["EndpointArn"]
        sm.get_waiter("endpoint_in_service").wait(EndpointName="e", WaiterConfig={"Delay": 0.05})
        assert sm.describe_endpoint(EndpointName="e")["EndpointStatus"] == "InService"
        assert [item["EndpointName"] for item in sm.list_endpoints(NameContains="e")["Endpoints"]] == ["e"]
        assert sm.list_endpoints(NameContains="x")["Endpoints"] == []
        assert sm.list_models(NameContains="m")["Models"][0]["ModelName"] == "m"

        sm.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "trial"}])
        sm.delete_tags(ResourceArn=arn, TagKeys=["team"])
        assert sm.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "stage", "Value": "trial"}]

        weights = [{"VariantName": "v", "DesiredWeight": 0.5}]
        sm.update_endpoint_weights_and_capacities(EndpointName="e", DesiredWeightsAndCapacities=weights)
        sm.get_waiter("endpoint_in_service").wait(EndpointName="e", WaiterConfig={"Delay": 0.05})
        assert sm.describe_endpoint(EndpointName="e")["ProductionVariants"][0]["DesiredWeight"] == 0.5

        sm.delete_endpoint(EndpointName="e")
        sm.get_waiter("endpoint_deleted").wait(EndpointName="e", WaiterConfig={"Delay": 0.05})
        sm.delete_endpoint_config(EndpointConfigName="config-00")
        sm.delete_model(ModelName="m")
        for call, members in (
            (sm.describe_endpoint, {"EndpointName": "e"}),
            (sm.delete_endpoint, {"EndpointName": "e"}),
            (sm.describe_endpoint_config, {"EndpointConfigName": "config-00"}),
            (sm.delete_endpoint_config, {"EndpointConfigName": "config-00"}),
            (sm.describe_model, {"ModelName": "m"}),
            (sm.delete_model, {"ModelName": "m"}),
            (sm.create_endpoint, {"EndpointName": "e", "EndpointConfigName": "config-00"}),
        ):
            assert refusal(call, **members) == "ValidationException", call


def test_better_than_moto() -> None:
    """What moto lets pass is refused: taken names, unknown targets of an update, a change on the way."""
    with on_local(speed=5) as (sm, rt):
        container = {"PrimaryContainer": {"Image": "i"}, "ExecutionRoleArn": ROLE}
        sm.create_model(ModelName="m", **container)
        assert refusal(sm.create_model, ModelName="M", **container) == "ValidationException"
        sm.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[VARIANT])
        assert (
            refusal(sm.create_endpoint_config, EndpointConfigName="c", ProductionVariants=[VARIANT])
            == "ValidationException"
        )
        sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
        assert refusal(sm.update_endpoint, EndpointName="e", EndpointConfigName="c") == "ValidationException"
        assert refusal(rt.invoke_endpoint, EndpointName="e", Body=b"") == "ValidationError"


def test_boto3_invokes() -> None:
    """boto3 calls a model that answers what it is asked, whole and as an event stream."""
    with on_local() as (sm, rt):
        sm.create_model(ModelName="m", PrimaryContainer={"Image": "i"}, ExecutionRoleArn=ROLE)
        sm.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[VARIANT])
        sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
        while sm.describe_endpoint(EndpointName="e")["EndpointStatus"] != "InService":
            time.sleep(0.01)
        answer = rt.invoke_endpoint(EndpointName="e", Body=b"1,2", ContentType="text/csv", TargetVariant="v")
        assert (answer["Body"].read(), answer["InvokedProductionVariant"]) == (b"1,2", "v")
        if not hasattr(rt, "invoke_endpoint_with_response_stream"):
            pytest.skip("the installed boto3 is older than InvokeEndpointWithResponseStream")
        stream = rt.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"1,2")
        assert b"".join(event["PayloadPart"]["Bytes"] for event in stream["Body"]) == b"1,2"


async def test_aiobotocore() -> None:
    """aiobotocore works against it unchanged."""
    session = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed: it pins botocore")
    with LocalSageMaker() as local:
        made = session.get_session()
        async with (
            made.create_client("sagemaker", **keys(local)) as sm,
            made.create_client("sagemaker-runtime", **keys(local)) as rt,
        ):
            await sm.create_model(ModelName="m", PrimaryContainer={"Image": "i"}, ExecutionRoleArn=ROLE)
            await sm.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[VARIANT])
            await sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
            await sm.get_waiter("endpoint_in_service").wait(EndpointName="e", WaiterConfig={"Delay": 0.05})
            answer = await rt.invoke_endpoint(EndpointName="e", Body=b"1,2")
            assert await answer["Body"].read() == b"1,2"
            with pytest.raises(ClientError, match="Could not find model"):
                await sm.describe_model(ModelName="x")
