"""What a stub may answer, held to the model and written as the service would write it."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .._errors import (
    AlreadyExists,
    ArgumentError,
    AuthenticationError,
    ConnectError,
    NotFound,
    ResourceBusy,
    SdkError,
    ServiceError,
    TransportError,
)
from .._protocols.events import EventWriter
from .._protocols.message import HttpResponse
from .._protocols.server import server_protocol
from .._session import protocol_of
from .._shapes.constraints import check
from .._shapes.maps import Headers
from .._shapes.structure import Response, Structure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._config.config import ParameterValidation
    from .._shapes.namespace import Namespace
    from .._shapes.operation import Operation
    from .._shapes.schema import ErrorTraits

_WORDS: dict[type[ServiceError], str] = {
    NotFound: "Could not find what was asked for.",
    AlreadyExists: "Cannot create already existing resource.",
    ResourceBusy: "Cannot change in-progress resource.",
}
"""What the service says in a ValidationException of each kind: the client tells them apart by it."""
_FAILURES = {"InternalFailure": 500, "InternalServerError": 500, "ServiceUnavailable": 503}
"""The HTTP status of errors that no model of the service has, where it is not 400."""
_STUBBED = "an answer of the stub"


class Parts:
    """The answer of an operation that streams: the members of its head, and then its events.

    A part is `bytes` or `str`, the payload of the operation's first type of event; an event of the service's model; or
    an error, a class or an instance: a ServiceError that the model names ends the stream as the service would end it,
    a TransportError as a connection would.
    """

    def __init__(
        self,
        *parts: bytes | str | Structure | SdkError | type[SdkError],
        response: Response | None = None,
        delay: float = 0.0,
    ) -> None:
        """`response` has the members of the head, by default none; `delay` is the time before each part, in seconds."""
        self.parts = parts
        self.response = response
        self.delay = delay


Answer: TypeAlias = (
    Response
    | SdkError
    | type[SdkError]
    | Parts
    | Callable[[Any], "Response | SdkError | type[SdkError] | Parts | Awaitable[Any]"]
)
"""What a request may be answered with: a response; an error, as a class or an instance; the parts of a stream; or a
function of the request that returns one of these, or an awaitable of it, or raises."""


class Written(NamedTuple):
    """An answer as it comes over the wire."""

    head: HttpResponse
    """With its body, unless parts follow."""
    parts: Sequence[bytes | SdkError] = ()
    delay: float = 0.0
    streams: bool = False


def write(
    namespace: Namespace, operation: Operation, answer: Any, validation: ParameterValidation
) -> Written | TransportError:
    """The answer as the service would send it; a failure of the connection stays what it is.

    Raises:
        ParamValidationError: the model does not allow it.
        ArgumentError: it is no answer to this operation.
    """
    if _is_a(answer, TransportError):
        return transport_error(answer)
    if _is_a(answer, ServiceError):
        return Written(_refusal(namespace, operation, answer))
    streams = "event_stream" in operation.row
    if isinstance(answer, Parts):
        if not streams:
            raise ArgumentError(f"{operation.name} does not stream its answer")
        head = _head(namespace, operation, answer.response, validation)
        parts = [_part(namespace, operation, part) for part in answer.parts]
        return Written(head, parts, answer.delay, streams=True)
    if answer is not None and not isinstance(answer, Response):
        shown = answer.__name__ if isinstance(answer, type) else type(answer).__name__
        raise ArgumentError(
            f"{operation.name} is answered with {operation.output.__name__}, an error or a function, not {shown}"
        )
    return Written(_head(namespace, operation, answer, validation), streams=streams)


def transport_error(answer: TransportError | type[TransportError]) -> TransportError:
    """A failure to raise, new each time: one error at several callers would collect their tracebacks."""
    if isinstance(answer, type):
        return answer(_STUBBED, maybe_sent=not issubclass(answer, ConnectError))
    failure = copy.copy(answer)
    failure.__cause__ = answer.__cause__
    return failure


def _is_a(answer: object, kind: type[SdkError]) -> bool:
    return issubclass(answer, kind) if isinstance(answer, type) else isinstance(answer, kind)


def _head(
    namespace: Namespace, operation: Operation, response: Response | None, validation: ParameterValidation
) -> HttpResponse:
    if response is None:
        missing = [row["name"] for row in operation.output_row["members"].values() if row.get("required")]
        if missing:
            raise ArgumentError(f"{operation.output.__name__} is not empty: it has {', '.join(missing)}")
        response = operation.output()
    if type(response) is not operation.output:
        raise ArgumentError(
            f"{operation.name} is answered with {operation.output.__name__}, not {type(response).__name__}"
        )
    if validation != "off":
        check(response, strict=validation == "strict")
    return _sent(server_protocol(namespace).encode(operation, response))


def _sent(answer: HttpResponse, **more: str) -> HttpResponse:
    return HttpResponse(answer.status, Headers({**answer.headers, **more}), answer.body)


def _refusal(namespace: Namespace, operation: Operation, given: Any) -> HttpResponse:
    """An error as the service tells it. One that would not be read as what it was given as is refused."""
    cls: type[ServiceError] = given if isinstance(given, type) else type(given)
    message = next((words for kind, words in _WORDS.items() if issubclass(cls, kind)), _STUBBED)
    error: ServiceError = cls(message) if isinstance(given, type) else copy.copy(given)
    if getattr(cls, "__namespace__", namespace) is not namespace:
        raise ArgumentError(f"{operation.name} does not fail with another service's {cls.__module__}.{cls.__name__}")
    if error.code == cls.__name__ and issubclass(cls, tuple(_WORDS)):
        error.code = "ValidationError" if operation.error("ValidationError") else "ValidationException"
    modelled = operation.error(error.code)
    if error.http_status == 0:
        error.http_status = _status(namespace, error, modelled)
    answer = server_protocol(namespace).encode_error(error)
    more: dict[str, str] = {}
    if error.retry_after is not None:
        more["x-amz-retry-after"] = str(round(error.retry_after * 1000))
    if error.request_id is not None:
        more["x-amzn-RequestId"] = error.request_id
    answer = _sent(answer, **more)
    read = protocol_of(namespace).parse_error(operation, answer)
    if not isinstance(read, cls):
        raise ArgumentError(
            f"{operation.name} does not fail with {cls.__module__}.{cls.__name__}: the client reads code "
            f"{error.code!r} with the message {error.message!r} as {type(read).__module__}.{type(read).__name__}"
        )
    return answer


def _status(namespace: Namespace, error: ServiceError, modelled: Any) -> int:
    if modelled is not None:
        traits: ErrorTraits = namespace.shapes[modelled.__shape__].get("error", {})
        return traits.get("status", 500 if traits.get("fault") else 400)
    if isinstance(error, AuthenticationError):
        return server_protocol(namespace).refusal_status
    return _FAILURES.get(error.code, 400)


def _part(namespace: Namespace, operation: Operation, part: Any) -> bytes | SdkError:
    if _is_a(part, TransportError):
        return transport_error(part)
    if _is_a(part, ServiceError):
        error: ServiceError = part(_STUBBED) if isinstance(part, type) else part
        stream = namespace.shapes[operation.row.get("event_stream", "")]["members"]
        named = {name for name, row in stream.items() if "error" in namespace.shapes[row["shape"]]}
        if getattr(error, "__namespace__", None) is not namespace or error.code not in named:
            names = ", ".join(sorted(named))
            raise ArgumentError(f"a stream of {operation.name} ends with {names}, not {type(error).__name__}")
        return server_protocol(namespace).encode_stream_error(error)
    return EventWriter(namespace, operation.row.get("event_stream", "")).write(part)
