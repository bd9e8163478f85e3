"""Deploying from the command line, on the local service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import run_ours

from aiosagemaker.cli.completion import candidates
from aiosagemaker.cli.hosting import OPTIONS
from aiosagemaker.hosting import waiting
from aiosagemaker.local import LocalSageMaker, ModelRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = """EndpointName: churn
Models:
- ModelName: churn
  ExecutionRoleArn: arn:aws:iam::123456789012:role/sagemaker
  PrimaryContainer: {{Image: {image}, Environment: {{VERSION: "{version}"}}}}
ProductionVariants:
- {{VariantName: main, ModelName: churn, InstanceType: ml.m5.large, InitialInstanceCount: 1}}
"""


class Model:
    """A model that starts, or does not."""

    def __init__(self, *, starts: bool) -> None:
        self._starts = starts

    async def __call__(self, request: ModelRequest) -> bytes:
        return request.body

    async def ping(self) -> bool:
        if not self._starts:
            raise OSError("out of memory")
        return True


@pytest.fixture(autouse=True)
def _local(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(waiting, "MIN_DELAY", 0.02)
    monkeypatch.setattr(waiting, "MAX_DELAY", 0.05)
    images = {"good": Model(starts=True), "bad": Model(starts=False)}
    with LocalSageMaker(images=images, speed=10_000, patience=1) as local:
        for name, value in {**local.environ, "AWS_ENDPOINT_URL": local.endpoint_url}.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A file that `write` fills."""
    return tmp_path / "churn.yaml"


def write(path: Path, version: str, image: str = "good") -> str:
    path.write_text(SPEC.format(version=version, image=image))
    return str(path)


def test_an_endpoint_comes_changes_and_goes(spec: Path) -> None:
    """A plan changes nothing, a deployment tells what it does, a second one does nothing, a teardown leaves nothing."""
    code, planned, err = run_ours(["deploy", write(spec, "1"), "--plan"])
    assert (code, err) == (0, "")
    assert "churn" in planned
    assert run_ours(["deploy", str(spec), "--dry-run"]) == (0, planned, "")
    code, out, err = run_ours(["deploy", str(spec)])
    assert (code, err) == (0, "")
    assert len(out.splitlines()) >= 3
    assert (
        run_ours(["describe-endpoint", "--endpoint-name", "churn", "--query", "EndpointStatus"])[1] == '"InService"\n'
    )
    assert run_ours(["deploy", str(spec), "--plan"])[1] != planned
    assert len(run_ours(["deploy", str(spec)])[1].splitlines()) == 1
    code, out, err = run_ours(["why", "churn"])
    assert (code, err) == (0, "")
    assert "has failed in nothing" in out
    assert run_ours(["teardown", "churn", "--plan"])[0] == 0
    code, out, err = run_ours(["teardown", "churn"])
    assert (code, err) == (0, "")
    assert run_ours(["list-endpoints", "--query", "Endpoints"])[1] == "[]\n"
    assert run_ours(["list-models", "--query", "Models"])[1] == "[]\n"


def test_success_rollback_and_failure_are_told_apart(spec: Path) -> None:
    """A first version that does not come up is 255, a later one that is rolled back 3; standard error says why."""
    code, _, err = run_ours(["deploy", write(spec, "1", "bad")])
    assert code == 255
    assert "churn" in err
    assert run_ours(["deploy", write(spec, "2")])[0] == 0
    code, _, err = run_ours(["deploy", write(spec, "3", "bad")])
    assert code == 3
    # The reason, and the container's own words.
    assert "out of memory" in err
    assert run_ours(["why", "churn"])[0] == 0
    code, out, _ = run_ours(["logs", "endpoint", "churn"])
    assert code == 0
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["deploy"], "required: file"),
        (["deploy", "missing.yaml"], "missing.yaml"),
        (["deploy", "x.yaml", "--plann"], "--plan"),
        (["teardown", "churn", "--output", "json"], "neither --output nor --query"),
        (["why", "churn", "--dry-run"], "changes nothing"),
        (["logs", "model", "m"], "invalid choice"),
    ],
)
def test_a_wrong_line_is_told(words: list[str], said: str) -> None:
    """Nothing is begun for it."""
    code, out, err = run_ours(words)
    assert (code, out) == (252, "")
    assert said in err


def test_a_spec_that_is_none_is_told_with_its_line(spec: Path) -> None:
    """The file's own line is in the message."""
    spec.write_text("EndpointName: churn\nNonsense: 1\n")
    code, _, err = run_ours(["deploy", str(spec), "--plan"])
    assert code == 252
    assert "Nonsense" in err


@pytest.mark.parametrize("name", OPTIONS)
def test_each_has_help_and_completion(name: str) -> None:
    """The usage has every option, and so has completion."""
    for words in (["help", name], [name, "help"], [name, "x", "--help"]):
        code, out, err = run_ours(words)
        assert (code, err) == (0, "")
        assert not [option for option in OPTIONS[name] if option not in out]
    assert {option for option in OPTIONS[name] if option.startswith("-")} <= candidates([name, "--"]).keys()


def test_the_log_of_a_component() -> None:
    """An inference component's log is a group of its own, empty until it writes."""
    assert run_ours(["logs", "inference-component", "c"]) == (0, "", "")
    assert run_ours(["logs", "model", "m"])[0] == 252
