"""Help, as it is printed."""

from __future__ import annotations

import re

import pytest
from tests.integration.cli_side_by_side import run_ours

from aiosagemaker.cli.commands import command_names


def test_help_explains_every_command() -> None:
    """The page of any command names it, its options and its answer, and fits the terminal's width where words allow."""
    for words, said in (
        (["help"], ["describe-endpoint", "--dry-run", "wait", "watch"]),
        (
            ["create-endpoint", "help"],
            ["--endpoint-name", "required", "--tags", "Key=string,Value=string", "EndpointArn"],
        ),
        (["help", "list-endpoints"], ["--max-items", "--status-equals", "InService"]),
        (["wait", "endpoint-in-service", "help"], ["--timeout", "EndpointStatus is InService"]),
        (["wait", "help"], ["endpoint-deleted"]),
        (["watch", "help"], ["--plain", "pipeline-execution"]),
        (["invoke-endpoint", "help"], ["<outfile>"]),
    ):
        code, out, err = run_ours(words)
        assert (code, err) == (0, "")
        assert [text for text in said if text not in out] == []
        assert [line for line in out.splitlines() if len(line) > 100] == []


@pytest.mark.parametrize("columns", [20, 50, 80])
@pytest.mark.parametrize(
    "words",
    [
        ["help"],
        ["create-endpoint-config", "help"],
        ["wait", "endpoint-in-service", "help"],
        ["watch", "endpoint", "help"],
    ],
)
def test_every_line_fits_the_terminal(words: list[str], columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However narrow the terminal is, nothing is wider."""
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, _ = run_ours(words)
    assert code == 0
    assert max(map(len, out.splitlines())) <= columns


def test_the_synopsis_and_an_example_come_first() -> None:
    """Whoever needs only a reminder has it on the first screen."""
    _, out, _ = run_ours(["create-endpoint", "help"])
    assert re.findall("^[A-Z]+$", out, re.MULTILINE)[:3] == ["SYNOPSIS", "EXAMPLE", "DESCRIPTION"]


def test_one_option_can_be_asked_for() -> None:
    """`help COMMAND --option` says all of that option and nothing of the others; a misspelt one is told the nearest."""
    code, out, _ = run_ours(["help", "create-endpoint", "--tags"])
    assert code == 0
    assert "Key=string,Value=string" in out
    assert "--endpoint-config-name" not in out
    assert "the AWS region" in run_ours(["help", "create-endpoint", "--region"])[1]
    code, _, err = run_ours(["help", "create-endpoint", "--tag"])
    assert code == 252
    assert "* --tags" in err


def test_exit_codes_are_documented() -> None:
    """Each code that a command may end with is in the help."""
    _, out, _ = run_ours(["help"])
    assert [
        code for code in ("0", "130", "252", "253", "254", "255") if not re.search(f"^  {code} ", out, re.MULTILINE)
    ] == []


def test_a_service_has_a_page() -> None:
    """`help SERVICE` and `SERVICE help` list the service's commands."""
    for words in (["help", "sagemaker-metrics"], ["sagemaker-metrics", "help"]):
        code, out, _ = run_ours(words)
        assert code == 0
        assert "batch-put-metrics" in out


@pytest.mark.parametrize(
    "words", [["--help"], ["-h"], ["watch", "help"], ["watch", "endpoint", "--help"], ["completion", "help"]]
)
def test_help_is_help_wherever_it_is_asked_for(words: list[str]) -> None:
    """A tool's own command says how it is used, with or without further words."""
    code, out, err = run_ours(words)
    assert (code, err) == (0, "")
    assert "usage: aiosagemaker" in out


def test_every_page_can_be_made() -> None:
    """No command's page fails."""
    for name in command_names()[::25]:
        assert run_ours(["help", name])[0] == 0
