"""A botocore service model into the table that aiosagemaker runs on.

The table keeps what goes over the wire and what may be checked, and no prose. Its form is described by the
TypedDicts of `aiosagemaker._shapes.schema`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from botocore import xform_name  # pyright: ignore[reportUnknownVariableType]  # botocore has no types

from .additions import with_additions
from .corrections import correct_waiters, headers_of
from .names import RESERVED_ERROR_MEMBERS, enum_names, member_names
from .patterns import categories, category_characters, to_python

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROTOCOLS = ("json", "rest-json")
_BOUNDS = ("min", "max")
_MEMBER_FLAGS = {
    "idempotencyToken": "idempotency_token",
    "jsonvalue": "json_value",
    "hostLabel": "host_label",
    "eventpayload": "event_payload",
    "eventheader": "event_header",
    "deprecated": "deprecated",
}
_SHAPE_FLAGS = {"sensitive": "sensitive", "streaming": "streaming", "eventstream": "event_stream", "event": "event"}

Row = dict[str, Any]


def build_schema(
    service: Mapping[str, Any],
    waiters: Mapping[str, Any] | None = None,
    paginators: Mapping[str, Any] | None = None,
    *,
    name: str = "",
    botocore: str = "",
) -> Row:
    """The table for a `service-2` model of a JSON protocol, with its `waiters-2` and `paginators-1`.

    `name` is botocore's name of the service (the folder of its data), `botocore` the release that has it. A pattern
    that `re` cannot take stands in its row as `untranslated`; a paginator with more than one token, or with members
    that lie deeper than the request and the response, is left to botocore, and so is an operation that takes an event
    stream. Raises ValueError for a model that cannot be expressed: another protocol, two names that meet.
    """
    service = with_additions(name, dict(service))
    metadata = service["metadata"]
    protocol = next((p for p in metadata.get("protocols", [metadata["protocol"]]) if p in PROTOCOLS), None)
    if protocol is None:
        raise ValueError(f"not a JSON protocol: {metadata['protocol']}")
    operations, shapes = _operations(service, protocol)
    for operation, row in operations.items():
        if headers := headers_of(name, metadata, service["operations"][operation]):
            row["headers"] = headers
    used = {category for shape in shapes.values() for category in categories(shape.get("pattern", ""))}
    return {
        "categories": {category: category_characters(category) for category in sorted(used)},
        "metadata": _metadata(metadata, protocol, name, botocore),
        "operations": operations,
        "paginators": _paginators(paginators or {}, operations, shapes),
        "shapes": shapes,
        "waiters": _waiters(correct_waiters(name, dict(waiters or {}))),
    }


def dumps(schema: Row, first: str) -> str:
    """The table as text: sorted, one row a line, `first` saying what it is."""
    lines = ["{", f'"generated":{json.dumps(first)},', f'"metadata":{_line(schema["metadata"])}']
    for section in ("categories", "operations", "paginators", "shapes", "waiters"):
        rows = ",\n".join(f"{json.dumps(name)}:{_line(row)}" for name, row in sorted(schema[section].items()))
        lines[-1] += ","
        lines.append(f'"{section}":{{\n{rows}\n}}')
    return "\n".join([*lines, "}", ""])


def _line(row: Any) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=True)


def _metadata(metadata: Mapping[str, Any], protocol: str, name: str, botocore: str) -> Row:
    row = {
        "api_version": metadata.get("apiVersion", ""),
        "botocore": botocore,
        "endpoint_prefix": metadata.get("endpointPrefix", ""),
        "json_version": metadata.get("jsonVersion", ""),
        "name": name,
        "protocol": protocol,
        "service_id": metadata.get("serviceId", ""),
        "signing_name": metadata.get("signingName") or metadata.get("endpointPrefix", ""),
        "target_prefix": metadata.get("targetPrefix", ""),
        "uid": metadata.get("uid", ""),
    }
    return {key: value for key, value in row.items() if value}


def _references(shapes: Mapping[str, Row]) -> Iterator[str]:
    for shape in shapes.values():
        yield from (member["shape"] for member in shape.get("members", {}).values())
        yield from (shape[part]["shape"] for part in ("member", "key", "value") if part in shape)


def _operations(service: Mapping[str, Any], protocol: str) -> tuple[Row, Row]:
    models: Mapping[str, Row] = service["shapes"]
    uses = Counter(_references(models))
    for operation in service["operations"].values():
        uses.update(operation[side]["shape"] for side in ("input", "output") if side in operation)

    operations: Row = {}
    shapes: Row = {}
    renamed: set[str] = set()
    for name, operation in sorted(service["operations"].items()):
        if protocol == "json" and _takes_event_stream(operation, models):
            continue  # awsJson sends the other members as an event too, and no service that we know does so
        row: Row = {"method": xform_name(name)}
        for side, suffix in (("input", "Request"), ("output", "Response")):
            model = operation.get(side, {}).get("shape")
            target = f"{name}{suffix}"
            if target in models and target != model:
                raise ValueError(f"{target} would hide a shape of the model")
            row[side] = target
            shapes[target] = _shape(models[model] if model else {"type": "structure", "members": {}}, models)
            shapes[target][suffix.lower()] = name
            if model is not None:
                if model != target:
                    shapes[target]["model"] = model
                if uses[model] == 1:
                    renamed.add(model)
        row.update(_operation_traits(operation))
        for side, key in (("output", "event_stream"), ("input", "request_event_stream")):
            if stream := _take_event_stream(shapes[row[side]], models):
                row[key] = stream
        operations[name] = row
    shapes.update({name: _shape(model, models) for name, model in models.items() if name not in renamed | set(shapes)})
    _correct_bodies(operations, shapes)
    return operations, dict(sorted(shapes.items()))


def _takes_event_stream(operation: Mapping[str, Any], models: Mapping[str, Row]) -> bool:
    taken = models.get(operation.get("input", {}).get("shape", ""), {}).get("members", {}).values()
    return any(models[member["shape"]].get("eventstream") for member in taken)


def _take_event_stream(side: Row, models: Mapping[str, Row]) -> str | None:
    """Take the stream out of a request or a response, which is complete when the stream begins.

    Returns the shape of its events.
    """
    for wire, member in list(side["members"].items()):
        if models[member["shape"]].get("eventstream"):
            del side["members"][wire]
            side.pop("payload", None)
            return str(member["shape"])
    return None


def _correct_bodies(operations: Row, shapes: Row) -> None:
    """Drop the bounds of what is sent as a request's whole body.

    How long a body may be is the service's to judge: it has raised its limit while its model still said less.
    """
    for operation in operations.values():
        row = shapes[operation["input"]]
        body: Row = shapes[row["members"][row["payload"]]["shape"]] if "payload" in row else {}
        if body.get("type") == "blob":
            for bound in _BOUNDS:
                body.pop(bound, None)


def _operation_traits(operation: Mapping[str, Any]) -> Row:
    row: Row = {}
    http = operation.get("http", {})
    method, uri = http.get("method", "POST"), http.get("requestUri", "/")
    if (method, uri) != ("POST", "/"):
        row["http"] = [method, uri]
    if "responseCode" in http:
        row["status"] = http["responseCode"]
    if port := operation.get("http2", {}).get("port"):
        row["port"] = port
    if errors := sorted(error["shape"] for error in operation.get("errors", ())):
        row["errors"] = errors
    if prefix := operation.get("endpoint", {}).get("hostPrefix"):
        row["host_prefix"] = prefix
    if values := {name: given["value"] for name, given in operation.get("staticContextParams", {}).items()}:
        row["endpoint_values"] = values
    if paths := {name: given["path"] for name, given in operation.get("operationContextParams", {}).items()}:
        row["endpoint_paths"] = paths
    if encodings := operation.get("requestcompression", {}).get("encodings"):
        row["compression"] = encodings
    if operation.get("httpChecksumRequired") or operation.get("httpChecksum", {}).get("requestChecksumRequired"):
        row["checksum_required"] = True
    if operation.get("authtype") == "none" or operation.get("auth") == ["smithy.api#noAuth"]:
        row["unsigned"] = True
    if operation.get("unsignedPayload") or operation.get("authtype") == "v4-unsigned-body":
        row["unsigned_payload"] = True
    row |= {flag: True for flag in ("deprecated", "idempotent", "readonly") if operation.get(flag)}
    return row


def _shape(model: Row, models: Mapping[str, Row]) -> Row:
    kind = model["type"]
    if model.get("document"):
        return {"type": "document"}
    row: Row
    if kind == "structure":
        row = _structure(model, models)
    elif kind == "list":
        row = {"type": "list", "item": model["member"]["shape"]}
    elif kind == "map":
        row = {"type": "map", "key": model["key"]["shape"], "value": model["value"]["shape"]}
    elif kind == "string" and "enum" in model:
        # A service adds values while older clients are in use, so an enum is never bound by length or pattern.
        return {"type": "enum", "values": enum_names(model["enum"])} | _flags(model, _SHAPE_FLAGS)
    elif kind == "timestamp":
        row = {"type": "timestamp"}
        if "timestampFormat" in model:
            row["format"] = model["timestampFormat"].lower()
    elif kind in ("blob", "boolean", "character", "double", "float", "integer", "long", "string"):
        row = {"type": "string" if kind == "character" else kind}
    else:
        raise ValueError(f"unknown type {kind!r}")
    row.update({bound: _number(model[bound]) for bound in _BOUNDS if bound in model})
    if "pattern" in model:
        try:
            row["pattern"] = to_python(model["pattern"])
        except ValueError:
            row["untranslated"] = model["pattern"]
    return row | _flags(model, _SHAPE_FLAGS)


def _number(bound: float) -> float:
    return int(bound) if bound == int(bound) else bound


def _structure(model: Row, models: Mapping[str, Row]) -> Row:
    required = set(model.get("required", ()))
    names = member_names(model["members"])
    row: Row = {"type": "structure", "members": {}}
    for wire, member in model["members"].items():
        entry: Row = {"name": names[wire], "shape": member["shape"]}
        if wire in required:
            entry["required"] = True
        if "location" in member:
            entry["location"] = member["location"].lower()
        if member.get("locationName", wire) != wire:
            entry["location_name"] = member["locationName"]
        if "timestampFormat" in member:
            entry["format"] = member["timestampFormat"].lower()
        if member.get("streaming"):
            entry["streaming"] = True
        if "contextParam" in member:
            entry["endpoint_parameter"] = member["contextParam"]["name"]
        entry |= _flags(member, _MEMBER_FLAGS)
        if models[member["shape"]]["type"] != "string":
            entry.pop("json_value", None)  # on bytes it says what they hold, and botocore takes no notice either
        row["members"][wire] = entry
    for trait in ("payload", "union"):
        if trait in model:
            row[trait] = model[trait]
    if model.get("exception"):
        for entry in row["members"].values():
            if entry["name"] in RESERVED_ERROR_MEMBERS:
                entry["name"] += "_"
        error = model.get("error", {})
        row["error"] = {
            key: value
            for key, value in {
                "code": error.get("code"),
                "status": error.get("httpStatusCode"),
                "fault": model.get("fault"),
                "retryable": "retryable" in model,
                "throttling": model.get("retryable", {}).get("throttling"),
            }.items()
            if value
        }
    return row


def _flags(model: Mapping[str, Any], names: Mapping[str, str]) -> Row:
    return {name: True for trait, name in names.items() if model.get(trait)}


def _waiters(model: Mapping[str, Any]) -> Row:
    rows: Row = {}
    for name, waiter in sorted(model.get("waiters", {}).items()):
        rows[name] = {
            "method": f"wait_until_{xform_name(name)}",
            "operation": waiter["operation"],
            "delay": waiter["delay"],
            "max_attempts": waiter["maxAttempts"],
            "acceptors": [
                {key: acceptor[key] for key in ("state", "matcher", "argument", "expected") if key in acceptor}
                for acceptor in waiter["acceptors"]
            ],
        }
        if "goal" in waiter:
            rows[name]["goal"] = waiter["goal"]
    return rows


def _aslist(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _paginators(model: Mapping[str, Any], operations: Row, shapes: Row) -> Row:
    rows: Row = {}
    for operation, paginator in sorted(model.get("pagination", {}).items()):
        members = {wire: m["name"] for wire, m in shapes[operations[operation]["input"]]["members"].items()}
        results = {wire: m["name"] for wire, m in shapes[operations[operation]["output"]]["members"].items()}
        tokens = _aslist(paginator["input_token"]), _aslist(paginator["output_token"])
        keys = _aslist(paginator.get("result_key"))
        if len(tokens[0]) != 1 or len(tokens[1]) != 1 or not {*tokens[1], *keys[:1]} <= results.keys() or not keys:
            continue
        row: Row = {
            "method": f"paginate_{operations[operation]['method']}",
            "input_token": members[tokens[0][0]],
            "output_token": results[tokens[1][0]],
            "result": results[keys[0]],
        }
        if "limit_key" in paginator:
            row["limit"] = members[paginator["limit_key"]]
        if whole := [key for key in _aslist(paginator.get("non_aggregate_keys")) if key in results]:
            row["whole"] = whole
        rows[operation] = row
    return rows
