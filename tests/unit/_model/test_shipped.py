"""The namespaces of the services that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiosagemaker._model.schema_table import build_schema, dumps
from aiosagemaker._model.shipped import shipped_namespace

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = {
    "metadata": {"protocol": "json"},
    "operations": {"Put": {"input": {"shape": "PutInput"}}},
    "shapes": {
        "PutInput": {"type": "structure", "required": ["A"], "members": {"A": {"shape": "Text"}}},
        "Text": {"type": "string"},
    },
}


def test_read_when_needed(tmp_path: Path) -> None:
    """The table is not read before a name is asked for."""
    namespace = shipped_namespace("tests.made_up", tmp_path / "schema.json")
    with pytest.raises(FileNotFoundError):
        namespace["PutRequest"]


def test_classes_of_a_file(tmp_path: Path) -> None:
    """The classes are those of the table, in the module that was named, and are documented."""
    table = tmp_path / "schema.json"
    table.write_text(dumps(build_schema(SERVICE), "generated for a test"), encoding="utf-8")
    cls = shipped_namespace("tests.made_up", table)["PutRequest"]
    assert cls(a="b").to_dict() == {"A": "b"}
    assert cls.__module__ == "tests.made_up"
    assert "a: str, required" in cls.__doc__
