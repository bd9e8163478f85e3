"""What only a newer model has: how it fails, and the two ways to have it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from aiosagemaker import SageMakerMetricsClient, client_for, sagemaker_metrics
from aiosagemaker._model.installed import installed_schema
from aiosagemaker.errors import ArgumentError, ParamValidationError
from aiosagemaker.sagemaker_metrics import BatchPutMetricsRequest

from .newer_model import write_newer_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.models

WAYS = r'set AIOSAGEMAKER_MODEL=installed in the environment, or use aiosagemaker\.client_for\("sagemaker-metrics"\)'
HINT = rf"; botocore [\d.]+, which is installed, has it \(this table is of [\d.]+\): {WAYS}"


@pytest.fixture(autouse=True)
def newer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """botocore finds the made-up model."""
    write_newer_model(tmp_path / "models")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    installed_schema.cache_clear()
    yield
    installed_schema.cache_clear()


@pytest.mark.parametrize("name", ["purge_metrics", "wait_until_metrics_purged"])
def test_a_newer_method(name: str) -> None:
    """A method that only the installed botocore's model has fails with the two ways to have it; a typing error not."""
    client = SageMakerMetricsClient(region="us-east-1")
    with pytest.raises(AttributeError, match=f"'SageMakerMetricsClient' object has no attribute '{name}'{HINT}"):
        getattr(client, name)
    with pytest.raises(AttributeError, match=r"has no attribute 'purge_metrix'$"):
        _ = client.purge_metrix


def test_a_newer_shape() -> None:
    """So does an import of a newer shape or error."""
    with pytest.raises(ImportError, match=f"has no attribute 'PurgeMetricsRequest'{HINT}"):
        exec("from aiosagemaker.sagemaker_metrics import PurgeMetricsRequest", {})
    with pytest.raises(ImportError, match=r"has no attribute 'PurgeNothing'$"):
        exec("from aiosagemaker.sagemaker_metrics import PurgeNothing", {})
    for name in ("PurgeMetricsRequest", "PurgeState"):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'{HINT}"):
            getattr(sagemaker_metrics, name)
    with pytest.raises(AttributeError, match=r"has no attribute 'PurgeNothing'$"):
        _ = sagemaker_metrics.PurgeNothing


async def test_a_newer_member() -> None:
    """So does a newer member of a request, by constructor, by a client's method and from boto3's form."""
    with pytest.raises(TypeError, match=f"urgent: unknown keyword{HINT}"):
        BatchPutMetricsRequest(trial_component_name="t", metric_data=(), urgent="yes")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"urgend: unknown keyword$"):
        BatchPutMetricsRequest(trial_component_name="t", metric_data=(), urgend="yes")  # type: ignore[call-arg]
    with pytest.raises(ArgumentError, match=f"urgent: unknown keyword{HINT}"):
        await SageMakerMetricsClient(region="us-east-1").batch_put_metrics(urgent="yes")
    with pytest.raises(ParamValidationError, match=f"Urgent: unknown key, .*{HINT}"):
        BatchPutMetricsRequest.from_dict({"TrialComponentName": "t", "MetricData": [], "Urgent": "yes"})


async def test_what_both_models_have() -> None:
    """A name that the shipped table has too, by its other spelling, is not told as a newer one."""
    with pytest.raises(ArgumentError) as caught:
        await SageMakerMetricsClient(region="us-east-1").batch_put_metrics(TrialComponentName="t")
    assert "TrialComponentName: unknown keyword; that is boto3's name, here it is trial_component_name" in str(
        caught.value
    )


def test_by_client_for() -> None:
    """`client_for` has it all."""
    shapes = client_for("sagemaker-metrics", region="us-east-1").shapes
    assert shapes.BatchPutMetricsRequest(trial_component_name="t", metric_data=(), urgent="yes").urgent == "yes"
    assert shapes.PurgeMetricsRequest(trial_component_name="t", depth=3).to_dict() == {
        "TrialComponentName": "t",
        "Depth": 3,
    }


PROGRAM = """
import asyncio, pickle
from aiosagemaker import SageMakerMetricsClient, errors
from aiosagemaker.sagemaker_metrics import BatchPutMetricsRequest, Period, PurgeMetricsRequest, PurgeState
from aiosagemaker.sagemaker_metrics.errors import PurgeConflict

request = PurgeMetricsRequest(trial_component_name="t", depth=9)
assert pickle.loads(pickle.dumps(request)) == request
assert BatchPutMetricsRequest(trial_component_name="t", metric_data=(), urgent="yes").urgent == "yes"
assert not Period("OneDay").is_unknown and Period.ONE_DAY == "OneDay"
assert issubclass(PurgeConflict, errors.PurgeConflict)

async def main():
    async with SageMakerMetricsClient(region="us-east-1") as client:
        source = client.config.source_of("model")
        print(source, source.name)
        print(client.purge_metrics.__doc__.splitlines()[0])
        print(client.wait_until_metrics_purged.__name__)
        try:
            await client.purge_metrics(trial_component_name="")
        except errors.ParamValidationError as error:
            print(error.violations[0].path)

asyncio.run(main())
"""


def run(*command: str, model: str = "installed") -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "AIOSAGEMAKER_MODEL": model}
    return subprocess.run([sys.executable, *command], env=environ, capture_output=True, text=True, check=False)


def test_by_the_environment() -> None:
    """With AIOSAGEMAKER_MODEL=installed the shipped client has the operation, member, value, error and waiter."""
    done = run("-c", PROGRAM)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "environment AIOSAGEMAKER_MODEL",
        "PurgeMetrics.",
        "wait_until_metrics_purged",
        "trial_component_name",
    ]


def test_the_version_says_so() -> None:
    """`--version` names the botocore whose models are in use, and only then."""
    assert " botocore/" in run("-m", "aiosagemaker", "--version").stdout
    assert " botocore/" not in run("-m", "aiosagemaker", "--version", model="shipped").stdout


def test_another_value() -> None:
    """Any other value of the variable is an error that says which there are."""
    done = run("-c", "import aiosagemaker.sagemaker_metrics as m; m.Period", model="newest")
    assert "expected installed or shipped, got 'newest'" in done.stderr
