"""A service's settings from a file."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from aiosagemaker import Credentials
from aiosagemaker.local import LocalSageMaker, LocalServiceError
from aiosagemaker.local._settings import SettingsError, read_settings

if TYPE_CHECKING:
    from pathlib import Path

PARAMETERS = inspect.signature(LocalSageMaker.__init__)


def write(folder: Path, text: str) -> Path:
    path = folder / "local.yaml"
    path.write_text(text)
    return path


async def test_from_file(tmp_path: Path) -> None:
    """A file gives parameters by their names, faults and alarms to begin with; what is passed beside it wins."""
    path = write(
        tmp_path,
        """
        region: eu-west-1
        account: "210987654321"
        credentials: {access_key: AKIA, secret_key: s}
        images:
          one: python serve.py --port 1
          two: [python, serve.py]
        quotas: {ml.m5.large: 2}
        speed: 50
        alarms: [errors]
        faults:
          - throttle: {rate: 1, operation: ListModels}
          - no_capacity: {instance_type: ml.m5.large}
        """,
    )
    async with LocalSageMaker.from_file(path, region="ap-south-1") as local:
        assert (local.region, local.account, local.credentials) == (
            "ap-south-1",
            "210987654321",
            Credentials("AKIA", "s"),
        )
        assert local._images == {"one": ["python", "serve.py", "--port", "1"], "two": ["python", "serve.py"]}
        assert local._world is not None
        assert local._world.alarms.active == ["errors"]
        assert local.faults.lacks("ml.m5.large", 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour: red", "no such setting: colour. There are images, model_data"),
        ("[1]", "a mapping of settings is expected, not list"),
        ("a: [", "is no YAML"),
        ("credentials: {user: me}", "credentials: access_key, secret_key"),
        ("images: [a]", "images: a command for each image"),
        ("faults: [throttle]", "faults: each is one name"),
    ],
)
def test_refused(tmp_path: Path, text: str, said: str) -> None:
    """What no service takes is refused, and the place is named."""
    path = write(tmp_path, text)
    with pytest.raises(SettingsError, match=said):
        read_settings(path, PARAMETERS)
    with pytest.raises(LocalServiceError, match=said):
        LocalSageMaker.from_file(path)


async def test_unknown_fault(tmp_path: Path) -> None:
    """A fault that there is not, or that does not take what it is given, keeps the service from starting."""
    for text, said in (("coffee: {}", "there is no fault coffee"), ("throttle: {pace: 1}", "throttle: missing")):
        local = LocalSageMaker.from_file(write(tmp_path, f"faults: [{{{text}}}]"))
        with pytest.raises(LocalServiceError, match=said):
            await local.start()


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is told."""
    with pytest.raises(LocalServiceError, match="cannot be read"):
        LocalSageMaker.from_file(tmp_path / "none.yaml")
