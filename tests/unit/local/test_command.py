"""The command: its options, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aiosagemaker import Credentials
from aiosagemaker.local import LocalSageMaker, command

SOURCE = Path(__file__).parents[3] / "src"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[LocalSageMaker]:
    """The services that the command would have served."""
    found: list[LocalSageMaker] = []

    async def serve(local: LocalSageMaker, alarms: Any) -> None:
        local.told_alarms = list(alarms)  # type: ignore[attr-defined]  # the test's own
        found.append(local)

    monkeypatch.setattr(command, "_serve", serve)
    return found


def test_options(started: list[Any], tmp_path: Path) -> None:
    """Options reach the service as its parameters."""
    arguments = [
        *("--port", "0", "--region", "eu-west-1", "--account", "210987654321", "--access-key", "A"),
        *("--secret-key", "S", "--session-token", "T", "--lenient", "--image", "a=b c=d", "--quota", "ml.m5.large=2"),
        *(
            "--model-data",
            "s3://b/k=v/m=/folder",
            "--alarm",
            "errors",
            "--settle",
            "--speed",
            "5",
            "--s3",
            str(tmp_path),
        ),
        *("--accept-any-credentials", "--host-name", "sagemaker", "--allow-environment", "PYTHONPATH"),
    ]
    assert command.main(arguments) == 0
    (local,) = started
    assert (local.region, local.account, local.credentials) == ("eu-west-1", "210987654321", Credentials("A", "S", "T"))
    assert local._images == {"a": ["b", "c=d"]}
    assert local._model_data == {"s3://b/k=v/m": "/folder"}
    assert (local._quotas, local._settle, local._strictness.strict) == ({"ml.m5.large": 2}, True, False)
    assert (local._listener.port, local._pace.speed, local.told_alarms) == (0, 5.0, ["errors"])


def test_defaults(started: list[Any]) -> None:
    """Without options it is the service's own defaults, on the command's port."""
    assert command.main([]) == 0
    (local,) = started
    assert (local._listener.port, local.region, local._strictness.strict) == (4600, "us-east-1", True)


def test_file(started: list[Any], tmp_path: Path) -> None:
    """A file's settings hold where no option says otherwise."""
    path = tmp_path / "local.yaml"
    path.write_text("region: eu-west-1\nport: 0\nspeed: 3\n")
    assert command.main(["--config", str(path), "--speed", "4"]) == 0
    (local,) = started
    assert (local.region, local._listener.port, local._pace.speed) == ("eu-west-1", 0, 4.0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--image", "a"], "--image takes IMAGE=COMMAND, not 'a'"),
        (["--quota", "ml.m5.large=two"], "--quota takes TYPE=INSTANCES"),
        (["--access-key", "A"], "go together"),
        (["--speed", "nan"], "must be a positive number"),
        (["--host", "0.0.0.0"], "allow_remote=True"),
        (["--config", "/no/such/file"], "cannot be read"),
        (["--containers", "/no/such/engine"], "containers were asked for"),
    ],
)
def test_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be served is an exit status and a line that says why."""
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code in (1, 2)
    assert said in capsys.readouterr().err


def test_what_it_prints_can_be_pasted_into_a_shell() -> None:
    """A shell that takes the lines as they are has the addresses, the keys and the region for every program."""
    command = [sys.executable, "-m", "aiosagemaker", "local", "--port", "0", "--region", "eu-west-1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)}
    ) as serving:
        assert serving.stdout is not None
        lines = [serving.stdout.readline()]
        while lines[-1] and "AWS_DEFAULT_REGION" not in lines[-1]:
            lines.append(serving.stdout.readline())
        serving.send_signal(signal.SIGINT)
        assert serving.wait(20) == 0
    printed = subprocess.run(
        ["sh", "-c", "".join(lines) + "env"], capture_output=True, text=True, check=True, env={"PATH": os.defpath}
    )
    assert printed.stderr == ""
    names = {line.partition("=")[0]: line.partition("=")[2] for line in printed.stdout.splitlines()}
    assert names["AWS_REGION"] == "eu-west-1"
    assert names["AWS_ENDPOINT_URL_SAGEMAKER"].startswith("http://127.0.0.1:")
    assert names["AWS_ACCESS_KEY_ID"]
    assert names["AWS_SECRET_ACCESS_KEY"]
