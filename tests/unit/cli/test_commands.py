"""Which commands there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiosagemaker._services import BY_NAME, SERVICES
from aiosagemaker._shapes.namespace import Namespace
from aiosagemaker._shapes.schema import Schema
from aiosagemaker.cli import own
from aiosagemaker.cli.arguments import GLOBAL_OPTIONS
from aiosagemaker.cli.commands import Command, command_names, command_of, find_command, find_waiter, waiter_names

SOURCE = Path(__file__).parents[3] / "src"


def test_a_command_builds_only_its_own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the table's thousands of rows a command reads those that it needs."""
    command = find_command("describe-endpoint")
    assert command is not None
    table = (SOURCE / "aiosagemaker" / "sagemaker" / "schema.json").read_text(encoding="utf-8")
    schema = Schema.parse(table.splitlines())
    fresh = Command("sagemaker", Namespace("x", schema), "DescribeEndpoint")
    assert [parameter.option for parameter in fresh.parameters] == ["--endpoint-name"]
    assert len(schema.operations._rows) + len(schema.shapes._rows) < 5


def test_all_thirteen_waiters_are_there() -> None:
    """`wait` knows every waiter of the model."""
    assert len(waiter_names()) >= 13


def test_every_service_of_the_table_has_its_commands() -> None:
    """Each service's operations are commands behind its name, and without it where no earlier service has the name."""
    for service in SERVICES:
        for name in command_names(service.name):
            command = find_command(name, service.name)
            assert command is not None
            assert (command.service, command.name) == (service, name)
            assert find_command(name) is not None
    command = find_command("batch-put-metrics")
    assert command is not None
    assert command.service is BY_NAME["sagemaker-metrics"]


def test_no_option_hides_one_of_the_tool() -> None:
    """No member of any request has an option's name that the tool itself has, nor begins one of them."""
    for service in SERVICES:
        for name in command_names(service.name):
            command = find_command(name, service.name)
            assert command is not None
            options = {parameter.option for parameter in command.parameters}
            assert not options & GLOBAL_OPTIONS.keys(), name
            assert not [each for each in options if any(known.startswith(each) for known in GLOBAL_OPTIONS)], name


def test_the_tools_own_commands_are_no_operations() -> None:
    """No service has an operation under a name that the tool keeps for itself, or under a service's name."""
    for service in SERVICES:
        assert not set(command_names(service.name)) & {*own.COMMANDS, *BY_NAME}


def test_what_goes_both_ways_is_no_command() -> None:
    """A stream that is sent while the answer comes cannot be written on a line."""
    assert find_command("invoke-endpoint-with-bidirectional-stream") is None
    assert "invoke-endpoint-with-bidirectional-stream" not in command_names()


@pytest.mark.parametrize("name", ["describeendpoint", "describe-end-point", "DescribeEndpoint", ""])
def test_a_name_is_found_as_it_is_spelt_only(name: str) -> None:
    """What only sounds like a command, or a waiter, is none."""
    assert find_command(name) is None
    assert find_waiter(name) is None
    assert command_of("sagemaker", "DescribeEndpoint").name == "describe-endpoint"
