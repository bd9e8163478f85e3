"""What a real client did, as a file that a stub plays."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .. import _errors as errors
from .._client import BaseClient
from .._client_for import client_class
from .._config.config import Config, HttpConfig
from .._errors import ArgumentError, EventStreamError, SdkError, ServiceError, TransportError
from .._http.connections import Connections
from .._protocols.event_stream import EventStreamDecoder
from .._protocols.events import EventReader, EventWriter
from .._protocols.message import HttpResponse
from .._protocols.server import server_protocol
from .._secrets import scrubbed
from .._services import BY_NAME
from .._session import protocol_of
from .._shapes.convert import WIRE
from .._shapes.json_text import loads
from .._shapes.maps import Headers
from .answers import Written
from .redaction import plain, plain_of

if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Self

    from .._http.contract import OpenResponse, Transport, TransportRequest
    from .._shapes.namespace import Namespace
    from .._shapes.operation import Operation
    from .._shapes.structure import Request

ClientT = TypeVar("ClientT", bound=BaseClient)

_VERSION = 1
_OTHER = "an exchange that is no operation of a service's model cannot be recorded"


class Recorder:
    """A transport that does what the library's own does, and writes down what went through it.

    ::

        with Recorder("describe.json") as recorder:
            async with recorder.client(SageMakerClient) as client:
                await client.describe_endpoint(endpoint_name="churn")

        stub = Stub.from_file("describe.json")

    The file has requests, responses, refusals, failures of the connection and the events of streams, each attempt on
    its own, as the models' JSON. It has no headers, credentials, tokens or signatures of URLs, no value that the
    service's model marks as sensitive, and none of an environment variable whose name says that it is a secret. Read it
    before you commit it all the same: a secret in a place where nobody expects one stays.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        transport: Transport | None = None,
        http: HttpConfig | None = None,
        keep_sensitive: bool = False,
    ) -> None:
        """
        Args:
            path: the file, which is written when a client is closed, by `save`, and at the end of `with`.
            transport: what to record; default the library's own.
            http: how that connects.
            keep_sensitive: keep what the service's model marks as sensitive, such as the bodies of invocations.
        """
        self._path = Path(path)
        self._connections = Connections(type(self).__name__, transport)
        self._http = http or HttpConfig()
        self._keep = keep_sensitive
        self._exchanges: list[dict[str, Any]] = []

    def client(self, cls: type[ClientT], config: Config | None = None, **overrides: Any) -> ClientT:
        """A client that is recorded. Everything else is as the class itself would have it."""
        return cls(config, **{**overrides, "transport": self})

    def save(self) -> None:
        """Write the file."""
        text = json.dumps({"version": _VERSION, "exchanges": self._exchanges}, indent=1, ensure_ascii=False)
        self._path.write_text(f"{text}\n", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.save()

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        """See `aiosagemaker.Transport`."""
        exchange = self._begin(request)
        try:
            answer = await self._connections.open(self._http).send(request)
        except TransportError as error:
            exchange["failure"] = _failure(error)
            raise
        self._note(exchange, request, answer)
        return answer

    async def open(self, request: TransportRequest, /) -> OpenResponse:
        """See `aiosagemaker.Transport`."""
        exchange = self._begin(request)
        try:
            answer = await self._connections.open(self._http).open(request)
        except TransportError as error:
            exchange["failure"] = _failure(error)
            raise
        if 200 <= answer.head.status < 300:
            self._note(exchange, request, answer.head)
        return _Recorded(answer, self, exchange, request)

    async def close(self) -> None:
        """Close every connection, and write the file."""
        await self._connections.close()
        self.save()

    def _begin(self, request: TransportRequest) -> dict[str, Any]:
        asked: Any = request.input
        name = asked.__namespace__.schema.metadata.get("name", "")
        if request.operation not in _namespace(name).schema.operations:
            raise ArgumentError(_OTHER)
        exchange = {
            "service": name,
            "operation": request.operation,
            "request": plain(asked, keep_sensitive=self._keep),
        }
        self._exchanges.append(exchange)
        return exchange

    def _note(self, exchange: dict[str, Any], request: TransportRequest, answer: HttpResponse) -> None:
        namespace, operation = _of(request)
        protocol = protocol_of(namespace)
        if 200 <= answer.status < 300:
            response = protocol.parse(operation, answer)
            exchange["response"] = plain(response, keep_sensitive=self._keep)
        else:
            exchange["error"] = self._error(namespace, protocol.parse_error(operation, answer), answer)

    def _error(self, namespace: Namespace, error: ServiceError, answer: HttpResponse) -> dict[str, Any]:
        members: dict[str, Any] = {}
        shape = getattr(error, "__shape__", None)
        if shape is not None:
            try:
                members = plain_of(namespace, shape, loads(answer.body), keep_sensitive=self._keep)
            except ValueError:
                members = {}
        return {
            "code": error.code,
            "status": answer.status,
            "message": scrubbed(error.message),
            "members": {name: value for name, value in members.items() if name.lower() != "message"},
        }

    def note_event(self, exchange: dict[str, Any], event: Any) -> None:
        """An event of a stream came."""
        exchange.setdefault("events", []).append(
            {"type": event.__shape__, "event": plain(event, keep_sensitive=self._keep)}
        )

    def note_end(self, exchange: dict[str, Any], request: TransportRequest, error: SdkError) -> None:
        """A stream ended with an error."""
        if isinstance(error, ServiceError):
            end = {"error": self._error(_of(request)[0], error, HttpResponse(200, {}, error.body))}
        else:
            end = {"failure": _failure(error)}
        exchange.setdefault("events", []).append(end)

    def note_refusal(self, exchange: dict[str, Any], request: TransportRequest, answer: HttpResponse) -> None:
        """What was opened turned out to be a refusal."""
        self._note(exchange, request, answer)


class _Recorded:
    """An open answer whose events are written down as they pass."""

    def __init__(
        self, answer: OpenResponse, recorder: Recorder, exchange: dict[str, Any], request: TransportRequest
    ) -> None:
        namespace, operation = _of(request)
        self.head = answer.head
        self._answer = answer
        self._recorder = recorder
        self._exchange = exchange
        self._request = request
        self._decoder = EventStreamDecoder()
        self._reader = EventReader(protocol_of(namespace), operation, answer.head)

    async def read(self) -> HttpResponse:
        answer = await self._answer.read()
        self._recorder.note_refusal(self._exchange, self._request, answer)
        return answer

    async def chunk(self) -> bytes:
        try:
            chunk = await self._answer.chunk()
        except TransportError as error:
            self._recorder.note_end(self._exchange, self._request, error)
            raise
        try:
            self._decoder.feed(chunk)
            for message in self._decoder:
                event = self._reader.read(message)
                if event is not None:
                    self._recorder.note_event(self._exchange, event)
        except (ServiceError, EventStreamError) as error:
            self._recorder.note_end(self._exchange, self._request, error)
        return chunk

    def close(self) -> None:
        self._answer.close()


def play(exchange: dict[str, Any]) -> tuple[Namespace, type[Request[Any]], dict[str, Any], Written | TransportError]:
    """What a file says of one attempt: the service's namespace, the request's class, the request, and the answer."""
    namespace = _namespace(exchange["service"])
    operation = namespace.operation(exchange["operation"])
    cls: type[Request[Any]] = namespace[operation.row["input"]]
    return namespace, cls, exchange["request"], _answer(namespace, operation, exchange)


def _answer(namespace: Namespace, operation: Operation, exchange: dict[str, Any]) -> Written | TransportError:
    if "failure" in exchange:
        return cast("TransportError", _raised(exchange["failure"]))
    if "error" in exchange:
        return Written(_refusal(namespace, exchange["error"]))
    if "response" not in exchange:
        return TransportError("the recording has no answer", maybe_sent=True)
    response = WIRE.load(operation.output, exchange["response"])
    head = server_protocol(namespace).encode(operation, response)
    head = HttpResponse(head.status, Headers(head.headers), head.body)
    if "event_stream" not in operation.row:
        return Written(head)
    writer = EventWriter(namespace, operation.row["event_stream"])
    parts: list[bytes | SdkError] = []
    for part in exchange.get("events", ()):
        if "failure" in part:
            parts.append(_raised(part["failure"]))
        elif "error" in part:
            parts.append(server_protocol(namespace).encode_stream_error(_error(namespace, part["error"])))
        else:
            parts.append(writer.write(WIRE.load(namespace[part["type"]], part["event"])))
    return Written(head, parts, streams=True)


def _refusal(namespace: Namespace, told: dict[str, Any]) -> HttpResponse:
    answer = server_protocol(namespace).encode_error(_error(namespace, told))
    return HttpResponse(told["status"], Headers(answer.headers), answer.body)


def _error(namespace: Namespace, told: dict[str, Any]) -> ServiceError:
    code = told["code"]
    cls: type[ServiceError] = namespace[code] if namespace.is_error(code) else ServiceError
    error = cls(told["message"], code=code, http_status=told["status"])
    if cls is not ServiceError:
        for wire_name, member in namespace.shapes[code]["members"].items():
            if (value := told["members"].get(WIRE.key(wire_name, member))) is not None:
                setattr(error, member["name"], WIRE.load_hook(namespace, member["shape"])(value, None))
    return error


def _failure(error: SdkError) -> dict[str, Any]:
    return {"type": type(error).__name__, "message": scrubbed(str(error.args[0]) if error.args else "")}


def _raised(told: dict[str, Any]) -> SdkError:
    return cast("SdkError", getattr(errors, told["type"], TransportError)(told["message"]))


def _of(request: TransportRequest) -> tuple[Namespace, Operation]:
    namespace: Namespace = request.input.__namespace__
    return namespace, namespace.operation(request.operation)


def _namespace(service: str) -> Namespace:
    if service in BY_NAME:
        module = importlib.import_module(f"..{BY_NAME[service].package}.models", __package__)
        return cast("Namespace", module.NAMESPACE)
    return client_class(service)._namespace


def read(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The exchanges of a file. Raises ArgumentError for what is no recording."""
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
        if value["version"] != _VERSION:
            raise ValueError(f"version {value['version']}")
        return cast("list[dict[str, Any]]", value["exchanges"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArgumentError(f"{path} is no recording: {error}") from error
