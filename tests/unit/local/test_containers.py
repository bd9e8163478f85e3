"""Containers, as far as they can be tested without an engine: by one that runs the command in a plain process."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import pytest

from aiosagemaker import RetryConfig
from aiosagemaker.local import LocalSageMaker, LocalServiceError
from aiosagemaker.local._containers import ContainerRunner, NoEngine, find_engine
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

SERVER = Path(__file__).with_name("model_server.py")
ENGINE = """
    #!{python} -S
    import json, os, sys
    with open({log!r}, "a") as log:
        log.write(json.dumps([sys.argv[1:], dict(os.environ)]) + chr(10))
    if sys.argv[1] == "run":
        given = dict(word.split("=", 1) for word in sys.argv if word.startswith("--env="))
        options = [word.partition("=") for word in sys.argv[2:] if word.startswith("--")]
        inside = dict(value.split("=", 1) for name, _, value in options if name == "--env")
        port = next(value for name, _, value in options if name == "--publish").split(":")[1]
        os.execve(sys.executable, [sys.executable, "-S", {server!r}], {{**inside, "SAGEMAKER_BIND_TO_PORT": port}})
"""


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    path = tmp_path / "engine"
    text = textwrap.dedent(ENGINE).strip()
    path.write_text(text.format(python=sys.executable, log=str(tmp_path / "log"), server=str(SERVER)))
    path.chmod(0o755)
    return path


def test_command() -> None:
    """An image is run by SageMaker's contract: `serve`, port 8080, the model's folder and environment."""
    runner = ContainerRunner("/usr/bin/docker", "image:1", "name")
    assert runner.command(4321, {"PATH": "/evil", "SM_MODEL_DIR": "/data"}) == [
        "/usr/bin/docker",
        "run",
        "--rm",
        "--name=name",
        "--publish=127.0.0.1:4321:8080",
        "--volume=/data:/opt/ml/model:ro",
        "--env=PATH=/evil",
        "--env=SM_MODEL_DIR=/opt/ml/model",
        "image:1",
        "serve",
    ]


def test_engine_is_not_steered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is told where its daemon is, and nothing of the model's."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/docker.sock")
    runner = ContainerRunner("docker", "image", "name")
    assert runner.environment(1, {"PATH": "/evil", "LD_PRELOAD": "x"})["DOCKER_HOST"] == "unix:///run/docker.sock"
    assert not {"PATH", "LD_PRELOAD"} & set(runner.environment(1, {"PATH": "/evil", "LD_PRELOAD": "x"}))


def test_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nothing runs containers, that is told at once."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEngine, match="neither of docker, podman is on this machine"):
        find_engine(True)
    with pytest.raises(LocalServiceError, match="say with `images` which commands stand"):
        LocalSageMaker(containers=True)


def test_first_engine(monkeypatch: pytest.MonkeyPatch, engine: Path) -> None:
    """The first engine that is there is taken, or the one that is named."""
    podman = engine.rename(engine.with_name("podman"))
    monkeypatch.setenv("PATH", f"{engine.parent}{os.pathsep}{os.environ['PATH']}")
    assert find_engine(str(podman)) == str(podman)
    assert Path(find_engine("podman")) == podman


@pytest.mark.skipif(sys.platform == "win32", reason="the engine is a script with a first line that names Python")
async def test_life(engine: Path) -> None:
    """An endpoint of an image that nothing stands for is a container: it starts, answers, and is removed."""
    async with (
        LocalSageMaker(containers=str(engine), settle=True) as local,
        local.client() as sm,
        local.runtime(retry=RetryConfig(max_attempts=1)) as rt,
    ):
        container = ContainerDefinition(image="repository/image:1", environment={"NAME": "inside", "LD_PRELOAD": ""})
        await sm.create_model(model_name="m", primary_container=container)
        variant = ProductionVariant(
            variant_name="v", model_name="m", initial_instance_count=1, instance_type="ml.m5.large"
        )
        await sm.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
        await sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        assert (await rt.invoke_endpoint(endpoint_name="e", body=b"x")).body.startswith(b"inside:")
    run, remove = (engine.with_name("log")).read_text().splitlines()
    assert '"repository/image:1", "serve"' in run
    assert '["rm", "--force", "aiosagemaker-' in remove
