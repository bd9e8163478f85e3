"""The pytest plugin, as a project that installed it has it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_fixture(tmp_path: Path) -> None:
    """`local_sagemaker` is a service of its own for each test, asynchronous or not."""
    (tmp_path / "test_it.py").write_text(
        "import asyncio\n"
        "seen = set()\n"
        "def test_one(local_sagemaker):\n"
        "    seen.add(local_sagemaker.endpoint_url)\n"
        "    async def ask():\n"
        "        async with local_sagemaker.client() as client:\n"
        "            return await client.list_models()\n"
        "    assert asyncio.run(ask()).models == ()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    plugins = ["-p", "no:cacheprovider", "-p", "no:asyncio"]
    if "aiosagemaker" not in entry_points(group="pytest11").names:  # where it is installed, pytest finds it
        plugins += ["-p", "aiosagemaker.local.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", *plugins, str(tmp_path)],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
