"""From options to a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._errors import ParamValidationError
from .._shapes.convert import LOAD_ERRORS
from .failures import InvalidRequest, ParamError, UsageError, invalid_request, shown
from .files import STANDARD_INPUT, UnreadableFile, decode, is_reference, read_reference
from .plain import is_dict
from .values import file_advice, read_value, typed

if TYPE_CHECKING:
    from .._shapes.structure import Request
    from .commands import Command

INPUT_OPTIONS: dict[str, dict[str, Any]] = {
    "--cli-input-json": {
        "help": "the whole request as JSON, or the file:// it stands in, or - for standard input; options of the "
        "command win over it"
    },
    "--cli-input-yaml": {"help": "the same as YAML"},
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
        if text in STANDARD_INPUT:
            text = read_reference(f"file://{text}")
        elif is_reference(text):
            text = read_reference(text)
        value = _load_json(text) if option == "--cli-input-json" else _load_yaml(text)
    except UnreadableFile as error:
        raise ParamError(option, str(error)) from error
    except (ValueError, RecursionError) as error:
        kind = option.rpartition("-")[2].upper()
        received = text if isinstance(text, str) else repr(text)[1:]
        advice = file_advice(given[option])
        raise ParamError(
            option, f"Invalid {kind}: {error}{advice or f'{chr(10)}{kind} received: {received}'}"
        ) from error
    if not is_dict(value):
        advice = file_advice(given[option])
        raise ParamError(option, f"expected an object with the request's members, got {shown(value)}{advice}")
    return value


def _load_json(text: str | bytes) -> Any:
    return json.loads(decode(text) if isinstance(text, bytes) else text)


def _load_yaml(text: str | bytes) -> Any:
    from .yaml_text import load

    return load(decode(text) if isinstance(text, bytes) else text)


def make_request(command: Command, members: dict[str, Any], *, blobs_are_base64: bool = False) -> Request[Any]:
    """The request; its bounds are for the client to check. Raises InvalidRequest, in the model's names."""
    plain = typed(members, command.input, blobs_are_base64=blobs_are_base64)
    cls = command.namespace[command.row["input"]]
    try:
        request: Request[Any] = cls.from_dict(plain)
    except ParamValidationError as error:
        raise invalid_request(error, command.namespace, command.row["input"]) from error
    except LOAD_ERRORS as error:
        raise InvalidRequest([str(error)]) from error
    return request
