"""The types of what only a newer botocore has, by `python -m aiosagemaker stubs`, as both checkers see them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from ..unit._model.newer_model import write_newer_model

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Installed

PROGRAM = """
from aiosagemaker import SageMakerClient, SageMakerMetricsClient, client_for
from aiosagemaker.sagemaker_metrics import BatchPutMetricsRequest, Period, PurgeMetricsRequest
from aiosagemaker.sagemaker_metrics.errors import PurgeConflict


async def right(client: SageMakerMetricsClient, other: SageMakerClient) -> str | None:
    state = (await client.purge_metrics(trial_component_name="t", depth=3)).state
    await client.wait_until_metrics_purged(PurgeMetricsRequest(trial_component_name="t"))
    BatchPutMetricsRequest(trial_component_name="t", metric_data=(), urgent="yes")
    print(Period.ONE_DAY, state, PurgeConflict, await other.list_endpoints())
    async with client_for("rds-data", region="eu-west-1") as rds:
        await rds.begin_transaction(rds.shapes.BeginTransactionRequest(resource_arn="r", secret_arn="s"))
        return (await rds.commit_transaction(resource_arn="r", secret_arn="s", transaction_id="t")).transaction_status


async def wrong(client: SageMakerMetricsClient) -> None:
    await client.purge_metrics(trial_component_name=3)  # wrong
    await client.purge_metrics(depth=3)  # wrong
    BatchPutMetricsRequest(trial_component_name="t", metric_data=(), urgent=1)  # wrong
    print(Period.TWO_DAYS)  # wrong
    async with client_for("rds-data") as rds:
        await rds.begin_transaction(resource_arn=1, secret_arn="s")  # wrong
        await rds.no_such_operation()  # wrong
"""


@pytest.fixture(scope="session")
def newer(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that uses what is newer, and the stubs of the made-up model."""
    folder = tmp_path_factory.mktemp("newer")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    write_newer_model(folder / "models")
    command = (installed.python, "-m", "aiosagemaker", "stubs", folder / "stubs", "rds-data")
    ran = installed.run(*command, cwd=folder, AWS_DATA_PATH=str(folder / "models"))
    assert ran.returncode == 0, ran.stderr
    return folder


def wrong_lines() -> set[int]:
    return {number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# wrong")}


def test_mypy_knows_what_is_newer(installed: Installed, newer: Path) -> None:
    """With the stubs on PYTHONPATH mypy accepts the right uses and refuses each wrong one."""
    ran = installed.run(
        installed.python, "-m", "mypy", "--strict", "--output=json", "program.py",
        cwd=newer, PYTHONPATH=str(newer / "stubs"),
    )  # fmt: skip
    reports = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {report["line"] for report in reports if report["severity"] == "error"} == wrong_lines(), ran.stdout


def test_pyright_knows_what_is_newer(installed: Installed, newer: Path) -> None:
    """So does pyright in its strict mode."""
    ran = installed.run(sys.executable, "-m", "pyright", "--outputjson", cwd=newer, PYTHONPATH=str(newer / "stubs"))
    reports = json.loads(ran.stdout)["generalDiagnostics"]
    assert {report["range"]["start"]["line"] + 1 for report in reports} == wrong_lines(), reports
