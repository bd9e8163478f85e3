"""What is known of an operation."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.sagemaker.models import NAMESPACE as SAGEMAKER


def error(code: str | None = None) -> dict[str, Any]:
    traits = {"error": {"code": code, "httpStatusCode": 400}} if code else {}
    return {"type": "structure", "members": {}, "exception": True, **traits}


SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "apiVersion": "1"},
    "operations": {
        "Put": {"name": "Put", "input": {"shape": "In"}, "errors": [{"shape": "Mine"}, {"shape": "Renamed"}]},
        "Get": {"name": "Get"},
    },
    "shapes": {
        "In": {
            "type": "structure",
            "members": {"Token": {"shape": "Text", "idempotencyToken": True}, "Name": {"shape": "Text"}},
        },
        "Mine": error(),
        "Renamed": error("OnTheWire"),
        "Others": error(),
        "Text": {"type": "string"},
    },
}
NAMESPACE = Namespace("operation", Schema(build_schema(SERVICE)))


def test_rows() -> None:
    """An operation has its rows, its response's class and the members that are filled with a token."""
    put = NAMESPACE.operation("Put")
    assert (put.name, put.row["method"], put.tokens) == ("Put", "put", ("token",))
    assert put.output is NAMESPACE["PutResponse"]
    assert set(put.input_row["members"]) == {"Token", "Name"}
    assert NAMESPACE.operation("Put") is put
    assert NAMESPACE.operation("Get").tokens == ()


@pytest.mark.parametrize(
    ("operation", "code", "name"),
    [
        ("Put", "Mine", "Mine"),
        ("Put", "OnTheWire", "Renamed"),
        ("Put", "Renamed", "Renamed"),
        ("Put", "Others", "Others"),
        ("Get", "Mine", "Mine"),
        ("Put", "Text", None),
        ("Put", "In", None),
        ("Put", "Unknown", None),
        ("Put", "", None),
    ],
)
def test_error(operation: str, code: str, name: str | None) -> None:
    """The class of an error is found by its name or its code, whichever operation meets it."""
    found = NAMESPACE.operation(operation).error(code)
    assert found is (NAMESPACE[name] if name else None)


def test_every_operation() -> None:
    """Each operation has its request, its response, and errors that the model names."""
    for name in SAGEMAKER.schema.operations:
        operation = SAGEMAKER.operation(name)
        assert SAGEMAKER[operation.row["input"]].__operation__ == name
        assert operation.output.__name__ == f"{name}Response"
        assert all(operation.error(code).__name__ == code for code in operation.row.get("errors", ()))
        members = {member["name"] for member in operation.input_row.get("members", {}).values()}
        assert set(operation.tokens) <= members


def test_what_answers_freely() -> None:
    """What a model says is known from a document of the service's own."""
    from aiosagemaker.sagemaker_runtime.models import NAMESPACE as RUNTIME

    assert RUNTIME.operation("InvokeEndpoint").answers_freely
    assert not RUNTIME.operation("InvokeEndpointAsync").answers_freely
    assert not SAGEMAKER.operation("DescribeEndpoint").answers_freely
