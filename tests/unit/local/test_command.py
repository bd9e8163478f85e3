"""The local service as a command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src"


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
