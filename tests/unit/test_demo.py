"""The demonstration, and the commands of the package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aiosagemaker import demo
from aiosagemaker.cli import main
from aiosagemaker.cli.own import COMMANDS

SOURCE = Path(demo.__file__).parents[1]


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`python -m aiosagemaker` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "aiosagemaker", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **variables},
    )


def test_the_demo_tells_the_whole_story() -> None:
    """The demonstration creates, waits, invokes, updates, rolls back and deletes, whatever is set up outside."""
    done = run("demo", AWS_PROFILE="nowhere", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_REGION="eu-west-1")
    assert (done.returncode, done.stderr) == (0, "")
    story = done.stdout
    steps = [
        "arn:aws:sagemaker:us-east-1:123456789012:model/churn-v1",
        "endpoint-config/churn-v1",
        "endpoint/churn (HTTP 200, request ",
        "churn: Creating",
        "churn: InService (v1 100%)",
        "v1: v1 says 0.30",
        "churn: Updating (v1 80%, v2 20%)",
        "churn: InService (v2 100%)",
        "who answered: v1 ",
        "RolledBack: EndpointInService: in service with endpoint_config_name 'churn-v2', not 'churn-v3'",
        "v3: the weights do not fit the network",
        "v2: v2 says 0.30",
        "production_variants[0].initial_instance_count: expected at least 1, got 0",
        "tags[0].key: expected at least 1 characters, got ''",
        "rolling_update_policy.maximum_batch_size.value: must be 5 to 50 % of the variant's instances",
        "NotFound (HTTP 400): Could not find endpoint configuration ",
        "0 endpoints are left",
    ]
    places = [story.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_without_the_extra_the_demo_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without rich the exit status is 2, and the message names the extra."""
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert demo.main() == 2
    assert "pip install 'aiosagemaker[local]'" in capsys.readouterr().err


def test_the_settings_of_the_caller_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set up for the real service is as before when the demonstration ends."""
    monkeypatch.setenv("AWS_PROFILE", "mine")
    before = dict(os.environ)
    with demo._own_settings():
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_CONFIG_FILE"] == os.devnull
    assert dict(os.environ) == before


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["--demo"]])
def test_an_unknown_command_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without a known command the exit code is that of a wrong command line, and standard error says where to look."""
    assert main(arguments) == 252
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "aiosagemaker help" in printed.err


def test_help_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The usage that was asked for goes to standard output."""
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in COMMANDS)


def test_the_commands_are_loaded_when_used() -> None:
    """Printing the usage imports no command, no client and no botocore."""
    program = (
        "import sys\n"
        "from aiosagemaker.__main__ import main\n"
        "main(['--help'])\n"
        "assert not {'aiosagemaker.demo', 'aiosagemaker._client', 'aiohttp', 'botocore', 'moto'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": str(SOURCE)})
