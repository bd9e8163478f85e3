"""What a protocol is, and what the JSON protocols share."""

from __future__ import annotations

import gzip
import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, cast

from .._errors import ParamValidationError, ResponseParseError, ServiceError, Violation, error_class
from .._shapes.convert import LOAD_ERRORS, WIRE
from .._shapes.json_text import loads
from .._shapes.structure import note_differences
from ..retries import parse_retry_after
from .foreign_body import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._shapes.convert import Dialect
    from .._shapes.loading import Notes
    from .._shapes.operation import Operation
    from .._shapes.schema import ErrorTraits
    from .._shapes.structure import Request, Response
    from .message import HttpRequest, HttpResponse

COMPRESS_FROM = 10_240
"""Bodies of fewer bytes are sent as they are: https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html"""
_HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class Protocol(ABC):
    """How one service's operations are written as HTTP messages."""

    code_keys: ClassVar[tuple[str, ...]] = ("code", "__type")
    """Where an error's body may have its code; the first that is there counts."""

    @abstractmethod
    def serialize(self, operation: Operation, request: Request[Any]) -> HttpRequest:
        """The HTTP request. Raises ParamValidationError for what cannot be written."""

    @abstractmethod
    def parse(self, operation: Operation, response: HttpResponse) -> Response:
        """The response of a 2xx answer. Raises ResponseParseError for what the model does not say."""

    def parse_error(self, operation: Operation, response: HttpResponse) -> ServiceError:
        """The error of any other answer."""
        said = _error_body(response.body)
        body = said or {}
        code = _error_code(response.headers, body, self.code_keys) or str(response.status)
        message = next((str(body[key]) for key in ("message", "Message", "errorMessage") if body.get(key)), "")
        if not body and not message:
            # What is no JSON is not the service's own: a gateway's page says what the status alone does not.
            page = excerpt(response.body) if said is None else ""
            message = ": ".join(filter(None, (response.reason, page)))
        if 300 <= response.status < 400:
            message = f"{message} (redirects are never followed)".lstrip()
        cls = operation.error(code)
        traits: ErrorTraits = operation.namespace.shapes[cls.__shape__].get("error", {}) if cls else {}
        error: ServiceError = error_class(code, message, cls)(
            message,
            code=code,
            http_status=response.status,
            request_id=request_id(response.headers),
            operation=operation.name,
            headers=response.headers,
            body=response.body,
            retry_after=parse_retry_after(response.headers.get("x-amz-retry-after")),
            retryable=traits.get("retryable", False),
            throttling=traits.get("throttling", False),
        )
        if cls is not None:
            _load_members(operation, cls.__shape__, error, body, response)
        return error


def request_id(headers: Mapping[str, str]) -> str | None:
    """The service's id of the request."""
    return headers.get("x-amzn-requestid") or headers.get("x-amz-request-id")


def parse_error_of(response: HttpResponse, message: str) -> ResponseParseError:
    """The error for a 2xx answer that is not what the model says."""
    return ResponseParseError(
        f"the answer is not what the service's model says: {message}",
        status=response.status,
        headers=response.headers,
        body=response.body,
    )


def load_json(
    operation: Operation, dialect: Dialect, response: HttpResponse, elsewhere: Mapping[str, Any] | None = None
) -> Response:
    """The response from the JSON object in the body, and from what was read `elsewhere` in the answer.

    Raises:
        ResponseParseError: the body is not one, or not what the model says. What raised it stays out of its chain, and
            with that the body, which may be sensitive.
    """
    plain: dict[str, Any] | None = None
    try:
        value = loads(response.body)
    except LOAD_ERRORS as error:
        fault = f"not JSON ({error})"
    else:
        try:
            if isinstance(value, dict):
                plain = cast("dict[str, Any]", value)
                return load_noting(operation, dialect, {**plain, **elsewhere} if elsewhere else plain)
            fault = f"a JSON {type(value).__name__}, not an object"
        except LOAD_ERRORS as error:
            from .._shapes.locate_fault import locate_fault

            fault = str(locate_fault(dialect, operation.output, value) or error)
    value = plain = None  # a traceback may be shown with its locals
    raise parse_error_of(response, fault)


def load_noting(operation: Operation, dialect: Dialect, value: dict[str, Any]) -> Response:
    """The response from its plain data; its metadata names what was filled, and what the model does not know."""
    notes: Notes = []
    loaded = dialect.load(operation.output, value, notes)
    if notes:
        from .._shapes.differences import differences

        note_differences(loaded, *differences(operation.output, value, dialect.load_key))
    return loaded


def refuse_filled(response: Response, answer: HttpResponse) -> None:
    """Raises ResponseParseError if a required member was not in the answer."""
    if missing := response.response_metadata.filled:
        raise parse_error_of(answer, f"it lacks {', '.join(missing)}, which the model requires")


def host_prefix(operation: Operation, request: Request[Any]) -> str:
    """What goes in front of the host, its labels filled from the request."""
    template = operation.row.get("host_prefix", "")
    if "{" not in template:
        return template
    values: dict[str, str] = {}
    for wire_name, member in operation.input_row["members"].items():
        if member.get("host_label"):
            label = getattr(request, member["name"])
            # A label from a resource's name must not be able to point the request at another host.
            if not isinstance(label, str) or not _HOST_LABEL.fullmatch(label):
                violation = Violation(member["name"], "pattern", label, "expected one label of a host name")
                raise ParamValidationError(type(request).__name__, [violation])
            values[wire_name] = label
    return template.format_map(values)


def compressed(operation: Operation, headers: dict[str, str], body: bytes) -> bytes:
    """The body as the operation's compression trait wants it; the header says so."""
    if "gzip" not in operation.row.get("compression", ()) or len(body) < COMPRESS_FROM:
        return body
    before = headers.get("Content-Encoding")
    headers["Content-Encoding"] = f"{before}, gzip" if before else "gzip"
    return gzip.compress(body, mtime=0)


def _error_body(body: bytes) -> dict[str, Any] | None:
    """The JSON object; empty for other JSON, None for what is none."""
    try:
        value = loads(body)
    except LOAD_ERRORS:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _error_code(headers: Mapping[str, str], body: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The bare code: `namespace#Code:http://...` is `Code`.

    A service that once spoke another protocol may say beside it what its old clients know: `Code;Sender`.
    """
    if old := headers.get("x-amzn-query-error", "").partition(";")[0]:
        return old
    for candidate in (headers.get("x-amzn-errortype"), *map(body.get, keys)):
        if isinstance(candidate, str) and candidate:
            return candidate.partition(":")[0].rpartition("#")[2].strip()
    return ""


def _load_members(
    operation: Operation, shape: str, error: ServiceError, body: dict[str, Any], response: HttpResponse
) -> None:
    for wire_name, member in operation.namespace.shapes[shape]["members"].items():
        if member["name"] == "message":
            continue
        location = member.get("location")
        if location == "header":
            value: Any = response.headers.get(member.get("location_name", wire_name))
        elif location == "statuscode":
            value = response.status
        else:
            value = body.get(WIRE.key(wire_name, member))
        try:
            setattr(error, member["name"], WIRE.load_hook(operation.namespace, member["shape"])(value, None))
        except LOAD_ERRORS:
            # The refusal itself must not be lost behind a member of it that is malformed.
            setattr(error, member["name"], None)
