"""The runtime against boto3: random requests leave as boto3 sends them, random answers are read as boto3 reads them.

`AIOSAGEMAKER_SEED` and `AIOSAGEMAKER_ROUNDS` choose other inputs and more of them.
"""

from __future__ import annotations

import io
import json
import os
import random
import string
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore
import pytest
from aiohttp import web
from botocore.awsrequest import AWSResponse
from botocore.config import Config as BotoConfig

from aiosagemaker import Credentials, SageMakerRuntimeClient
from aiosagemaker._protocols.event_stream import encode_message
from codegen.__main__ import BOTOCORE

if TYPE_CHECKING:
    from botocore.model import OperationModel

SEED = int(os.environ.get("AIOSAGEMAKER_SEED", "20250701"))
ROUNDS = int(os.environ.get("AIOSAGEMAKER_ROUNDS", "3")) * 20
OPERATIONS = ("InvokeEndpoint", "InvokeEndpointAsync", "InvokeEndpointWithResponseStream")
NAMES = string.ascii_letters + string.digits + "-_.~/ %?#&+=:@éß漢🚀"
HEADERS = string.ascii_letters + string.digits + string.punctuation + " "
# What identifies a client, a call or a moment, and not the request.
OWN = {"user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "authorization", "x-amz-date", "x-amz-user-agent"}
TRANSPORT = {"host", "accept-encoding", "connection", "content-length", "transfer-encoding"}

pytestmark = pytest.mark.skipif(botocore.__version__ != BOTOCORE, reason="the table is of another botocore")


class Raw(io.BytesIO):
    """A body as urllib3 hands it to botocore."""

    def stream(self, amt: int = 1024, **_: Any) -> Any:
        while piece := self.read(amt):
            yield piece


class Boto:
    """A boto3 client that sends nothing, keeps what it would have sent and parses the answer it is given."""

    def __init__(self, url: str) -> None:
        self.client = boto3.client(
            "sagemaker-runtime",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
            config=BotoConfig(retries={"total_max_attempts": 1}),
        )
        self.client.meta.events.register("before-send.sagemaker-runtime", self._send)
        self.model = self.client.meta.service_model
        self.sent: Any = None
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"")

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        self.sent = request
        status, headers, body = self.answer
        return AWSResponse(request.url, status, headers, Raw(body))

    def call(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        method = botocore.xform_name(name)
        parsed: dict[str, Any] = getattr(self.client, method)(**parameters)
        del parsed["ResponseMetadata"]
        return parsed


@pytest.fixture
def boto(server: Any) -> Boto:
    return Boto(server.url)


@pytest.fixture
async def runtime(server: Any) -> Any:
    credentials = Credentials("AKIDEXAMPLE", "secret")
    async with SageMakerRuntimeClient(region="us-east-1", endpoint_url=server.url, credentials=credentials) as client:
        yield client


def text(chance: random.Random, characters: str) -> str:
    return "".join(chance.choices(characters, k=chance.randint(1, 20))).strip() or "x"


def parameters(chance: random.Random, operation: OperationModel) -> dict[str, Any]:
    """Random members as boto3 takes them."""
    drawn: dict[str, Any] = {}
    shape: Any = operation.input_shape
    share = chance.choice((0.0, 0.3, 1.0))
    for name, member in shape.members.items():
        if name not in shape.required_members and chance.random() >= share:
            continue
        if member.type_name == "blob":
            content = chance.randbytes(chance.randint(0, 200))
            drawn[name] = chance.choice((content, bytearray(content), "téxt"))
        elif member.type_name == "integer":
            drawn[name] = chance.randint(60, 3600)
        else:
            drawn[name] = text(chance, HEADERS if member.serialization.get("location") == "header" else NAMES)
    return drawn


def comparable(headers: Any) -> dict[str, str]:
    """Headers by lower-case name, without those that every client and every connection has of its own."""
    named = {
        name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in dict(headers).items()
    }
    return {name: value for name, value in named.items() if name not in OWN | TRANSPORT}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_requests(name: str, boto: Boto, runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The same members make the same method, address, headers and body, and the same headers are signed."""
    chance = random.Random(f"{SEED} {name}")
    namespace = runtime._namespace
    for _ in range(ROUNDS):
        given = parameters(chance, boto.model.operation_model(name))
        boto.call(name, given)
        request = namespace[f"{name}Request"].from_dict(given)
        if name == "InvokeEndpointWithResponseStream":
            async with runtime.invoke_endpoint_with_response_stream(request):
                pass
        else:
            server.answer(b"")
            await runtime.send(request)
        ours, theirs = server.received.pop(), boto.sent
        parts = urlsplit(theirs.url)
        assert (ours.method, ours.path) == (theirs.method, parts.path + (f"?{parts.query}" if parts.query else ""))
        # boto3 leaves out the default that restJson1 has for a blob, and that the protocol's tests ask for.
        default = {} if "Body" not in given else {"content-type": "application/octet-stream"}
        assert comparable(ours.headers) == default | comparable(theirs.headers)
        sent = theirs.body or b""
        assert ours.body == (sent.encode() if isinstance(sent, str) else bytes(sent))
        signed = [
            set(headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";"))
            for headers in (ours.headers, {"Authorization": str_of(theirs.headers["Authorization"])})
        ]
        assert signed[0] - {"content-type"} - OWN == signed[1] - {"content-type"} - OWN


def str_of(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("name", OPERATIONS[:2])
async def test_answers(name: str, boto: Boto, runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The same answer is read as the same members."""
    chance = random.Random(f"{SEED} {name} answers")
    output: Any = boto.model.operation_model(name).output_shape
    for _ in range(ROUNDS):
        headers = {
            member.serialization.get("name", wire): text(chance, HEADERS)
            for wire, member in output.members.items()
            if member.serialization.get("location") == "header" and chance.random() < 0.6
        }
        raw = "Body" in output.members
        body = chance.randbytes(chance.randint(0, 300)) if raw else json.dumps({"InferenceId": "é"}).encode()
        boto.answer = (200, headers, body)
        theirs = boto.call(name, {"EndpointName": "e", **({"Body": b""} if raw else {})})
        if raw:
            theirs["Body"] = theirs["Body"].read()

        async def answer(received: Any, headers: dict[str, str] = headers, body: bytes = body) -> web.Response:
            response = web.Response(body=body, headers=headers)
            if "Content-Type" not in headers:
                response.content_type = ""
                del response.headers["Content-Type"]
            return response

        server.handle(answer)
        request = runtime._namespace[f"{name}Request"](endpoint_name="e", **({"body": b""} if raw else {}))
        ours = (await runtime.send(request)).to_dict()
        if "Content-Type" not in headers:  # aiohttp's server never leaves it out
            ours.pop("ContentType", None)
        assert ours == theirs


async def test_streams(boto: Boto, runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The same frames are read as the same events."""
    chance = random.Random(f"{SEED} stream")
    headers = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
    for _ in range(ROUNDS):
        frames = [encode_message(headers, chance.randbytes(chance.randint(0, 500))) for _ in range(20)]
        boto.answer = (200, {"x-Amzn-Invoked-Production-Variant": "blue"}, b"".join(frames))
        parsed = boto.call(OPERATIONS[2], {"EndpointName": "e", "Body": b""})
        theirs = list(parsed.pop("Body"))
        server.answer(b"".join(frames), headers={"x-Amzn-Invoked-Production-Variant": "blue"})
        async with runtime.invoke_endpoint_with_response_stream(endpoint_name="e", body=b"") as stream:
            ours = [{"PayloadPart": part.to_dict()} async for part in stream]
            assert stream.response.to_dict() == parsed
        assert ours == theirs
