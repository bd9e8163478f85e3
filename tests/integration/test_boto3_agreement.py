"""Every operation against boto3: what leaves, how it is signed, and what comes back.

`AIOSAGEMAKER_SEED` and `AIOSAGEMAKER_ROUNDS` choose other inputs and more of them.
"""

from __future__ import annotations

import base64
import io
import json
import math
import os
import random
import re
import string
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import boto3
import botocore
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config as BotoConfig
from botocore.credentials import ReadOnlyCredentials

from codegen.__main__ import BOTOCORE

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import OperationModel, Shape, StructureShape

    from aiosagemaker import SageMakerClient

SEED = int(os.environ.get("AIOSAGEMAKER_SEED", "20250701"))
ROUNDS = int(os.environ.get("AIOSAGEMAKER_ROUNDS", "3"))
DEPTH = 5
CHARACTERS = string.ascii_letters + string.digits + ' -_./:"\\\n\t\x00éß漢🚀\u2028'
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(.+?), SignedHeaders=(.+?), Signature=([0-9a-f]{64})")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
KEYS = ReadOnlyCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)


class Draw:
    """Random values of a model's shapes: `request` as boto3 takes them, otherwise as an answer's JSON holds them."""

    def __init__(self, chance: random.Random, *, request: bool) -> None:
        self.chance = chance
        self.request = request

    def value(self, shape: Shape, depth: int = 0) -> Any:
        return getattr(self, f"_{shape.type_name}")(shape, depth)

    def _structure(self, shape: StructureShape, depth: int) -> dict[str, Any]:
        wanted = list(shape.required_members)
        optional = [name for name in shape.members if name not in wanted]
        if shape.is_tagged_union:
            return self._members(shape, [self._shallow(shape, optional, depth)], depth)
        if depth < DEPTH:
            share = self.chance.choice((0.0, 0.2, 0.5, 1.0) if depth < 2 else (0.0, 0.2, 0.4))
            wanted += [name for name in optional if self.chance.random() < share]
        drawn = self._members(shape, wanted, depth)
        if not self.request:
            drawn.update({name: None for name in optional if name not in drawn and self.chance.random() < 0.05})
            if self.chance.random() < 0.1:
                drawn["NotInTheModel"] = self.chance.choice(({"a": [1]}, None, "text"))
        return drawn

    def _shallow(self, shape: StructureShape, names: list[str], depth: int) -> str:
        scalars = [name for name in names if shape.members[name].type_name not in ("structure", "list", "map")]
        return self.chance.choice(scalars if depth >= DEPTH and scalars else names)

    def _members(self, shape: StructureShape, names: list[str], depth: int) -> dict[str, Any]:
        drawn = {}
        for name in names:
            member = shape.members[name]
            if member.serialization.get("jsonvalue"):
                drawn[name] = json.dumps({"a": [1, self._text(0)]})
            else:
                drawn[name] = self.value(member, depth + 1)
        return drawn

    def _count(self, shape: Shape, depth: int) -> int:
        least = shape.metadata.get("min", 0)
        return least if depth >= DEPTH else least + self.chance.choice((0, 1, 1, 2))

    def _list(self, shape: Any, depth: int) -> Any:
        return [self.value(shape.member, depth + 1) for _ in range(self._count(shape, depth))]

    def _map(self, shape: Any, depth: int) -> dict[str, Any]:
        count = self._count(shape, depth)
        return {self._key(shape.key): self.value(shape.value, depth + 1) for _ in range(count)}

    def _key(self, shape: Any) -> str:
        key: str = self._string(shape, 0)
        return key

    def _text(self, least: int) -> str:
        return "".join(self.chance.choices(CHARACTERS, k=least + self.chance.randint(0, 12)))

    def _string(self, shape: Any, depth: int) -> str:
        if shape.enum and self.chance.random() < 0.9:
            return str(self.chance.choice(shape.enum))
        return self._text(shape.metadata.get("min", 0))

    def _number(self, shape: Shape, least: int) -> int:
        low = math.ceil(shape.metadata.get("min", least))
        return self.chance.choice((low, low + 1, max(low, 0), self.chance.randint(max(low, 1), max(low, 1) + 10**6)))

    def _integer(self, shape: Shape, depth: int) -> int:
        return self._number(shape, -(2**31))

    def _long(self, shape: Shape, depth: int) -> int:
        return self._number(shape, -(2**63))

    def _double(self, shape: Shape, depth: int) -> float:
        return self._number(shape, -(10**9)) + self.chance.choice((0, 0.0, 0.1, self.chance.random()))

    _float = _double

    def _boolean(self, shape: Shape, depth: int) -> bool:
        return self.chance.random() < 0.5

    def _timestamp(self, shape: Shape, depth: int) -> Any:
        seconds = self.chance.randint(0, 4_000_000_000)
        if not self.request:
            text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            return self.chance.choice((seconds, seconds + 0.125, seconds + self.chance.randint(0, 999) / 1000, text))
        moment = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=self.chance.choice((0, 1, 999_999)))
        there = moment.astimezone(timezone(timedelta(minutes=self.chance.randint(-14 * 60, 14 * 60))))
        return self.chance.choice((moment, there, there.isoformat(), seconds))

    def _blob(self, shape: Shape, depth: int) -> Any:
        content = self.chance.randbytes(self.chance.randint(shape.metadata.get("min", 0), 40))
        if not self.request:
            return base64.b64encode(content).decode()
        return self.chance.choice((content, bytearray(content), "text-é"))


class Raw(io.BytesIO):
    """A body as urllib3 hands it to botocore."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


class Boto:
    """A boto3 client that sends nothing, keeps what it would have sent and parses the answer it is given."""

    def __init__(self, url: str) -> None:
        self.client = boto3.client(
            "sagemaker",
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id=KEYS.access_key,
            aws_secret_access_key=KEYS.secret_key,
            config=BotoConfig(retries={"total_max_attempts": 1}),
        )
        self.client.meta.events.register("before-send.sagemaker", self._send)
        self.model = self.client.meta.service_model
        self.sent: Any = None
        self.answer = b"{}"

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        self.sent = request
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": "request-1"}
        return AWSResponse(request.url, 200, headers, Raw(self.answer))

    def call(self, method: str, parameters: dict[str, Any], answer: bytes) -> dict[str, Any]:
        self.answer = answer
        parsed: dict[str, Any] = getattr(self.client, method)(**parameters)
        del parsed["ResponseMetadata"]
        return parsed


def text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def stock_signature(received: Any) -> tuple[str, str]:
    """The signature in a request that came in, and the one that stock botocore makes over it."""
    match = AUTHORIZATION.fullmatch(received.headers["Authorization"])
    assert match is not None
    names = match[2].split(";")
    assert {"content-type", "host", "x-amz-date", "x-amz-target"} <= set(names)
    headers = {name: received.headers[name] for name in names}
    url = f"http://{headers.pop('host')}{received.path}"
    request = AWSRequest(method=received.method, url=url, headers=headers, data=received.body)
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(KEYS, "sagemaker", "us-east-1")
    assert auth.scope(request) == match[1]
    return match[3], auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


def bodies(operation: OperationModel, ours: bytes, theirs: bytes) -> tuple[Any, Any]:
    """Both bodies, parsed; a token that each side made for itself counts as the same."""
    pair = json.loads(ours), json.loads(theirs)
    for member in operation.idempotent_members:
        values = [body.get(member, "") for body in pair]
        if all(UUID.fullmatch(value) for value in values):
            for body in pair:
                body[member] = "a token"
    return pair


async def differences(
    boto: Boto, client: SageMakerClient, server: Any, name: str, chance: random.Random, by_keyword: bool
) -> list[str]:
    """What differs between boto3 and this client in one call with one random input and one random answer."""
    operation = boto.model.operation_model(name)
    row = client._namespace.schema.operations[name]
    parameters = {}
    if operation.input_shape is not None:
        parameters = Draw(chance, request=True).value(operation.input_shape)
        for member in operation.idempotent_members:
            if chance.random() < 0.5:
                parameters.pop(member, None)
    reply = {}
    if operation.output_shape is not None:
        reply = Draw(chance, request=False).value(operation.output_shape)
    answer = json.dumps(reply, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    expected = boto.call(row["method"], parameters, answer)

    server.answer(answer)
    request = client._namespace[row["input"]].from_dict(parameters)
    method = getattr(client, row["method"])
    if by_keyword:
        members = [member["name"] for member in client._namespace.shapes[row["input"]].get("members", {}).values()]
        given = {member: getattr(request, member) for member in members if getattr(request, member) is not None}
        response = await method(**given)
    else:
        response = await method(request)

    received, sent = server.received.pop(), boto.sent
    found = []
    if (received.method, received.path) != (sent.method, sent.url.removeprefix(server.url)):
        found.append(f"address: {received.method} {received.path}")
    found += [
        f"{header}: {received.headers.get(header)}"
        for header in ("Content-Type", "X-Amz-Target")
        if received.headers.get(header) != text(sent.headers[header])
    ]
    ours, theirs = bodies(operation, received.body, sent.body)
    if ours != theirs:
        found.append("body")
    if len(set(stock_signature(received))) != 1:
        found.append("signature")
    if response.to_dict() != expected or type(response).from_dict(expected) != response:
        found.append("response")
    if response.response_metadata.request_id != "request-1":
        found.append("request id")
    return found


async def test_every_operation_agrees_with_boto3(
    make_client: Callable[..., SageMakerClient], server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """For every operation random inputs leave as from boto3, signed as botocore signs, and answers read the same."""
    if botocore.__version__ != BOTOCORE:
        pytest.skip(f"the table was generated from botocore {BOTOCORE}, and botocore {botocore.__version__} differs")
    boto, client = Boto(server.url), make_client()
    found: dict[str, set[str]] = defaultdict(set)
    names = boto.model.operation_names
    for number in range(ROUNDS):
        for name in names:
            chance = random.Random(f"{SEED}/{number}/{name}")
            try:
                found[name] |= set(await differences(boto, client, server, name, chance, by_keyword=number % 2 == 1))
            except Exception as error:
                found[name].add(f"{type(error).__name__}: {error!s:.200}")
    wrong = {name: sorted(what) for name, what in found.items() if what}
    with capsys.disabled():
        agreeing = f"{len(names) - len(wrong)} of {len(names)} operations agree with boto3"
        print(f"\n{agreeing} ({ROUNDS} rounds, seed {SEED})")  # noqa: T201  # how many is the result
    assert set(names) == set(client._namespace.schema.operations)
    assert not wrong, "\n".join(f"{name}: {'; '.join(what)}" for name, what in sorted(wrong.items()))[:3000]
