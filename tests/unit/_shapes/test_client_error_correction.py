"""Smithy's client error correction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.client_error_correction import client_error_correction
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.sagemaker.models import NAMESPACE as SAGEMAKER

KINDS = ["blob", "boolean", "double", "float", "integer", "long", "string", "timestamp"]
SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "apiVersion": "1"},
    "operations": {},
    "shapes": {
        **{kind: {"type": kind} for kind in KINDS},
        "enum": {"type": "string", "enum": ["A"]},
        "list": {"type": "list", "member": {"shape": "string"}},
        "map": {"type": "map", "key": {"shape": "string"}, "value": {"shape": "string"}},
        "document": {"type": "structure", "members": {}, "document": True},
        "Outer": {
            "type": "structure",
            "required": ["Inner"],
            "members": {"Inner": {"shape": "Inner"}, "Other": {"shape": "Inner"}},
        },
        "Inner": {"type": "structure", "required": ["Text"], "members": {"Text": {"shape": "string"}}},
    },
}
NAMESPACE = Namespace("correction", Schema(build_schema(SERVICE)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blob", b""),
        ("boolean", False),
        ("double", 0.0),
        ("float", 0.0),
        ("integer", 0),
        ("long", 0),
        ("string", ""),
        ("timestamp", datetime(1970, 1, 1, tzinfo=UTC)),
        ("enum", ""),
        ("list", ()),
        ("map", {}),
        ("document", None),
    ],
)
def test_values(name: str, value: Any) -> None:
    """Each type has the value of Smithy's table."""
    assert client_error_correction(NAMESPACE, name) == value


def test_enum_is_unknown() -> None:
    """An enum is filled with an unknown value of its own type."""
    assert type(client_error_correction(NAMESPACE, "enum")) is NAMESPACE["enum"]
    assert client_error_correction(NAMESPACE, "enum").is_unknown


def test_structure() -> None:
    """A structure is filled with its own required members, corrected, and no others."""
    corrected = client_error_correction(NAMESPACE, "Outer")
    assert corrected == NAMESPACE["Outer"](inner=NAMESPACE["Inner"](text=""))


def test_every_response() -> None:
    """An empty answer of every operation is a whole response: no required member is None, and it writes itself."""
    for operation in SAGEMAKER.schema.operations.values():
        response = SAGEMAKER[operation["output"]].from_json("{}")
        for member in SAGEMAKER.shapes[operation["output"]].get("members", {}).values():
            value = getattr(response, member["name"])
            assert (value is not None) is bool(member.get("required"))
        assert type(response).from_dict(response.to_dict()) == response
