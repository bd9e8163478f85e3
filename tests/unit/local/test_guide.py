"""What the guide says."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import aiosagemaker
from aiosagemaker.local import LocalSageMaker
from aiosagemaker.local._settings import read_settings
from aiosagemaker.local._steering import ACTIONS, Steering

GUIDE = (Path(aiosagemaker.__file__).parent / "guides" / "local.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_settings(tmp_path: Path) -> None:
    """The file of settings in it is one that the service takes."""
    (text,) = [block for block in blocks("yaml") if block.startswith("# local.yaml")]
    (tmp_path / "local.yaml").write_text(text)
    settings, actions = read_settings(tmp_path / "local.yaml", inspect.signature(LocalSageMaker.__init__))
    assert settings["images"] == {"churn:latest": ["python", "serve.py"]}
    assert actions == [("throttle", {"rate": 0.1})]
    LocalSageMaker(**settings)


def test_routes() -> None:
    """Every control route is in it, and every one in it is there."""
    section = GUIDE.partition("| route | body |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(?:POST )?(?:/_local/)?([a-z-]+)`", section)) - {"local"}
    assert named == ACTIONS


@pytest.mark.parametrize("said", re.findall(r"`local\.([a-z_0-9.]+)\((.*?)\)`", GUIDE))
def test_calls(said: tuple[str, str]) -> None:
    """Every call of the service in it exists, and takes what it is given."""
    found: Any = LocalSageMaker()
    for name in said[0].split("."):
        found = getattr(found, name)
    assert eval(f"signature.bind({said[1]})", {"signature": inspect.signature(found)}) is not None


def test_not_steered_by_name() -> None:
    """What the table of routes leaves out is for Python alone."""
    assert {name.replace("-", "_") for name in ACTIONS} <= set(vars(Steering))


async def test_first_examples() -> None:
    """The examples for pytest do what they say, the fixture being the service."""
    first, second = blocks("python")[:2]
    space: dict[str, Any] = {}
    exec(first, space)
    with LocalSageMaker() as local:
        await space["test_churn"](local)
    assert compile(second, "second", "exec").co_names
