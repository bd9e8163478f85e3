"""The server half of the protocols: a request is read and an answer is written through the client's own schema rows."""

from __future__ import annotations

import functools
import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import parse_qs, unquote

import attrs

from .._errors import ParamValidationError, ServiceError, Violation
from .._shapes.constraints import check_keys
from .._shapes.convert import BODY, LOAD_ERRORS, WIRE
from .._shapes.json_text import dumps, loads
from .event_stream import encode_message
from .http_values import dump_header, load_header
from .message import HttpResponse

if TYPE_CHECKING:
    from .._shapes.maps import Headers
    from .._shapes.namespace import Namespace
    from .._shapes.operation import Operation
    from .._shapes.schema import ErrorTraits, MemberRow
    from .._shapes.structure import Request, Response

EVENT_STREAM = "application/vnd.amazon.eventstream"


@attrs.frozen
class ReceivedRequest:
    """A complete request as it came in."""

    method: str
    path: str
    """Percent-encoded, with its leading slash."""
    query: str
    """Percent-encoded, without the question mark."""
    headers: Headers
    body: bytes = b""


class UnknownOperation(ServiceError):
    """No operation of the service is asked for."""


class MalformedRequest(ServiceError):
    """The request is not of the form that the protocol says."""


def _malformed(message: str) -> MalformedRequest:
    return MalformedRequest(message, code="SerializationException", http_status=400)


def _unknown(message: str, status: int) -> UnknownOperation:
    return UnknownOperation(message, code="UnknownOperationException", http_status=status)


class ServerProtocol(ABC):
    """How one service's messages are read and written at the service's end."""

    refusal_status: ClassVar[int]
    """The HTTP status of an answer to an unacceptable signature."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace

    @abstractmethod
    def route(self, request: ReceivedRequest) -> Operation:
        """The operation that is asked for. Raises UnknownOperation for none."""

    @abstractmethod
    def decode(self, operation: Operation, request: ReceivedRequest) -> Request[Any]:
        """The typed request.

        Raises MalformedRequest for what is not of its shape, ParamValidationError for required members left out.
        """

    @abstractmethod
    def encode(self, operation: Operation, response: Response) -> HttpResponse:
        """The answer. An event stream's body is left empty: its frames are `encode_event`'s."""

    @abstractmethod
    def encode_error(self, error: ServiceError) -> HttpResponse:
        """The answer that refuses."""

    def encode_stream_error(self, error: ServiceError) -> bytes:
        """The frame that ends a stream with an error of the model."""
        headers = {":message-type": "exception", ":exception-type": error.code, ":content-type": "application/json"}
        return encode_message(headers, dumps(self._error_members(error)).encode())

    def _error_members(self, error: ServiceError) -> dict[str, Any]:
        shape = getattr(error, "__shape__", None)
        if shape is None:
            return {"message": error.message}
        members = {
            WIRE.key(wire_name, member): WIRE.dump_hook(self.namespace, member["shape"])(value)
            for wire_name, member in self.namespace.shapes[shape]["members"].items()
            if (value := getattr(error, member["name"], None)) is not None
        }
        # Some models leave out that their errors have words.
        return members if any(name.lower() == "message" for name in members) else {"message": error.message, **members}

    def _status(self, error: ServiceError) -> int:
        shape = getattr(error, "__shape__", None)
        traits: ErrorTraits = {} if shape is None else self.namespace.shapes[shape].get("error", {})
        return error.http_status or traits.get("status", 500 if traits.get("fault") else 400)


class AwsJsonServer(ServerProtocol):
    """AWS JSON 1.1 at the service's end."""

    refusal_status = 400

    def route(self, request: ReceivedRequest) -> Operation:
        prefix, _, name = request.headers.get("x-amz-target", "").rpartition(".")
        if (
            prefix != self.namespace.schema.metadata.get("target_prefix")
            or name not in self.namespace.schema.operations
        ):
            raise _unknown("", 400)
        return self.namespace.operation(name)

    def decode(self, operation: Operation, request: ReceivedRequest) -> Request[Any]:
        cls = self.namespace[operation.row["input"]]
        value = _json_object(request.body)
        try:
            check_keys(cls, value, WIRE.key)
        except ParamValidationError as error:
            if any(violation.rule == "type" for violation in error.violations):
                raise _malformed("Start of structure or map found where not expected.") from error
            # A service passes over members that it does not know.
            missing = [violation for violation in error.violations if violation.rule == "required"]
            if missing:
                raise ParamValidationError(cls.__name__, missing) from None
        try:
            return cast("Request[Any]", WIRE.load(cls, value))
        except LOAD_ERRORS as error:
            raise _malformed(str(error)) from error

    def encode(self, operation: Operation, response: Response) -> HttpResponse:
        if "event_stream" in operation.row:
            return HttpResponse(200, {"Content-Type": EVENT_STREAM})
        body = dumps(WIRE.dump(response)).encode() if operation.output_row["members"] else b""
        return HttpResponse(200, {"Content-Type": "application/x-amz-json-1.1"}, body)

    def encode_error(self, error: ServiceError) -> HttpResponse:
        body = dumps({"__type": error.code, **self._error_members(error)}).encode()
        return HttpResponse(self._status(error), {"Content-Type": "application/x-amz-json-1.1"}, body)


class RestJsonServer(ServerProtocol):
    """restJson1 at the service's end."""

    refusal_status = 403

    def __init__(self, namespace: Namespace) -> None:
        super().__init__(namespace)
        self._routes: list[tuple[str, re.Pattern[str], str]] = []
        for name, row in namespace.schema.operations.items():
            method, template = row.get("http", ["POST", "/"])
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template.partition("?")[0]))
            self._routes.append((method, re.compile(pattern), name))

    def route(self, request: ReceivedRequest) -> Operation:
        for method, pattern, name in self._routes:
            if method == request.method and pattern.fullmatch(request.path):
                return self.namespace.operation(name)
        raise _unknown("", 404)

    def decode(self, operation: Operation, request: ReceivedRequest) -> Request[Any]:
        row = operation.input_row
        cls = self.namespace[operation.row["input"]]
        pattern = next(pattern for _, pattern, name in self._routes if name == operation.name)
        matched = pattern.fullmatch(request.path)
        places = {
            "uri": {name: unquote(text) for name, text in matched.groupdict().items()} if matched else {},
            "header": request.headers,
            "querystring": {name: texts[0] for name, texts in parse_qs(request.query).items()},
        }
        in_body = any("location" not in member for member in row["members"].values())
        body = _json_object(request.body) if in_body and "payload" not in row else {}
        given: dict[str, Any] = {}
        try:
            for wire_name, member in row["members"].items():
                if "location" in member:
                    text = places[member["location"]].get(member.get("location_name", wire_name))
                    value = None if text is None else load_header(self.namespace, member, text)
                elif wire_name == row.get("payload"):
                    value = self._payload(member, request.body)
                else:
                    value = WIRE.load_hook(self.namespace, member["shape"])(body.get(WIRE.key(wire_name, member)), None)
                if value is not None:
                    given[member["name"]] = value
        except LOAD_ERRORS as error:
            raise _malformed(str(error)) from error
        names = [m["name"] for m in row["members"].values() if m.get("required") and m["name"] not in given]
        if names:
            raise ParamValidationError(cls.__name__, [Violation(name, "required", None, "required") for name in names])
        return cast("Request[Any]", cls(**given))

    def _payload(self, member: MemberRow, body: bytes) -> Any:
        kind = self.namespace.shapes[member["shape"]]["type"]
        if kind == "blob":
            return body
        if kind in ("string", "enum"):
            return body.decode()
        return WIRE.load_hook(self.namespace, member["shape"])(loads(body), None) if body else None

    def encode(self, operation: Operation, response: Response) -> HttpResponse:
        row = operation.output_row
        status, headers = operation.row.get("status", 200), dict[str, str]()
        for wire_name, member in row["members"].items():
            value = getattr(response, member["name"])
            if value is None:
                continue
            name, location = member.get("location_name", wire_name), member.get("location")
            if location == "header":
                headers[name] = dump_header(self.namespace, member, value)
            elif location == "headers":
                entry: MemberRow = {"name": member["name"], "shape": self.namespace.shapes[member["shape"]]["value"]}
                prefix = member.get("location_name", "")
                headers |= {f"{prefix}{key}": dump_header(self.namespace, entry, item) for key, item in value.items()}
            elif location == "statuscode":
                status = value
        if "event_stream" in operation.row:
            return HttpResponse(status, {"Content-Type": EVENT_STREAM, **headers})
        payload = row.get("payload")
        if payload is None:
            return HttpResponse(
                status, {"Content-Type": "application/json", **headers}, dumps(BODY.dump(response)).encode()
            )
        member = row["members"][payload]
        return HttpResponse(status, headers, self._payload_bytes(member, getattr(response, member["name"])))

    def _payload_bytes(self, member: MemberRow, value: Any) -> bytes:
        kind = self.namespace.shapes[member["shape"]]["type"]
        if value is None:
            return b""
        if kind == "blob":
            return bytes(value)
        if kind in ("string", "enum"):
            return str(value).encode()
        return dumps(WIRE.dump_hook(self.namespace, member["shape"])(value)).encode()

    def encode_error(self, error: ServiceError) -> HttpResponse:
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
        return HttpResponse(self._status(error), headers, dumps(self._error_members(error)).encode())

    def encode_event(self, name: str, payload: bytes) -> bytes:
        """The frame of an event whose one member is its payload, a blob."""
        headers = {":message-type": "event", ":event-type": name, ":content-type": "application/octet-stream"}
        return encode_message(headers, payload)


@functools.lru_cache(maxsize=64)
def server_protocol(namespace: Namespace) -> ServerProtocol:
    """The service's end of the protocol that the model says."""
    return (
        RestJsonServer(namespace) if namespace.schema.metadata["protocol"] == "rest-json" else AwsJsonServer(namespace)
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value: Any = loads(body or b"{}")
    except LOAD_ERRORS as error:
        raise _malformed("Could not parse the request body as JSON.") from error
    if not isinstance(value, dict):
        raise _malformed("Expected a JSON object.")
    return cast("dict[str, Any]", value)
