"""The pytest plugin, as a project that installed it has it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, text: str) -> str:
    """What pytest prints of a test file in a project that has the plugin installed."""
    (folder / "test_it.py").write_text(text)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    plugins = ["-p", "no:cacheprovider", "-p", "no:asyncio"]
    if "aiosagemaker" not in entry_points(group="pytest11").names:  # where it is installed, pytest finds it
        plugins += ["-p", "aiosagemaker.local.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", *plugins, str(folder)],
        env=environment, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def test_local_sagemaker(tmp_path: Path) -> None:
    """`local_sagemaker` is a service of its own for each test, asynchronous or not."""
    out = run(
        tmp_path,
        "import asyncio\n"
        "seen = set()\n"
        "def test_one(local_sagemaker):\n"
        "    seen.add(local_sagemaker.endpoint_url)\n"
        "    async def ask():\n"
        "        async with local_sagemaker.client() as client:\n"
        "            return await client.list_models()\n"
        "    assert asyncio.run(ask()).models == ()\n",
    )
    assert "1 passed" in out, out


def test_sagemaker_stub(tmp_path: Path) -> None:
    """`sagemaker_stub` is a stub for each test; what it was not told of fails the test, even if the error is caught."""
    out = run(
        tmp_path,
        "import asyncio, contextlib\n"
        "from aiosagemaker import SageMakerClient\n"
        "from aiosagemaker.sagemaker import ListModelsRequest, ListModelsResponse\n"
        "async def ask(stub):\n"
        "    async with stub.client(SageMakerClient) as client:\n"
        "        return await client.list_models()\n"
        "def test_told(sagemaker_stub):\n"
        "    sagemaker_stub.answer(ListModelsRequest, ListModelsResponse(models=[]))\n"
        "    assert asyncio.run(ask(sagemaker_stub)).models == ()\n"
        "def test_not_told(sagemaker_stub):\n"
        "    with contextlib.suppress(AssertionError):\n"
        "        asyncio.run(ask(sagemaker_stub))\n",
    )
    assert "2 passed, 1 error" in out, out
    assert "no answer was stubbed for\n  ListModelsRequest()" in out
