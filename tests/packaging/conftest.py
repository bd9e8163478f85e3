"""The wheel as its users get it: built once, and installed in an environment of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.packaging)


@attrs.frozen
class Installed:
    """An environment with the wheel in it."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.programs / "python"

    @property
    def environ(self) -> Mapping[str, str]:
        """As if the environment were activated, and nothing of this checkout could be imported."""
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
        return {**kept, "VIRTUAL_ENV": str(self.folder), "PATH": os.pathsep.join([str(self.programs), kept["PATH"]])}

    def run(self, *command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command there, with further variables; its status and what it wrote."""
        environ = {**self.environ, **variables}
        return subprocess.run(
            command, cwd=cwd, env=environ, capture_output=True, text=True, encoding="utf-8", check=False
        )


def require(*modules: str) -> None:
    """Skip the test unless the tools are installed."""
    if missing := [name for name in modules if importlib.util.find_spec(name) is None]:
        pytest.skip(f"needs {', '.join(missing)}, which the extra `dev` brings")


def pip(python: Path, *arguments: str | Path) -> None:
    """Run pip, and show what it wrote where it fails."""
    ran = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    require("build")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    if importlib.util.find_spec("hatchling") is not None:
        command.append("--no-isolation")
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A new environment with the wheel, what it and its command need, and mypy, which must see them from inside."""
    require("mypy", "pyright")
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    made = Installed(folder)
    pip(made.python, "install", f"{wheel}[cli,http2,local,otel]", f"mypy=={version('mypy')}")
    return made
