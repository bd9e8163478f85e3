"""One random call of any operation, through boto3 and through this library, and what differs between the two."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import string
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config as BotoConfig
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.errors import SdkError, ServiceError

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from botocore.model import OperationModel, Shape, StructureShape

    from aiosagemaker._client import BaseClient

DEPTH = 5
CHARACTERS = string.ascii_letters + string.digits + ' -_./:"\\\n\t\x00éß漢🚀\u2028'
NAMES = string.ascii_letters + string.digits + "-_.~/ %?#&+=:@éß漢🚀"
LINE = string.ascii_letters + string.digits + string.punctuation + " "
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(.+?), SignedHeaders=(.+?), Signature=([0-9a-f]{64})")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
KEYS = ReadOnlyCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
OWN = frozenset({"amz-sdk-invocation-id", "amz-sdk-request", "authorization", "user-agent", "x-amz-date"})
"""Headers whose values each side makes for itself; both must have them."""
CONNECTION = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding"})
"""Headers that boto3 leaves to its connection."""
_SCALARS = ("structure", "list", "map")


class Draw:
    """Random values of a model's shapes: `request` as boto3 takes them, otherwise as an answer holds them."""

    def __init__(self, chance: random.Random, *, request: bool) -> None:
        self.chance = chance
        self.request = request

    def value(self, shape: Shape, depth: int = 0) -> Any:
        if getattr(shape, "is_document_type", False):
            return self.chance.choice(({"a": [1, "é", {"b": False}]}, {}, {"c": 0.5}))
        return getattr(self, f"_{shape.type_name}")(shape, depth)

    def placed(self, shape: StructureShape, style: str) -> Any:
        """A value that fits in a header, a path or a query string."""
        kind = shape.type_name
        if shape.serialization.get("jsonvalue"):
            return {"a": [1, "text"]} if self.request else base64.b64encode(b'{"a":[1,"text"]}').decode()
        if kind == "string":
            text = (
                self.chance.choice(shape.enum)
                if shape.enum
                else self._line(shape, LINE if style.startswith("header") else NAMES)
            )
            return text if style != "uri" or text not in (".", "..") else "dots"
        if kind == "list":
            return [self.placed(shape.member, style) for _ in range(max(1, self._count(shape, 1)))]
        if kind == "map":
            return {f"k{number}": self.placed(shape.value, style) for number in range(self._count(shape, 1))}
        return self.value(shape, DEPTH)

    def _line(self, shape: Shape, characters: str) -> str:
        length = max(shape.metadata.get("min", 1), 1) + self.chance.randint(0, 8)
        return "".join(self.chance.choices(characters, k=length)).strip(" ").ljust(length, "x")

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
            body = [name for name in optional if "location" not in shape.members[name].serialization]
            drawn.update({name: None for name in body if name not in drawn and self.chance.random() < 0.05})
            if self.chance.random() < 0.1:
                drawn["NotInTheModel"] = self.chance.choice(({"a": [1]}, None, "text"))
        return drawn

    def _shallow(self, shape: StructureShape, names: list[str], depth: int) -> str:
        scalars = [name for name in names if shape.members[name].type_name not in _SCALARS]
        return self.chance.choice(scalars if depth >= DEPTH and scalars else names)

    def _members(self, shape: StructureShape, names: list[str], depth: int) -> dict[str, Any]:
        drawn = {}
        for name in names:
            member = shape.members[name]
            style = member.serialization.get("location", "host" if member.serialization.get("hostLabel") else "")
            if style == "host":
                drawn[name] = "label-1"
            elif style:
                drawn[name] = self.placed(member, style)
            elif member.serialization.get("jsonvalue"):
                drawn[name] = json.dumps({"a": [1, self._text(0)]})
            elif not member.serialization.get("eventstream"):
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

    _character = _string

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

    def stream(self, amt: int = 1024, **_: Any) -> Any:
        while piece := self.read(amt):
            yield piece


class Answer:
    """What a service answers: a head and a body, or the frames of a stream."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {"x-amzn-RequestId": "request-1", **headers}
        self.body = body


class Boto:
    """A boto3 client that sends nothing, keeps what it would have sent and parses the answer it is given."""

    def __init__(self, service: str, url: str) -> None:
        self.client = boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=url,
            aws_access_key_id=KEYS.access_key,
            aws_secret_access_key=KEYS.secret_key,
            config=BotoConfig(retries={"total_max_attempts": 1}),
        )
        self.client.meta.events.register("before-send", self._send)
        self.model = self.client.meta.service_model
        self.sent: Any = None
        self.answer = Answer(200, {}, b"{}")

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        self.sent = request
        return AWSResponse(request.url, self.answer.status, self.answer.headers, Raw(self.answer.body))

    def call(self, method: str, parameters: dict[str, Any], answer: Answer) -> dict[str, Any]:
        """The parsed answer, streams read to their ends. Raises ClientError for a refusal."""
        self.answer = answer
        parsed: dict[str, Any] = getattr(self.client, method)(**parameters)
        del parsed["ResponseMetadata"]
        for name, value in parsed.items():
            if hasattr(value, "iter_chunks"):
                parsed[name] = value.read()
            elif hasattr(value, "get_initial_response"):
                parsed[name] = list(value)
        return parsed


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def draw_answer(operation: OperationModel, chance: random.Random, protocol: str) -> Answer:
    """A random good answer of an operation."""
    shape = operation.output_shape
    if shape is None:
        return Answer(200, {}, b"" if protocol == "rest-json" else b"{}")
    drawn = Draw(chance, request=False).value(shape)
    return encode_answer(operation, shape, drawn, chance, protocol)


def encode_answer(
    operation: OperationModel, shape: Any, drawn: dict[str, Any], chance: random.Random, protocol: str
) -> Answer:
    """The answer that has these members, each in its place."""
    headers: dict[str, str] = {}
    status = operation.http.get("responseCode", 200)
    body: Any = {}
    for name, value in drawn.items():
        member = shape.members.get(name)
        placed = member.serialization if member is not None and protocol == "rest-json" else {}
        location, key = placed.get("location"), placed.get("name", name)
        if location == "header":
            headers[key] = _in_header(member, value)
        elif location == "headers":
            headers |= {f"{key}{inner}": str(item) for inner, item in value.items()}
        elif location == "statusCode":
            status = 202
        else:
            body[name if member is None else member.serialization.get("name", name)] = _named(member, value)
    headers.setdefault("Content-Type", "application/json")
    if operation.has_event_stream_output and shape is operation.output_shape:
        stream = operation.get_event_stream_output()
        initial = [] if protocol == "rest-json" else [_frame("initial-response", body, {})]
        content = b"".join([*initial, *(draw_frame(stream, chance) for _ in range(chance.randint(0, 3)))])
        return Answer(status, headers, content)
    payload = shape.serialization.get("payload") if protocol == "rest-json" else None
    if payload is None:
        return Answer(status, headers, json.dumps(body).encode())
    kind = shape.members[payload].type_name
    if kind == "blob":
        return Answer(status, headers, chance.randbytes(chance.randint(1, 60)))
    if kind == "string":
        return Answer(status, headers, "text-é".encode())
    inner = drawn.get(payload)
    return Answer(
        status, headers, b"{}" if inner is None else json.dumps(_named(shape.members[payload], inner)).encode()
    )


def _in_header(member: Any, value: Any) -> str:
    if member.type_name == "list":
        return ",".join(_in_header(member.member, item).replace(",", "") for item in value)
    if member.type_name == "boolean":
        return str(value).lower()
    return str(value)


def _named(shape: Any, value: Any) -> Any:
    """Under the names of the wire, which a model may have beside its own."""
    if shape is None or value is None or getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "structure":
        members = shape.members
        return {
            members[name].serialization.get("name", name) if name in members else name: _named(members.get(name), item)
            for name, item in value.items()
        }
    if shape.type_name == "list":
        return [_named(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _named(shape.value, item) for key, item in value.items()}
    return value


def draw_frame(stream: Any, chance: random.Random) -> bytes:
    """A random event of a stream, as a frame."""
    names = [name for name, member in stream.members.items() if not member.metadata.get("exception")]
    name = chance.choice(names)
    event = stream.members[name]
    drawn = Draw(chance, request=False).value(event)
    headers: dict[str, Any] = {}
    payload: Any = {}
    for inner, value in drawn.items():
        member = event.members.get(inner)
        placed = member.serialization if member is not None else {}
        if placed.get("eventheader"):
            headers[inner] = value
        elif placed.get("eventpayload") and value is None:
            continue
        elif placed.get("eventpayload"):
            if member.type_name == "blob":
                payload = base64.b64decode(value)
            else:
                payload = (
                    value.encode("utf-8", "surrogatepass") if member.type_name == "string" else _named(member, value)
                )
            return _frame(name, payload, headers)
        else:
            payload[placed.get("name", inner)] = _named(member, value)
    return _frame(name, payload, headers)


def _frame(name: str, payload: Any, headers: dict[str, Any]) -> bytes:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return encode_message({":message-type": "event", ":event-type": name, **headers}, body)


def stock_signature(received: Any, service: str) -> tuple[str, str]:
    """The signature in a request that came in, and the one that stock botocore makes over it."""
    match = AUTHORIZATION.fullmatch(received.headers["Authorization"])
    assert match is not None
    headers = {name: received.headers[name] for name in match[2].split(";")}
    url = f"http://{headers.pop('host')}{received.path}"
    request = AWSRequest(method=received.method, url=url, headers=headers, data=received.body)
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(KEYS, service, "us-east-1")
    assert auth.scope(request) == match[1]
    return match[3], auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


def scope(authorization: Any) -> str:
    """The region and the service that a request was signed for."""
    return "/".join(_text(authorization).partition("Credential=")[2].partition(",")[0].split("/")[2:])


class Comparison:
    """boto3's client and ours of one service."""

    def __init__(self, service: str, client: BaseClient, server: Any) -> None:
        self.boto = Boto(service, server.url)
        self.client = client
        self.server = server
        self.protocol = client._namespace.schema.metadata["protocol"]
        self.operations = [
            name
            for name in self.boto.model.operation_names
            if not self.boto.model.operation_model(name).has_event_stream_input
        ]

    async def differences(self, name: str, chance: random.Random) -> list[str]:
        """What differs between boto3 and this library in one good call and one refusal of an operation."""
        operation = self.boto.model.operation_model(name)
        row = self.client._namespace.schema.operations[name]
        parameters = self._parameters(operation, chance)
        answer = draw_answer(operation, chance, self.protocol)
        try:
            expected = self.boto.call(row["method"], dict(parameters), answer)
        except BotoCoreError:
            # What boto3 refuses to send, such as to an endpoint that the rules do not have, is not sent here either.
            with pytest.raises(SdkError):
                await self._ask(row, parameters, answer, by_keyword=False)
            self.server._answers.clear()
            return ["sent"] if self.server.received else []
        response = await self._ask(row, parameters, answer, by_keyword=chance.random() < 0.5)
        found = self._request_differences(operation)
        if response != expected:
            found.append(f"response: {str(response)[:200]} for {str(expected)[:200]}")
        return found + await self._refusal_differences(operation, row, parameters, chance)

    def _parameters(self, operation: OperationModel, chance: random.Random) -> dict[str, Any]:
        if operation.input_shape is None:
            return {}
        parameters: dict[str, Any] = Draw(chance, request=True).value(operation.input_shape)
        for member in operation.idempotent_members:
            if chance.random() < 0.5:
                parameters.pop(member, None)
        return parameters

    async def _ask(self, row: Any, parameters: dict[str, Any], answer: Answer, *, by_keyword: bool) -> Any:
        async def handle(_: Any) -> web.Response:
            return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

        self.server.handle(handle)
        namespace = self.client._namespace
        request = namespace[row["input"]].from_dict(parameters)
        method = getattr(self.client, row["method"])
        given: tuple[Any, ...] = (request,)
        members: dict[str, Any] = {}
        if by_keyword:
            names = [member["name"] for member in namespace.shapes[row["input"]]["members"].values()]
            given, members = (), {name: getattr(request, name) for name in names if getattr(request, name) is not None}
        if "event_stream" not in row:
            response = await method(*given, **members)
            assert response.response_metadata.request_id == "request-1"
            return response.to_dict()
        kinds = {member["shape"]: wire for wire, member in namespace.shapes[row["event_stream"]]["members"].items()}
        async with method(*given, **members) as stream:
            plain = stream.response.to_dict()
            events = [{kinds[type(event).__shape__]: event.to_dict()} async for event in stream]
        output = self.boto.model.operation_model(stream._operation).output_shape
        return plain | {output.event_stream_name: events}

    def _request_differences(self, operation: OperationModel) -> list[str]:
        received, sent = self.server.received.pop(), self.boto.sent
        found = []
        parts = urlsplit(_text(sent.url))
        ours = urlsplit(received.path)
        if received.headers["Host"] != parts.netloc:
            found.append(f"host: {received.headers['Host']} for {parts.netloc}")
        if (received.method, ours.path) != (sent.method, parts.path):
            found.append(f"address: {received.method} {received.path} for {sent.method} {parts.path}")
        if sorted(parse_qsl(ours.query, True)) != sorted(parse_qsl(parts.query, True)):
            found.append(f"query: {ours.query} for {parts.query}")
        pair = [
            {name.lower(): _text(value) for name, value in headers.items() if name.lower() not in CONNECTION}
            for headers in (received.headers, sent.headers)
        ]
        for name in sorted({*pair[0], *pair[1]}):
            values = [headers.get(name) for headers in pair]
            same = (values[0] is None) == (values[1] is None) if name in OWN else values[0] == values[1]
            if not same and not all(UUID.fullmatch(value or "") for value in values):
                found.append(f"header {name}: {values[0]} for {values[1]}")
        if not found and not self._same_bodies(operation, received.body, sent.body or b""):
            found.append(f"body: {received.body[:150]!r} for {sent.body[:150]!r}")
        if "authorization" not in pair[1]:
            return found
        theirs = scope(sent.headers.get("Authorization", ""))
        if scope(received.headers.get("Authorization", "")) != theirs:
            found.append(f"scope: {scope(received.headers.get('Authorization', ''))} for {theirs}")
        elif theirs and len(set(stock_signature(received, theirs.split("/")[1]))) != 1:
            found.append("signature")
        return found

    def _same_bodies(self, operation: OperationModel, ours: bytes, theirs: Any) -> bool:
        theirs = theirs.encode() if isinstance(theirs, str) else bytes(theirs)
        if ours == theirs:
            return True
        try:
            pair = json.loads(ours), json.loads(theirs)
        except ValueError:
            return False
        members = operation.input_shape.members if operation.input_shape is not None else {}
        for member in operation.idempotent_members:
            key = members[member].serialization.get("name", member)
            values = [body.get(key, "") for body in pair]
            if all(UUID.fullmatch(value) for value in values):
                for body in pair:
                    body[key] = "a token"
        return bool(pair[0] == pair[1])

    async def _refusal_differences(
        self, operation: OperationModel, row: Any, parameters: dict[str, Any], chance: random.Random
    ) -> list[str]:
        shape: Any = chance.choice([*operation.error_shapes, None])
        code = "NotInTheModel" if shape is None else str(shape.metadata.get("error", {}).get("code") or shape.name)
        status = 418 if shape is None else shape.metadata.get("error", {}).get("httpStatusCode", 400)
        drawn = {} if shape is None else Draw(chance, request=False).value(shape)
        key = next((name for name in ("message", "Message") if name in drawn), "message")
        drawn[key] = "the service's words"
        if shape is None:
            answer = Answer(status, {}, json.dumps(drawn).encode())
        else:
            answer = encode_answer(operation, shape, drawn, chance, self.protocol)
        if self.protocol == "rest-json":
            answer = Answer(status, {**answer.headers, "x-amzn-ErrorType": f"{code}:http://internal/"}, answer.body)
        else:
            body = {"__type": f"com.amazon#{code}", **json.loads(answer.body)}
            answer = Answer(status, answer.headers, json.dumps(body).encode())
        theirs = ours = None
        try:
            self.boto.call(row["method"], dict(parameters), answer)
        except ClientError as error:
            theirs = error
        try:
            await self._ask(row, parameters, answer, by_keyword=False)
        except ServiceError as error:
            ours = error
        self.server.received.clear()
        assert ours is not None, theirs
        assert theirs is not None, ours
        told: dict[str, Any] = theirs.response
        found = []
        if (ours.code, ours.message) != (told["Error"]["Code"], told["Error"]["Message"]):
            found.append(f"error: {ours.code} {ours.message!r} for {told['Error']}")
        if shape is not None and type(theirs).__name__ != type(ours).__name__:
            found.append(f"class: {type(ours).__name__} for {type(theirs).__name__}")
        return found
