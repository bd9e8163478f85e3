"""From options to a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._shapes.convert import LOAD_ERRORS
from ..errors import ParamValidationError
from .failures import InvalidRequest, ParamError, UsageError, invalid_request
from .files import UnreadableFile, is_reference, read_reference
from .plain import is_dict
from .values import read_value, typed

if TYPE_CHECKING:
    from .._shapes.structure import Request
    from .commands import Command

INPUT_OPTIONS: dict[str, dict[str, Any]] = {
    "--cli-input-json": {"metavar": "JSON"},
    "--cli-input-yaml": {"metavar": "YAML"},
}
"""The options that take a whole request at once, as argparse takes them."""


def read_members(command: Command, given: dict[str, Any]) -> dict[str, Any]:
    """The members that the options give, under the model's names; those of a whole input fill the gaps.

    Raises:
        UsageError: a value, or the whole input, cannot be read.
    """
    members: dict[str, Any] = {}
    for parameter in command.parameters:
        if parameter.option in given:
            value = given[parameter.option]
            members[parameter.wire_name] = (
                value
                if isinstance(value, bool)
                else read_value(parameter.option, value, parameter.shape, from_file=parameter.from_file)
            )
    for wire_name, value in _whole_input(given).items():
        members.setdefault(wire_name, value)
    return members


def _whole_input(given: dict[str, Any]) -> dict[str, Any]:
    both = [option for option in INPUT_OPTIONS if option in given]
    if len(both) > 1:
        raise UsageError(f"Only one of {' and '.join(both)} may be given")
    if not both:
        return {}
    option = both[0]
    text = given[option]
    try:
        if is_reference(text):
            text = read_reference(text)
        value = _load_json(text) if option == "--cli-input-json" else _load_yaml(text)
    except UnreadableFile as error:
        raise ParamError(option, str(error)) from error
    except (ValueError, RecursionError) as error:
        kind = option.rpartition("-")[2].upper()
        raise ParamError(option, f"Invalid {kind}: {error}\n{kind} received: {text}") from error
    if not is_dict(value):
        raise ParamError(option, f"expected an object with the request's members, got {type(value).__name__}")
    return value


def _load_json(text: str | bytes) -> Any:
    return json.loads(text)


def _load_yaml(text: str | bytes) -> Any:
    from ._yaml import load

    return load(text)


def make_request(command: Command, members: dict[str, Any], *, blobs_are_base64: bool = False) -> Request[Any]:
    """The request; its bounds are for the client to check. Raises InvalidRequest."""
    plain = typed(members, command.input, blobs_are_base64=blobs_are_base64)
    cls = command.namespace[command.row["input"]]
    try:
        request: Request[Any] = cls.from_dict(plain)
    except ParamValidationError as error:
        raise invalid_request(error, command.namespace, command.row["input"]) from error
    except LOAD_ERRORS as error:
        raise InvalidRequest([str(error)]) from error
    return request
