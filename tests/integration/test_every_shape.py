"""Every shape of the service: built, pickled, copied, hashed, written and read back."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import typing
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from aiosagemaker.errors import ParamValidationError, ServiceError
from aiosagemaker.sagemaker.models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable

STRUCTURES = [name for name in NAMESPACE.public_names if NAMESPACE.shapes[name]["type"] == "structure"]
ENUMS = [name for name in NAMESPACE.public_names if NAMESPACE.shapes[name]["type"] == "enum"]


def test_every_shape_is_built() -> None:
    """Every structure, enum and error of the model is a class of its name in the service's module."""
    import aiosagemaker.sagemaker as module

    for name in [*NAMESPACE.public_names, *NAMESPACE.error_names]:
        cls = getattr(module, name)
        assert isinstance(cls, type)
        assert cls.__name__ == name
        assert getattr(module, name) is cls
        assert pickle.loads(pickle.dumps(cls)) is cls
    assert {"EndpointStatus", "ProductionVariantInstanceType"} < set(ENUMS)
    assert all(issubclass(getattr(module, name), ServiceError) for name in NAMESPACE.error_names)


@pytest.mark.parametrize("full", [False, True], ids=["required", "all"])
def test_every_structure_survives(sample: Callable[..., Any], full: bool) -> None:
    """Each structure, with its required and with all its members, is the same after every way out and back."""
    for name in STRUCTURES:
        value = sample(NAMESPACE, name, full=full)
        cls = type(value)
        assert cls is NAMESPACE[name]
        for made in (
            pickle.loads(pickle.dumps(value)),
            copy.copy(value),
            copy.deepcopy(value),
            attrs.evolve(value),
            cls.from_dict(value.to_dict()),
            cls.from_json(value.to_json()),
            cls(**{field.name: getattr(value, field.name) for field in attrs.fields(cls)}),
        ):
            assert made == value, name
            assert hash(made) == hash(value), name
            assert repr(made) == repr(value), name
        assert json.loads(value.to_json()) is not None
        assert not hasattr(value, "__dict__")


def test_every_structure_is_valid(sample: Callable[..., Any]) -> None:
    """A value within the model's bounds has no violation but of patterns, whichever structure it is."""
    rules = set()
    for name in STRUCTURES:
        value = sample(NAMESPACE, name, full=True)
        try:
            value.validate()
        except ParamValidationError as error:
            rules |= {violation.rule for violation in error.violations}
    assert rules == {"pattern"}


def test_every_structure_is_frozen(sample: Callable[..., Any]) -> None:
    """No member of any structure can be set or deleted."""
    for name in STRUCTURES:
        value = sample(NAMESPACE, name)
        for field in attrs.fields(type(value)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(value, field.name, None)
        with pytest.raises((attrs.exceptions.FrozenInstanceError, AttributeError)):
            value.not_a_member = 1


def test_every_signature_and_hint() -> None:
    """Signatures are keyword-only with the required members first in mind, and type hints name every member."""
    for name in STRUCTURES:
        cls = NAMESPACE[name]
        members = NAMESPACE.shapes[name].get("members", {}).values()
        parameters = inspect.signature(cls).parameters
        assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters.values())
        required = {n for n, p in parameters.items() if p.default is inspect.Parameter.empty}
        assert required == {m["name"] for m in members if m.get("required") and not m.get("idempotency_token")}
        hints = typing.get_type_hints(cls)
        assert set(hints) >= {m["name"] for m in members}


def test_every_setter(sample: Callable[..., Any]) -> None:
    """Every member of every structure has the methods of its kind, and each gives a changed copy."""
    for name in STRUCTURES:
        value = sample(NAMESPACE, name, full=True)
        if NAMESPACE.shapes[name].get("union"):
            continue
        for member in NAMESPACE.shapes[name].get("members", {}).values():
            word = member["name"].rstrip("_")
            kind = NAMESPACE.shapes[member["shape"]]["type"]
            present = getattr(value, member["name"])
            assert getattr(value, f"with_{word}")(present) == value
            assert hasattr(value, f"add_{word}") is (kind == "list")
            assert hasattr(value, f"put_{word}") is (kind == "map")
            optional = not member.get("required") or bool(member.get("idempotency_token"))
            assert hasattr(value, f"without_{word}") is optional
            if kind == "list":
                assert getattr(value, f"add_{word}")(*present) == attrs.evolve(value, **{member["name"]: present * 2})
            if optional:
                assert getattr(getattr(value, f"without_{word}")(), member["name"]) is None


def test_every_enum() -> None:
    """Each enum has the model's values, and takes, keeps and pickles one that the model does not know."""
    for name in ENUMS:
        cls = NAMESPACE[name]
        assert [member.value for member in cls] == list(dict.fromkeys(NAMESPACE.shapes[name]["values"].values()))
        unknown = cls("Not-In-The-Model")
        assert unknown.is_unknown
        assert unknown == "Not-In-The-Model"
        assert len(cls) == len(NAMESPACE.shapes[name]["values"])
        for member in (*cls, unknown):
            assert type(member) is cls
            assert pickle.loads(pickle.dumps(member)) == member
            assert copy.deepcopy(member) == member
            assert hash(member) == hash(str(member))
