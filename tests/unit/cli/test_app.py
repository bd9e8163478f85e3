"""One command from its words to its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE = Path(__file__).parents[3] / "src"


def test_a_dry_run_needs_no_credentials_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--dry-run` prints method, address, headers and body of the request, before or after the command."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    words = ["describe-endpoint", "--endpoint-name", "e"]
    for given in ([*words, "--dry-run"], ["--dry-run", *words]):
        code, out, err = run_ours(given)
        assert (code, err) == (0, "")
        request = json.loads(out)
        assert request["Method"] == "POST"
        assert request["Url"].rstrip("/") == "https://api.sagemaker.us-east-1.amazonaws.com"
        assert request["Headers"]["X-Amz-Target"] == "SageMaker.DescribeEndpoint"
        assert "Authorization" not in request["Headers"]
        assert request["Body"] == {"EndpointName": "e"}


def test_a_dry_run_refuses_what_would_be_refused() -> None:
    """A request that breaks the model's rules ends a dry run with 252, and the rule is named in the model's names."""
    code, out, err = run_ours(
        ["create-endpoint", "--endpoint-name", "e", "--endpoint-config-name", "c", "--tags", "Key=a", "--dry-run"]
    )
    assert (code, out) == (252, "")
    assert err == 'Parameter validation failed: Missing required parameter in Tags[0]: "Value"\n'


def test_every_command_can_be_run_dry() -> None:
    """A wait and a watch show the request that they would repeat."""
    for words in (["wait", "endpoint-deleted", "--endpoint-name", "e"], ["watch", "endpoint", "e"]):
        code, out, _ = run_ours([*words, "--dry-run", "--query", 'Headers."X-Amz-Target"', "--output", "text"])
        assert (code, out) == (0, "SageMaker.DescribeEndpoint\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["describe-endpont"], 252, "maybe you meant:\n  * describe-endpoint"),
        (["describe-endpoint", "--endpoint-name", "e", "--endpoint-nam2", "x"], 252, "Unknown options"),
        (["wait", "endpoint-inservice", "--endpoint-name", "e"], 252, "maybe you meant:\n  * endpoint-in-service"),
        (["describe-endpoint"], 252, "usage: aiosagemaker describe-endpoint --endpoint-name <value>"),
        (["describe-endpoint", "--endpoint-name", "e", "--endpoint-url", "localhost"], 252, "scheme is missing"),
        (["list-endpoints", "--profile", "missing"], 253, "The config profile could not be found"),
        (["list-endpoints", "--endpoint-url", "http://127.0.0.1:1"], 255, "Could not connect to the endpoint URL"),
        (["completion", "tcsh"], 252, "bash, zsh, fish"),
        (["watch", "model", "m"], 252, "invalid choice"),
        (["watch", "endpont", "m"], 252, "maybe you meant:\n  * endpoint"),
        (["guide", "comand-line"], 252, "maybe you meant:\n  * command-line"),
        (["help", "describe-endpont"], 252, "describe-endpoint"),
    ],
)
def test_a_failure_is_told_and_has_its_code(
    words: Sequence[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of failure has the exit code that the AWS CLI documents, words, and no traceback."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    ended, out, err = run_ours(words)
    assert (ended, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_without_a_region_the_configuration_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """No region is exit code 253 and the AWS CLI's words, in one line."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert run_ours(["list-endpoints"]) == (
        253,
        "",
        'You must specify a region. You can also configure your region by running "aws configure".\n',
    )


def test_without_credentials_the_configuration_is_wrong(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """No credentials are exit code 253, and nothing is sent; unsigned requests need none."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    server.reset({"Endpoints": []})
    words = ["list-endpoints", "--endpoint-url", server.url]
    code, _, err = run_ours(words)
    assert (code, server.requests) == (253, [])
    assert err.startswith("Unable to locate credentials.")
    assert run_ours([*words, "--no-sign-request"])[0] == 0
    assert len(server.requests) == 1


def test_base64_is_taken_where_it_is_asked_for(server: Server, tmp_path: Path) -> None:
    """A blob given as text is that text, and with `--cli-binary-format base64` what the text stands for."""
    server.reset({})
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "aGk=", "--endpoint-url", server.url]
    assert run_ours([*words, str(tmp_path / "out")])[0] == 0
    assert run_ours([*words, "--cli-binary-format", "base64", str(tmp_path / "out")])[0] == 0
    assert [request.body for request in server.requests] == [b"aGk=", b"hi"]


@pytest.mark.parametrize(
    "words",
    [
        ["sagemaker", "describe-endpoint", "--endpoint-name", "e"],
        ["--output", "text", "sagemaker", "describe-endpoint", "--endpoint-name", "e"],
        ["sagemaker", "--output", "text", "describe-endpoint", "--endpoint-name", "e"],
    ],
)
def test_the_services_word_may_stand_before_the_command(words: list[str], server: Server) -> None:
    """A line that follows `aws` works as it is, with the tool's options before, between and after."""
    server.reset({})
    assert run_ours([*words, "--endpoint-url", server.url])[0] == 0
    assert server.requests[0].target == "SageMaker.DescribeEndpoint"


def test_further_services_are_called_by_their_names(server: Server) -> None:
    """A command of a further service goes out as that service's own protocol has it."""
    server.reset({})
    words = ["sagemaker-metrics", "batch-put-metrics", "--trial-component-name", "t", "--metric-data"]
    code, _, err = run_ours([*words, "MetricName=a,Timestamp=1,Value=1", "--endpoint-url", server.url])
    assert (code, err) == (0, "")
    (request,) = server.requests
    assert (request.method, request.path) == ("PUT", "/BatchPutMetrics")
    assert request.body["MetricData"] == [{"MetricName": "a", "Timestamp": 1, "Value": 1.0}]


def test_a_command_of_another_service_is_none_of_this_one() -> None:
    """Behind a service's name only that service's commands count, and the nearest of them is named."""
    code, _, err = run_ours(["sagemaker-runtime", "invoke-endpont"])
    assert code == 252
    assert "* invoke-endpoint" in err
    assert run_ours(["sagemaker-runtime", "describe-endpoint", "--endpoint-name", "e"])[0] == 252


def test_what_version_2_has_is_taken(server: Server) -> None:
    """The options that version 2 of the AWS CLI has for every command change nothing of what is sent."""
    words = ["list-endpoints", "--no-paginate", "--endpoint-url", server.url]
    server.reset({})
    run_ours(words)
    plain = server.requests
    for more in (["--no-cli-auto-prompt"], ["--cli-auto-prompt"], ["--no-cli-pager"], ["--cli-error-format", "json"]):
        server.reset({})
        assert run_ours([*words, *more])[0] == 0
        assert server.requests == plain
    assert run_ours([*words, "--cli-auto-prompt", "--no-cli-auto-prompt"])[0] == 252


def test_an_empty_profile_or_region_is_none(server: Server) -> None:
    """`--profile ""` and `--region ""`, as a script with an unset variable has them, are as if left out."""
    server.reset({})
    words = ["list-endpoints", "--profile", "", "--region", "", "--endpoint-url", server.url]
    assert run_ours(words)[0] == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--query", "foo(@)"], "Unknown function: foo()"),
        (["--query", "join(',')"], "Expected 2 arguments for function join(), received 1"),
        (["--query", "[["], "Bad value for --query"),
        (["--output", "csv"], "csv"),
        (["--generate-cli-skeleton", "output", "--query", "foo(@)"], "Unknown function"),
    ],
)
def test_what_cannot_be_printed_is_not_asked_for(words: list[str], said: str, server: Server) -> None:
    """A format that there is not, or a query that is none, is found before anything is sent."""
    server.reset({})
    code, out, err = run_ours(["delete-endpoint", "--endpoint-name", "e", "--endpoint-url", server.url, *words])
    assert (code, out, server.requests) == (252, "", [])
    assert said in err


def test_unsigned_requests_have_no_authorization(server: Server) -> None:
    """`--no-sign-request` sends no Authorization header, nor a date or token to sign for."""
    server.reset({})
    assert run_ours(["list-endpoints", "--no-sign-request", "--endpoint-url", server.url])[0] == 0
    assert run_ours(["list-endpoints", "--endpoint-url", server.url])[0] == 0
    assert [request.signed for request in server.requests] == [False, True]


def test_an_interrupt_has_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is 130, the code of SIGINT, and says nothing."""

    def interrupt(words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("aiosagemaker.cli.app.split", interrupt)
    assert run(["list-endpoints"]) == 130


def test_standard_output_that_cannot_be_written_to_does_not_lose_the_answer(server: Server) -> None:
    """When the disk is full after the service has acted, its answer is on standard error."""
    server.reset({"EndpointArn": "arn:made"})
    program = "import sys; from aiosagemaker.cli import main; sys.exit(main())"
    words = ["create-endpoint", "--endpoint-name", "e", "--endpoint-config-name", "c", "--endpoint-url", server.url]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
    assert done.returncode == 255
    assert "arn:made" in done.stderr
