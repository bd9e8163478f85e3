"""What constructors make of values: conversion without refusal."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.maps import FrozenMap
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema

SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "apiVersion": "1"},
    "operations": {"Put": {"name": "Put", "input": {"shape": "PutInput"}}},
    "shapes": {
        "PutInput": {
            "type": "structure",
            "required": ["Token", "Name"],
            "members": {
                "Token": {"shape": "Name", "idempotencyToken": True},
                "Name": {"shape": "Name"},
                "Matrix": {"shape": "Matrix"},
                "Kinds": {"shape": "Kinds"},
                "KindMap": {"shape": "KindMap"},
                "Data": {"shape": "Data"},
                "Blobs": {"shape": "Blobs"},
                "Document": {"shape": "Document"},
                "Self": {"shape": "PutInput"},
                "Class": {"shape": "Names"},
            },
        },
        "Name": {"type": "string"},
        "Names": {"type": "list", "member": {"shape": "Name"}},
        "Matrix": {"type": "list", "member": {"shape": "Names"}},
        "Kind": {"type": "string", "enum": ["A"]},
        "Kinds": {"type": "list", "member": {"shape": "Kind"}},
        "KindMap": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Kinds"}},
        "Data": {"type": "blob"},
        "Blobs": {"type": "list", "member": {"shape": "Data"}},
        "Document": {"type": "structure", "members": {}, "document": True},
    },
}
NAMESPACE = Namespace("members", Schema(build_schema(SERVICE)))
Put, Kind = NAMESPACE["PutRequest"], NAMESPACE["Kind"]


def made(**members: Any) -> Any:
    return Put(name="n", **members)


def test_nested_lists() -> None:
    """Lists of lists become tuples of tuples, from generators too."""
    assert made(matrix=[["a"], iter("bc"), ()]).matrix == (("a",), ("b", "c"), ())


def test_enums_in_lists_and_maps() -> None:
    """Strings in lists and maps become the enum."""
    value = made(kinds=["A", "new"], kind_map={"k": ["A"]})
    assert [type(kind) for kind in (*value.kinds, *value.kind_map["k"])] == [Kind] * 3
    assert value.kinds[1].is_unknown


@pytest.mark.parametrize("given", [b"ab", bytearray(b"ab"), memoryview(b"ab")])
def test_bytes(given: Any) -> None:
    """Whatever holds bytes becomes bytes, in lists too, and cannot change later."""
    assert type(made(data=given).data) is bytes
    assert made(blobs=[given]).blobs == (b"ab",)


@pytest.mark.parametrize("given", [{"k": ["A"]}, MappingProxyType({"k": ("A",)}), FrozenMap({"k": ("A",)})])
def test_maps(given: Any) -> None:
    """Any mapping becomes a read-only one."""
    assert type(made(kind_map=given).kind_map) is FrozenMap
    assert made(kind_map=given).kind_map == {"k": (Kind.A,)}


def test_documents() -> None:
    """A document is any JSON value, frozen."""
    document = {"a": [1, {"b": None}]}
    value = made(document=document)
    document["a"].append(2)
    assert value.document == {"a": (1, {"b": None})}
    assert value.to_dict() == {"Name": "n", "Document": {"a": [1, {"b": None}]}}
    hash(value)


@pytest.mark.parametrize("value", [5, object(), "text", 1.5, True, None])
def test_no_converter_refuses(value: Any) -> None:
    """A value of the wrong type is kept for validation to report, never an error of the constructor."""
    for name in ("matrix", "kinds", "kind_map", "data", "blobs", "document", "self_", "class_", "name", "token"):
        put = Put(**{"name": "n", name: value})
        assert getattr(put, name) is value or getattr(put, name) == value


def test_token_may_be_left_out() -> None:
    """A required token may be left out, for it is filled in when the request is sent."""
    assert made().token is None
    assert made(token="t").without_token() == made()


def test_words_of_python() -> None:
    """Methods of a member with an underscore behind its name have none in theirs."""
    assert made().add_class("a").class_ == ("a",)
    assert made().with_self(made()).self_ == made()
    assert made().without_self() == made()


def test_setter_names() -> None:
    """Each setter is named and documented as a method of its class in its module."""
    assert Put.with_matrix.__qualname__ == "PutRequest.with_matrix"
    assert Put.with_matrix.__module__ == "members"
    for method in (Put.with_matrix, Put.add_matrix, Put.put_kind_map, Put.without_data, Put.with_self):
        assert "copy" in method.__doc__
