"""The messages of an event stream as what the service's model says they are.

https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .._errors import ArgumentError, EventStreamError
from .._shapes.convert import LOAD_ERRORS, WIRE
from .._shapes.json_text import dumps, loads
from .._shapes.maps import Headers
from .event_stream import encode_message
from .message import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._errors import ServiceError
    from .._shapes.body import Chunk
    from .._shapes.operation import Operation
    from .._shapes.registry import Registry
    from .._shapes.structure import Structure
    from .event_stream import HeaderValue, Message
    from .protocol import Protocol


class EventReader:
    """Reads the messages that follow one answer's head."""

    def __init__(self, protocol: Protocol, operation: Operation, head: HttpResponse) -> None:
        self._protocol = protocol
        self._operation = operation
        self._namespace = operation.namespace
        self._head = head
        self._events = self._namespace.shapes[operation.row.get("event_stream", "")]["members"]
        self._loads: dict[str, Callable[[Message], Structure]] = {}
        # A stream's messages mostly have the headers of the one before.
        self._headers: Mapping[str, HeaderValue] | None = None
        self._load: Callable[[Message], Structure | None] = _ignore

    def read(self, message: Message) -> Structure | None:
        """The event, or None for one of a type that the model does not know.

        Raises:
            ServiceError: the service ended the stream with an error; of the model's class if the model names it.
            EventStreamError: the message is not what the model says.
        """
        headers = message.headers
        if headers is self._headers:
            return self._load(message)
        kind = headers.get(":message-type")
        if kind == "event":
            member = self._events.get(_text(headers, ":event-type"))
            self._load = _ignore if member is None else self._loader(member["shape"])
            self._headers = headers
            return self._load(message)
        if kind == "exception":
            raise self._error(_text(headers, ":exception-type"), message.payload)
        if kind == "error":
            words = headers.get(":error-message", "")
            raise self._error(_text(headers, ":error-code"), dumps({"message": str(words)}).encode())
        raise EventStreamError(f"A message is of type {kind!r}, not event, exception or error")

    def _loader(self, shape: str) -> Callable[[Message], Structure]:
        if shape not in self._loads:
            self._loads[shape] = self._make_loader(shape)
        return self._loads[shape]

    def _make_loader(self, shape: str) -> Callable[[Message], Structure]:
        members = self._namespace.shapes[shape]["members"]
        cls = self._namespace[shape]
        headers = [(name, member["name"]) for name, member in members.items() if member.get("event_header")]
        payloads = [
            (member["name"], self._payload_loader(member["shape"]))
            for member in members.values()
            if member.get("event_payload")
        ]

        def load(message: Message) -> Structure:
            try:
                if headers or payloads:
                    given: dict[str, Any] = {name: read(message.payload) for name, read in payloads}
                    for wire_name, name in headers:
                        given[name] = message.headers.get(wire_name)
                    event: Structure = cls(**given)
                else:
                    event = WIRE.load(cls, loads(message.payload or b"{}"))
            except LOAD_ERRORS as error:
                raise EventStreamError(f"A {shape} is not what the service's model says: {error}") from error
            return event

        return load

    def _payload_loader(self, shape: str) -> Callable[[bytes], Any]:
        kind = self._namespace.shapes[shape]["type"]
        if kind == "blob":
            return bytes
        if kind == "string":
            return bytes.decode
        hook = WIRE.load_hook(self._namespace, shape)
        return lambda payload: hook(loads(payload), None)

    def _error(self, code: str, payload: bytes) -> ServiceError:
        # An error in a stream is told as one in an answer is; only the place of its code differs.
        head = self._head
        told = HttpResponse(head.status, Headers({**head.headers, "x-amzn-errortype": code}.items()), payload)
        error = self._protocol.parse_error(self._operation, told)
        error.headers = head.headers
        error.maybe_sent = True
        return error


def _ignore(_: Message) -> None:
    """An event of a type that the model does not know."""


def _text(headers: Any, name: str) -> str:
    value: HeaderValue | None = headers.get(name)
    if not isinstance(value, str) or not value:
        raise EventStreamError(f"A message lacks the header {name}")
    return value


class EventWriter:
    """Writes the events of a stream, those of requests or those of answers."""

    def __init__(self, namespace: Registry, stream: str) -> None:
        """`stream` is the shape that has the events' types as its members."""
        self._namespace = namespace
        members = self._namespace.shapes[stream]["members"]
        self._types = {member["shape"]: wire_name for wire_name, member in members.items()}

    def write(self, event: object) -> bytes:
        """The frame of an event; of bytes or text, as the payload of the first type of event.

        Raises:
            ArgumentError: the operation's requests stream no such event.
        """
        raw = isinstance(event, (bytes, bytearray, memoryview, str))
        given: Any = self._wrapped(cast("Chunk | str", event)) if raw else event
        shape = getattr(given, "__shape__", "")
        if shape not in self._types or given.__namespace__ is not self._namespace:
            raise ArgumentError(f"a stream of {' or '.join(self._types)} takes no {type(event).__name__}")
        headers: dict[str, HeaderValue] = {":message-type": "event", ":event-type": self._types[shape]}
        payload = b""
        rest = False
        for wire_name, member in self._namespace.shapes[shape]["members"].items():
            value = getattr(given, member["name"])
            if member.get("event_header"):
                if value is not None:
                    headers[wire_name] = str(value) if isinstance(value, str) else value
            elif member.get("event_payload"):
                headers[":content-type"], payload = self._payload(member["shape"], value)
            else:
                rest = True
        if rest:
            headers[":content-type"], payload = "application/json", dumps(WIRE.dump(given)).encode()
        return encode_message(headers, payload)

    def _wrapped(self, payload: Chunk | str) -> Structure:
        shape = next(iter(self._types))
        members = self._namespace.shapes[shape]["members"]
        name = next((member["name"] for member in members.values() if member.get("event_payload")), None)
        if name is None:
            raise ArgumentError(f"a stream of {shape} takes no payload as such")
        # SageMaker tells text from bytes by this header.
        kind = {"data_type": "UTF8"} if isinstance(payload, str) and "DataType" in members else {}
        made: Structure = self._namespace[shape](
            **{name: payload.encode() if isinstance(payload, str) else payload}, **kind
        )
        return made

    def _payload(self, shape: str, value: Any) -> tuple[str, bytes]:
        kind = self._namespace.shapes[shape]["type"]
        if kind == "blob":
            return "application/octet-stream", bytes(value or b"")
        if kind == "string":
            return "text/plain", str(value or "").encode()
        return "application/json", b"{}" if value is None else dumps(WIRE.dump(value)).encode()
