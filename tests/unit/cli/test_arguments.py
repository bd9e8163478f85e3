"""The command line, taken apart."""

from __future__ import annotations

import attrs
import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.arguments import GLOBAL_OPTIONS, Globals, split, suggestion, usage
from aiosagemaker.cli.commands import command_of


def test_each_option_of_the_tool_stands_once() -> None:
    """The options are those of the fields, each with help."""
    assert len(GLOBAL_OPTIONS) == len(attrs.fields(Globals))
    assert all(option["help"] for option in GLOBAL_OPTIONS.values())


def test_options_may_stand_anywhere() -> None:
    """The tool's options are found before and after the command, and what is left belongs to the command."""
    for words in (["--region", "r", "list-endpoints", "-x"], ["list-endpoints", "-x", "--region", "r"]):
        options, command, rest = split(words)
        assert (options.region, command, rest) == ("r", "list-endpoints", ["-x"])


@pytest.mark.parametrize(
    ("words", "said", "unsaid"),
    [
        # A misspelt required option is the reason, not that another one is missing.
        (["describe-endpoint", "--endpiont-name", "e"], "Unknown options: --endpiont-name, maybe", "required"),
        (["describe-endpoint", "--endpiont-name", "e"], "* --endpoint-name", ", e"),
        (["describe-endpoint", "--name", "e"], "* --endpoint-name", "required"),
        (["invoke-endpoint", "--endpont-name", "e", "--body", "x", "out"], "* --endpoint-name", "required"),
        (["invoke-endpoint", "--endpoint-name", "e"], "required: --body, outfile", "Unknown"),
        (["list-endpoints", "--otput", "json"], "* --output", "required"),
        (["invoke-endpoint", "--endpoint-name", "e", "--body", "-x", "out"], "--body=-x", "Unknown"),
        (["create-model", "--model-name", "--tags"], "expected one argument", "--model-name=None"),
        (["list-endpoints", "--output", "jsn"], "maybe you meant:\n  * json", "required"),
        (["create-model", "--model-name", "m", "stray"], "Unknown options: stray", "required"),
    ],
)
def test_an_error_names_what_was_typed_and_what_would_do(words: list[str], said: str, unsaid: str) -> None:
    """A line that cannot be taken is answered with the words at fault and the nearest right ones."""
    code, out, err = run_ours(words)
    assert (code, out) == (252, "")
    assert said in err
    assert unsaid not in err


def test_a_value_may_begin_with_a_dash(server: Server) -> None:
    """`--body=-5`, and -5 on its own, are values."""
    for words in (["--body=-x"], ["--body", "-5"]):
        server.reset({})
        line = ["invoke-endpoint", "--endpoint-name", "e", *words, "/dev/null", "--endpoint-url", server.url]
        assert run_ours(line)[0] == 0
        assert server.requests[0].body == words[-1].removeprefix("--body=").encode()


def test_the_outfile_may_stand_anywhere(server: Server) -> None:
    """The outfile is the one word that is no option's, before the options or behind them, or after `--`."""
    words = ["--endpoint-name", "e", "--body", "x", "--endpoint-url", server.url]
    for line in (["/dev/null", *words], [*words, "/dev/null"], [*words, "--", "/dev/null"]):
        server.reset({})
        assert run_ours(["invoke-endpoint", *line])[0] == 0
        assert len(server.requests) == 1


def test_usage_says_what_is_needed() -> None:
    """The usage of a command, and of a wait for it, can be typed as it stands."""
    assert usage(command_of("sagemaker", "DescribeEndpoint")).startswith(
        "usage: aiosagemaker describe-endpoint --endpoint-name <value> [options]\n"
    )
    assert usage(command_of("sagemaker", "DescribeEndpoint"), "wait endpoint-in-service").startswith(
        "usage: aiosagemaker wait endpoint-in-service --endpoint-name <value> [options]\n"
    )


def test_a_suggestion_is_near_or_is_none() -> None:
    """What is like nothing that is known gets no suggestion."""
    assert suggestion(["--endpont-name=x"], ["--endpoint-name", "--tags"]) == ", maybe you meant:\n  * --endpoint-name"
    assert suggestion(["--zzz"], ["--endpoint-name"]) == ""
