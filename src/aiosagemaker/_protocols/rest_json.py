"""AWS restJson1: members in the path, the query, headers and a JSON or raw body.

https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .._errors import ParamValidationError, Violation
from .._shapes.body import UNSIGNED_PAYLOAD, check_body
from .._shapes.convert import BODY, LOAD_ERRORS, WIRE, elsewhere_key
from .._shapes.json_text import encode, loads
from .http_values import dump_header, dump_text, load_header, percent_encode
from .message import HttpRequest
from .protocol import Protocol, compressed, host_prefix, load_json, load_noting, parse_error_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._shapes.body import Body
    from .._shapes.operation import Operation
    from .._shapes.registry import Registry
    from .._shapes.schema import MemberRow
    from .._shapes.structure import Request, Response
    from .message import HttpResponse

_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2"""

Bound = list[tuple[str, "MemberRow", Any]]
"""The members in the head that are set: the model's name, the row, the value."""

_RAW = frozenset({"blob", "string", "enum"})
"""Payloads that are the body as they are. restJson1 has a default content type for them, which boto3 and the AWS CLI
do not send, and what they send is what the services see every day: only a member of the request sets one."""


class RestJson(Protocol):
    """The restJson1 protocol."""

    def serialize(self, operation: Operation, request: Request[Any]) -> HttpRequest:
        form = _form(operation)
        bound = [
            (wire_name, member, value)
            for wire_name, member in form.in_head
            if (value := getattr(request, member["name"])) is not None
        ]
        headers = _headers(operation.namespace, type(request).__name__, bound)
        if "headers" in operation.row:
            headers |= operation.row["headers"]
        if operation.row.get("unsigned_payload"):
            headers["X-Amz-Content-SHA256"] = UNSIGNED_PAYLOAD
        body = _body(operation, request, headers)
        return HttpRequest(
            form.method,
            _path(operation, request, form),
            headers,
            body,
            query=_query(operation.namespace, form.query, bound) if form.has_query else form.query,
            host_prefix=host_prefix(operation, request) if "host_prefix" in operation.row else "",
        )

    def parse(self, operation: Operation, response: HttpResponse) -> Response:
        try:
            return _load(operation, response, _located(operation, response))
        except LOAD_ERRORS as error:
            fault = str(error)
        raise parse_error_of(response, fault)


def _refuse(subject: str, member: MemberRow, value: Any, expected: str) -> ParamValidationError:
    return ParamValidationError(subject, [Violation(member["name"], "pattern", value, expected)])


class _Form(NamedTuple):
    """What the requests of an operation have in common."""

    method: str
    path: str
    query: str
    """What stands in every request's query."""
    labels: tuple[tuple[str, MemberRow], ...]
    """The members that stand in the path, each with its name there."""
    in_head: tuple[tuple[str, MemberRow], ...]
    """The members that stand in headers or in the query."""
    has_query: bool
    """Whether any of them is for the query."""


@functools.lru_cache(maxsize=256)
def _form(operation: Operation) -> _Form:
    method, template = operation.row.get("http", ["POST", "/"])
    path, _, query = template.partition("?")
    members = operation.input_row["members"].items()
    placed = [(name, row, row.get("location")) for name, row in members]
    return _Form(
        method,
        path,
        query,
        tuple((row.get("location_name", name), row) for name, row, location in placed if location == "uri"),
        tuple((name, row) for name, row, location in placed if location in ("header", "headers", "querystring")),
        any(location == "querystring" for *_, location in placed),
    )


def _path(operation: Operation, request: Request[Any], form: _Form) -> str:
    labels, path, subject = form.labels, form.path, type(request).__name__
    # With validation off this is where a label that was left out is found.
    if missing := [member["name"] for _, member in labels if getattr(request, member["name"]) is None]:
        raise ParamValidationError(subject, [Violation(name, "required", None, "required") for name in missing])
    for name, member in labels:
        value = getattr(request, member["name"])
        text = dump_text(operation.namespace, member["shape"], value, member.get("format", "iso8601"))
        if not text:
            raise ParamValidationError(
                subject, [Violation(member["name"], "length", value, "expected a non-empty value")]
            )
        if text in (".", ".."):
            raise _refuse(subject, member, value, "expected a value that is not a relative path")
        path = path.replace(f"{{{name}}}", percent_encode(text))
        if "+}" in path:
            path = path.replace(f"{{{name}+}}", percent_encode(text, "/"))
    return path


def _query(namespace: Registry, constant: str, bound: Bound) -> str:
    pairs: list[tuple[str, str]] = []
    spread: list[tuple[str, str | tuple[str, ...]]] = []
    for wire_name, member, value in bound:
        if member.get("location") != "querystring":
            continue
        row = namespace.shapes[member["shape"]]
        name = member.get("location_name", wire_name)
        style = member.get("format", "iso8601")
        if row["type"] == "map":
            spread += cast("Mapping[str, str | tuple[str, ...]]", value).items()
        elif row["type"] == "list":
            pairs += [(name, dump_text(namespace, row["item"], item, style)) for item in value]
        else:
            pairs.append((name, dump_text(namespace, member["shape"], value, style)))
    named = {name for name, _ in pairs}
    for key, value in spread:
        if key not in named:
            pairs += [(key, str(item)) for item in (value if isinstance(value, tuple) else (value,))]
    encoded = [f"{percent_encode(name)}={percent_encode(text)}" for name, text in pairs]
    return "&".join(([constant] if constant else []) + encoded)


def _headers(namespace: Registry, subject: str, bound: Bound) -> dict[str, str]:
    headers: dict[str, str] = {}
    for wire_name, member, value in bound:
        location = member.get("location")
        try:
            if location == "header":
                headers[member.get("location_name", wire_name)] = dump_header(namespace, member, value)
            elif location == "headers":
                entry: MemberRow = {"name": member["name"], "shape": namespace.shapes[member["shape"]]["value"]}
                for key, item in cast("Mapping[str, Any]", value).items():
                    if not _FIELD_NAME.fullmatch(key):
                        raise ValueError("not a field name")
                    headers[f"{member.get('location_name', '')}{key}"] = dump_header(namespace, entry, item)
        except ValueError as error:
            shown = "<redacted>" if namespace.is_sensitive(member["shape"]) else value
            raise _refuse(subject, member, shown, f"expected what an HTTP header can carry ({error})") from None
    return headers


def _body(operation: Operation, request: Request[Any], headers: dict[str, str]) -> Body:
    row, namespace = operation.input_row, operation.namespace
    if "request_event_stream" in operation.row:
        headers["Content-Type"] = "application/vnd.amazon.eventstream"
        return b""  # the events follow
    payload = row.get("payload")
    if payload is not None:
        member = row["members"][payload]
        value = getattr(request, member["name"])
        kind = namespace.shapes[member["shape"]]["type"]
        if kind in _RAW:
            if value is None:
                return b""
            if kind != "blob":
                return cast("str", value).encode()
            # With validation off this is where a body that cannot be sent is found.
            return _checked(type(request).__name__, member, value)
        plain: Any = {} if value is None else WIRE.dump_hook(namespace, member["shape"])(value)
    elif any("location" not in member for member in row["members"].values()):
        plain = BODY.dump(request)
    else:
        return b""
    headers.setdefault("Content-Type", "application/json")
    body = encode(plain)
    if "compression" in operation.row:
        body = compressed(operation, headers, body)
    if operation.row.get("checksum_required"):
        headers["Content-MD5"] = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    return body


def _checked(subject: str, member: MemberRow, value: Any) -> Body:
    violations: list[Violation] = []
    check_body(value, member["name"], violations)
    if violations:
        raise ParamValidationError(subject, violations)
    return cast("Body", value)


def _load(operation: Operation, response: HttpResponse, located: dict[str, Any]) -> Response:
    row, namespace = operation.output_row, operation.namespace
    payload = row.get("payload")
    if payload is None:
        # An answer whose members are all elsewhere, or all optional, may have no body at all.
        if response.body and any("location" not in member for member in row["members"].values()):
            return load_json(operation, BODY, response, located)
        return load_noting(operation, BODY, located)
    member = row["members"][payload]
    kind = namespace.shapes[member["shape"]]["type"]
    value: Any = None
    if kind == "blob":
        value = response.body if response.body or member.get("required") else None
    elif response.body:
        text = response.body
        value = text.decode() if kind in ("string", "enum") else loads(text)
        value = WIRE.load_hook(namespace, member["shape"])(value, None)
    return load_noting(operation, BODY, located if value is None else {**located, elsewhere_key(member): value})


@functools.lru_cache(maxsize=256)
def _from_head(operation: Operation) -> tuple[tuple[str, str, str, MemberRow], ...]:
    """The members that stand in an answer's head: where, under which name, the key for `BODY`, and the row."""
    return tuple(
        (
            location,
            member.get("location_name", "" if location == "headers" else wire_name),
            elsewhere_key(member),
            member,
        )
        for wire_name, member in operation.output_row["members"].items()
        if (location := member.get("location")) is not None
    )


def _located(operation: Operation, response: HttpResponse) -> dict[str, Any]:
    """What stands in the answer's head, under the keys that `BODY` looks for."""
    found: dict[str, Any] = {}
    headers = response.headers
    for location, name, key, member in _from_head(operation):
        if location == "header":
            text = headers.get(name)
            if text is not None:
                found[key] = load_header(operation.namespace, member, text)
        elif location == "statuscode":
            found[key] = response.status
        elif location == "headers":
            prefix = name.lower()
            entries = {each[len(prefix) :]: text for each, text in headers.items() if each.startswith(prefix)}
            found[key] = entries
    return found
