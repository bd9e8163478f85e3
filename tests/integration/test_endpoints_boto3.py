"""Where requests go and what they are signed for, against boto3."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError

from aiosagemaker import client_for
from aiosagemaker._http.endpoint_rules import resolve_endpoint
from aiosagemaker._model.installed import installed_schema
from aiosagemaker._services import BY_NAME
from aiosagemaker.config import Config
from aiosagemaker.errors import EndpointResolutionError

from ..conftest import CREDENTIALS

pytestmark = pytest.mark.models

REGIONS = ("us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "xx-new-1")
ACCOUNT = "arn:aws:{}:us-east-1:123456789012:{}"


def boto3_client(service: str, region: str, *, fips: bool = False, dualstack: bool = False) -> Any:
    return boto3.client(
        service,
        region_name=region,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=BotoConfig(use_fips_endpoint=fips, use_dualstack_endpoint=dualstack),
    )


@pytest.mark.parametrize("service", [*BY_NAME, "logs", "dynamodb", "account", "iam-rolesanywhere"])
@pytest.mark.parametrize(("fips", "dualstack"), [(False, False), (True, False), (False, True), (True, True)])
def test_endpoints_are_those_of_boto3(service: str, fips: bool, dualstack: bool) -> None:
    """In every partition, with FIPS and dual stack or without, the host and what is signed for are boto3's."""
    if service == "iam-rolesanywhere":
        service = "rolesanywhere"
    name = installed_schema(service).metadata.get("signing_name", "")
    client = boto3_client(service, "us-east-1", fips=fips, dualstack=dualstack)
    operation = client.meta.service_model.operation_model(client.meta.service_model.operation_names[0])
    resolver = client._ruleset_resolver
    for region in REGIONS:
        resolver._builtins["AWS::Region"] = region
        try:
            theirs = resolver.construct_endpoint(operation, {}, {})
        except BotoCoreError:
            with pytest.raises(EndpointResolutionError):
                resolve_endpoint(Config(region=region, use_fips=fips, use_dualstack=dualstack), service, name)
            continue
        ours = resolve_endpoint(Config(region=region, use_fips=fips, use_dualstack=dualstack), service, name)
        scheme = next((s for s in theirs.properties.get("authSchemes", ()) if s["name"] == "sigv4"), {})
        assert ours.url == theirs.url.rstrip("/")
        assert (ours.region, ours.signing_name) == (
            scheme.get("signingRegion", region),
            scheme.get("signingName", client.meta.service_model.signing_name),
        )


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("kinesis", "DescribeStream", {"StreamARN": ACCOUNT.format("kinesis", "stream/s")}),
        ("kinesis", "GetRecords", {"ShardIterator": "i", "StreamARN": ACCOUNT.format("kinesis", "stream/s")}),
        ("kinesis", "ListStreams", {}),
        ("dynamodb", "GetItem", {"TableName": ACCOUNT.format("dynamodb", "table/t"), "Key": {"a": {"S": "b"}}}),
        ("dynamodb", "GetItem", {"TableName": "t", "Key": {"a": {"S": "b"}}}),
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {ACCOUNT.format("dynamodb", "table/t"): {"Keys": [{"a": {"S": "b"}}]}}},
        ),
        ("sesv2", "SendEmail", {"Content": {}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_endpoints_of_single_requests(service: str, operation: str, members: dict[str, Any]) -> None:
    """What the rules are told of an operation and of a request leads to the host that boto3 goes to."""
    boto = boto3_client(service, "us-east-1")
    model = boto.meta.service_model.operation_model(operation)
    theirs = boto._ruleset_resolver.construct_endpoint(model, members, {})
    async with client_for(service, region="us-east-1", credentials=CREDENTIALS) as client:
        row = client._namespace.schema.operations[operation]
        ours = await client._session.prepare(operation, client._namespace[row["input"]].from_dict(members))
    assert f"https://{ours.url.host}" == theirs.url


async def test_another_signature_is_refused() -> None:
    """Where the rules want a signature that there is none of here, nothing is sent."""
    entry = {"Source": "s", "DetailType": "d", "Detail": "{}"}
    async with client_for("events", region="us-east-1", credentials=CREDENTIALS) as client:
        request = client.shapes.PutEventsRequest.from_dict({"EndpointId": "abc.veo", "Entries": [entry]})
        with pytest.raises(EndpointResolutionError, match=r"EndpointId=abc\.veo\) wants sigv4a"):
            await client.send(request)
