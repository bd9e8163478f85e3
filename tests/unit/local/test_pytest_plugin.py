"""The pytest plugin, as a project that installed it has it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest
from tests.documents import GUIDES, README, blocks

if TYPE_CHECKING:
    from pathlib import Path


WITHOUT = ("-p", "no:asyncio", "-p", "no:anyio")
WITH = {
    "asyncio": ("-p", "no:anyio", "-o", "asyncio_default_fixture_loop_scope=function"),
    "anyio": ("-p", "no:asyncio"),
}
ANYIO = """
@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
"""


def run(folder: Path, *texts: str, options: tuple[str, ...] = WITHOUT) -> str:
    """What pytest prints of test files in a project that has the plugin installed."""
    for number, text in enumerate(texts):
        (folder / f"test_{number}.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    plugins = ["-p", "no:cacheprovider", *options]
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


@pytest.mark.parametrize("plugin", WITH)
def test_what_is_documented(plugin: str, tmp_path: Path) -> None:
    """The whole tests of the README and of the guide pass as written, with pytest-asyncio and with anyio's plugin."""
    texts = [block.text for path in (README, GUIDES / "testing.md") for block in blocks(path)]
    texts = [text for text in texts if "import pytest" in text]
    if plugin == "anyio":
        texts = [text.replace("@pytest.mark.asyncio", "@pytest.mark.anyio") + ANYIO for text in texts]
    assert len(texts) == 2
    out = run(tmp_path, *texts, options=WITH[plugin])
    assert f"{sum(text.count('async def test_') for text in texts)} passed" in out, out
