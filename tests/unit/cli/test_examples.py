"""How values are written, and an example of every command."""

from __future__ import annotations

import shlex

import pytest

from aiosagemaker._preparing import with_tokens
from aiosagemaker._services import SERVICES
from aiosagemaker._shapes.constraints import check
from aiosagemaker.cli.app import SKELETON_OPTION
from aiosagemaker.cli.arguments import parse
from aiosagemaker.cli.commands import command_names, command_of, find_command
from aiosagemaker.cli.examples import example, json_syntax, shorthand_syntax
from aiosagemaker.cli.requests import INPUT_OPTIONS, make_request, read_members


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_example_is_a_request(service: object) -> None:
    """The example of each command, typed as it stands, makes a request that the client would send."""
    name = service.name  # type: ignore[attr-defined]  # parametrize knows no types
    for each in command_names(name):
        command = find_command(each, name)
        assert command is not None
        words = shlex.split(example(command))
        given = parse(command, words, "", {**INPUT_OPTIONS, **SKELETON_OPTION}, required=True)
        request = make_request(command, read_members(command, given))
        check(with_tokens(command.namespace.operation(command.operation), request), strict=False)


def test_shorthand_and_json_show_the_shape() -> None:
    """The syntax has every member with its type; what nests too deep has no shorthand."""
    tags = next(each for each in command_of("sagemaker", "CreateEndpoint").parameters if each.wire_name == "Tags")
    assert shorthand_syntax(tags.shape) == "Key=string,Value=string ..."
    assert '"Key": "string",' in json_syntax(tags.shape)
