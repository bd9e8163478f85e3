"""What the README says."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aiosagemaker import SageMakerClient, SageMakerRuntimeClient
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.sagemaker import ContainerDefinition

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^```sh\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)


def run(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A Python program in a process of its own, that uses this checkout."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **variables}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
    )


async def test_the_example_runs_as_written() -> None:
    """The first example, unchanged, takes an endpoint into service and prints its status and the request's id."""
    # So fast that the endpoint is in service at the first poll: the second would be half a minute later.
    with LocalSageMaker(speed=1e9) as local:
        keys = {
            "AWS_ACCESS_KEY_ID": local.credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": local.credentials.secret_key,
        }
        async with local.client() as client:
            await client.create_model(
                model_name="churn",
                execution_role_arn="arn:aws:iam::111122223333:role/r",
                primary_container=ContainerDefinition(image="churn"),
            )
            done = run(BLOCKS[0], AWS_ENDPOINT_URL=local.endpoint_url, **keys)
            described = await client.describe_endpoint_config(endpoint_config_name="churn-v2")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"InService \S+\n", done.stdout)
    assert described.production_variants[0].initial_instance_count == 2


@pytest.mark.parametrize("block", BLOCKS[1:])
def test_every_block_runs(block: str) -> None:
    """Every other block of Python does what it says when it is run alone."""
    done = run(block)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_examples_use_what_exists() -> None:
    """Every method that an example calls on a client is one."""
    for name, cls in (("client", SageMakerClient), ("runtime", SageMakerRuntimeClient)):
        called = {
            node.attr
            for block in BLOCKS
            for node in ast.walk(ast.parse(block))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
        }
        assert called
        assert all(hasattr(cls, method) for method in called)


def test_the_commands_set_up_what_they_need() -> None:
    """There are two commands, each with a virtual environment of its own: one for the demo, one for the tests."""
    demo, tests = COMMANDS
    for command in (demo, tests):
        assert re.match(r"python3 -m venv (\.venv-\w+) && \1/bin/pip install .* && \1/bin/python -m ", command)
    assert demo.endswith("-m aiosagemaker demo")
    assert "-m pytest" in tests


def test_the_readme_is_short() -> None:
    """The README is read in one sitting."""
    assert len(README.splitlines()) <= 260
