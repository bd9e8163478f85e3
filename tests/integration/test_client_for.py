"""Services that are not shipped, through `client_for`, against boto3."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from aiosagemaker import client_for

from ..conftest import CREDENTIALS
from .test_boto3_agreement import SEED, disagreements, told

pytestmark = pytest.mark.models

ROUNDS = int(os.environ.get("AIOSAGEMAKER_ROUNDS", "1"))
SERVICES = os.environ.get("AIOSAGEMAKER_SERVICES", "").split() or [
    "apigateway",
    "athena",
    "batch",
    "bedrock-agent-runtime",
    "bedrock-runtime",
    "cloudtrail",
    "cognito-idp",
    "dynamodb",
    "ecr",
    "efs",
    "events",
    "firehose",
    "glue",
    "kinesis",
    "kms",
    "lambda",
    "lex-runtime",
    "logs",
    "secretsmanager",
    "ssm",
    "stepfunctions",
    "textract",
]


@pytest.fixture
def everything_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every host under `localhost` is this machine: some operations put a label of their own in front."""
    resolve = socket.getaddrinfo

    def local(host: Any, *arguments: Any, **options: Any) -> Any:
        return resolve("127.0.0.1" if str(host).endswith("localhost") else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.mark.usefixtures("everything_is_here")
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_agrees_with_boto3(
    service: str, server: Any, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """For every operation random inputs leave as from boto3, signed as botocore signs, and answers read the same."""
    server.url = server.url.replace("127.0.0.1", "here.localhost")
    async with client_for(
        service, region="us-east-1", endpoint_url=server.url, credentials=CREDENTIALS, clock=clock
    ) as client:
        wrong = await disagreements(service, client, server, ROUNDS)
        count = len(client._namespace.schema.operations)
    with capsys.disabled():
        print(f"\n{service}: {count - len(wrong)} of {count} operations ({ROUNDS} rounds, seed {SEED})")  # noqa: T201
    assert not wrong, told(wrong)
