"""The other forms of a structure: boto3's dicts, the wire's JSON, and the list of what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .._errors import ParamValidationError
from .constraints import check, check_keys
from .convert import BOTO, LOAD_ERRORS, WIRE
from .json_text import dumps, loads
from .structure import Structure

if TYPE_CHECKING:
    from collections.abc import Mapping

StructureT = TypeVar("StructureT", bound=Structure)


def to_dict(value: Structure, /) -> dict[str, Any]:
    """boto3's form."""
    plain: dict[str, Any] = BOTO.dump(value)
    return plain


def from_dict(cls: type[StructureT], value: Mapping[str, Any], /) -> StructureT:
    """From boto3's form. Raises ParamValidationError for what is not."""
    check_keys(cls, value, BOTO.key)
    try:
        return BOTO.load(cls, value)
    except LOAD_ERRORS as error:
        raise ParamValidationError(f"not the boto3 form of {cls.__name__}: {error}") from error


def to_json(value: Structure, /) -> str:
    """The wire's JSON."""
    return dumps(WIRE.dump(value))


def from_json(cls: type[StructureT], text: str | bytes, /) -> StructureT:
    """From the wire's JSON. Raises ParamValidationError for what is not."""
    try:
        value = loads(text)
        check_keys(cls, value, WIRE.key)
        return WIRE.load(cls, value)
    except ParamValidationError:
        raise
    except LOAD_ERRORS as error:
        raise ParamValidationError(f"not the JSON of {cls.__name__}: {error}") from error


def validate(value: Structure, /) -> None:
    """Raises ParamValidationError listing every violation of any constraint."""
    check(value, strict=True)
