"""The demonstration, and the commands of the package."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from aiosagemaker import SageMakerClient, demo
from aiosagemaker.__main__ import COMMANDS, main
from aiosagemaker._moto_server import REGION, serve
from aiosagemaker.credentials import Credentials
from aiosagemaker.sagemaker import ProductionVariant

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
    """The demonstration creates, waits, lists, shows mistakes and deletes, whatever is set up for the real service."""
    done = run("demo", AWS_PROFILE="nowhere", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_REGION="eu-west-1")
    assert (done.returncode, done.stderr) == (0, "")
    story = done.stdout
    steps = [
        "arn:aws:sagemaker:us-east-1:123456789012:model/churn",
        "endpoint-config/churn-v2",
        "endpoint/churn (HTTP 200, request ",
        "churn: Creating",
        "churn: InService",
        "churn-canary, InService since",
        "AllTraffic: 2 x ml.m5.xlarge",
        "production_variants[0].initial_instance_count: expected at least 1, got 0",
        "tags[0].key: expected at least 1 characters, got ''",
        "NotFound (HTTP 400): Could not find endpoint ",
        "NotFound (HTTP 400): Could not find endpoint configuration ",
        "churn is gone",
        "0 endpoints are left",
    ]
    places = [story.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_without_the_extra_the_demo_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without moto the exit status is 2, and the message names the extra."""
    monkeypatch.setitem(sys.modules, "moto.moto_server.werkzeug_app", None)
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


async def test_the_service_creates_endpoints_step_by_step() -> None:
    """An endpoint of the make-believe service says Creating until it was described often enough."""
    credentials = Credentials("AKIDEXAMPLE", "secret")
    with serve(polls=2) as url:
        async with SageMakerClient(region=REGION, endpoint_url=url, credentials=credentials) as client:
            await client.create_model(model_name="m", execution_role_arn="arn:aws:iam::111122223333:role/r")
            variant = ProductionVariant(variant_name="v", model_name="m", instance_type="ml.m5.xlarge")
            await client.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
            await client.create_endpoint(endpoint_name="step", endpoint_config_name="c")
            seen = [(await client.describe_endpoint(endpoint_name="step")).endpoint_status for _ in range(3)]
            await client.delete_endpoint(endpoint_name="step")
    assert seen == ["Creating", "InService", "InService"]


def test_the_service_stops() -> None:
    """After the block nothing listens any more."""
    with serve() as url:
        urllib.request.urlopen(f"{url}/moto-api/", timeout=10).close()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=10)


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
