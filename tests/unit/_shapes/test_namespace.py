"""Classes by name, built when they are first asked for."""

from __future__ import annotations

import pickle
import sys
import threading
import types
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker._model.schema_table import build_schema
from aiosagemaker._shapes.enums import OpenEnum
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker._shapes.structure import Request, Response, Structure
from aiosagemaker.errors import ServiceError, ValidationException

if TYPE_CHECKING:
    from aiosagemaker._shapes.registry import Registry

SERVICE: dict[str, Any] = {
    "metadata": {"protocol": "json", "apiVersion": "1"},
    "operations": {
        "Put": {"name": "Put", "input": {"shape": "In"}, "output": {"shape": "Out"}, "errors": [{"shape": "Gone"}]},
        "Nothing": {"name": "Nothing"},
    },
    "shapes": {
        "In": {"type": "structure", "members": {"Text": {"shape": "Text"}, "Secrets": {"shape": "Secrets"}}},
        "Out": {"type": "structure", "members": {"Self": {"shape": "Node"}}},
        "Node": {"type": "structure", "members": {"Next": {"shape": "Node"}, "Secret": {"shape": "Secret"}}},
        "Plain": {"type": "structure", "members": {"Text": {"shape": "Text"}}},
        "Kind": {"type": "string", "enum": ["A", "b-c"]},
        "Vault": {"type": "structure", "members": {"Text": {"shape": "Text"}}, "sensitive": True},
        "Bank": {"type": "structure", "members": {"Vault": {"shape": "Vault"}, "Secrets": {"shape": "Secrets"}}},
        "Text": {"type": "string"},
        "Secret": {"type": "string", "sensitive": True},
        "Secrets": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "SecretList"}},
        "SecretList": {"type": "list", "member": {"shape": "Secret"}},
        "Gone": {
            "type": "structure",
            "members": {"message": {"shape": "Text"}, "Resource": {"shape": "Text"}},
            "exception": True,
        },
        "ValidationException": {"type": "structure", "members": {"Message": {"shape": "Text"}}, "exception": True},
    },
}


@pytest.fixture
def namespace() -> Namespace:
    return Namespace("tests_namespace", Schema(build_schema(SERVICE)))


def test_kinds(namespace: Namespace) -> None:
    """Requests, responses, structures, enums and errors each have their base."""
    assert issubclass(namespace["PutRequest"], Request)
    assert issubclass(namespace["PutResponse"], Response)
    assert namespace["Node"].__mro__[1] is Structure
    assert issubclass(namespace["Kind"], OpenEnum)
    assert issubclass(namespace["Gone"], ServiceError)
    assert issubclass(namespace["NothingRequest"], Request)
    assert namespace["NothingResponse"]().to_dict() == {}


def test_names(namespace: Namespace) -> None:
    """The public names are the structures and enums, sorted; errors are apart."""
    assert namespace.public_names == [
        "Bank",
        "Kind",
        "Node",
        "NothingRequest",
        "NothingResponse",
        "Plain",
        "PutRequest",
        "PutResponse",
        "Vault",
    ]
    assert namespace.error_names == ["Gone", "ValidationException"]
    assert namespace.is_error("Gone")
    assert not namespace.is_error("Plain")
    assert not namespace.is_error("Missing")


@pytest.mark.parametrize("name", ["Text", "Secrets", "Missing", "In"])
def test_not_a_class(namespace: Namespace, name: str) -> None:
    """What has no class is a KeyError here and an AttributeError of the module, with both names."""
    with pytest.raises(KeyError):
        namespace[name]
    with pytest.raises(AttributeError, match=f"module 'tests_namespace' has no attribute '{name}'"):
        namespace.getattr(name)


def test_kept(namespace: Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class is built once, and kept in its module."""
    module = types.ModuleType("tests_namespace")
    monkeypatch.setitem(sys.modules, "tests_namespace", module)
    cls = namespace.getattr("Node")
    assert namespace["Node"] is cls
    assert module.__dict__["Node"] is cls
    assert pickle.loads(pickle.dumps(cls(next=cls()))) == cls(next=cls())


def test_class_attributes(namespace: Namespace) -> None:
    """A class knows its module, its name and its slots, and is final in what it holds."""
    cls = namespace["Node"]
    assert (cls.__module__, cls.__name__, cls.__qualname__) == ("tests_namespace", "Node", "Node")
    assert not hasattr(cls(), "__dict__")
    assert namespace["Kind"].__module__ == "tests_namespace"
    assert namespace["Gone"].__module__ == "tests_namespace.errors"


def test_threads_build_one_class(namespace: Namespace) -> None:
    """Many threads that ask for the same name get the same class."""
    barrier, found = threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        found.extend(namespace[name] for name in ("Node", "Kind", "PutRequest", "Gone"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 4


def test_modelled_error(namespace: Namespace) -> None:
    """An error has its members, unset until an answer sets them, and a name known otherwise keeps its base."""
    error = namespace["Gone"]("words", code="Gone", operation="Put")
    assert error.resource is None
    assert error.message == "words"
    assert str(error) == "An error occurred (Gone) when calling the Put operation: words"
    assert issubclass(namespace["ValidationException"], ValidationException)


def test_is_sensitive(namespace: Namespace) -> None:
    """A value is sensitive itself, or as a list or map of such; a structure hides its own members."""
    assert all(map(namespace.is_sensitive, ("Secret", "SecretList", "Secrets")))
    assert not any(map(namespace.is_sensitive, ("Text", "Node", "Kind")))


def test_holds_sensitive(namespace: Namespace) -> None:
    """A shape holds something sensitive however deep it is, in a recursive one too."""
    assert all(map(namespace.holds_sensitive, ("Secret", "Secrets", "Node", "PutRequest", "PutResponse")))
    assert not any(map(namespace.holds_sensitive, ("Text", "Plain", "Kind")))


def test_sensitive_structure(namespace: Namespace) -> None:
    """A structure that is sensitive as a whole is never shown, nor is a list or a map of secrets."""
    bank = namespace["Bank"](vault=namespace["Vault"](text="hunter2"), secrets={"a": ["hunter2"]})
    assert repr(bank) == "Bank(vault=<redacted>, secrets=<redacted>)"


def test_read_when_needed() -> None:
    """A table that is given as a function is asked for once, when a name is first asked for."""
    asked: list[int] = []

    def table() -> Schema:
        asked.append(1)
        return Schema(build_schema(SERVICE))

    namespace = Namespace("tests_namespace", table)
    assert asked == []
    assert namespace["Node"] is namespace["Node"]
    assert namespace["Kind"]
    assert asked == [1]


def test_documents() -> None:
    """A docstring is what the namespace's writer says of the shape, when asked for; with no writer there is none."""
    written: list[str] = []

    def document(namespace: Registry, name: str) -> str:
        written.append(name)
        return f"About {name}."

    namespace = Namespace("tests_namespace", Schema(build_schema(SERVICE)), document)
    kinds = [namespace[name] for name in ("Node", "Kind")]
    assert written == []
    assert [kind.__doc__ for kind in kinds] == ["About Node.", "About Kind."]
    assert Namespace("tests_namespace", Schema(build_schema(SERVICE)))["Node"].__doc__ is None
