"""What CONTRIBUTING says of a new service: one row, and nothing else by hand."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import botocore
import pytest

from codegen.__main__ import BOTOCORE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

ROW = re.compile(r"```python\n(    Service\(.*?\n    \),)\n```", re.DOTALL)
PROGRAM = """
import asyncio, pickle, sys
from aiosagemaker import Credentials, RdsDataClient, errors
from aiosagemaker.rds_data import BeginTransactionRequest
from aiosagemaker.rds_data.errors import StatementTimeoutException

async def main():
    assert issubclass(StatementTimeoutException, errors.StatementTimeoutException)
    request = BeginTransactionRequest(resource_arn="arn:aws:rds:us-east-1:1:cluster:c", secret_arn="s" * 20)
    assert pickle.loads(pickle.dumps(request)) == request
    async with RdsDataClient(region="us-east-1", endpoint_url=sys.argv[1], credentials=Credentials("a", "b")) as client:
        print((await client.begin_transaction(request)).transaction_id)

asyncio.run(main())
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources with the row that CONTRIBUTING shows."""
    for folder in ("src", "stubs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (row,) = ROW.findall((ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    table = tmp_path / "src" / "aiosagemaker" / "_services.py"
    text = table.read_text(encoding="utf-8")
    assert text.count('\n)\n"""In the order') == 1
    table.write_text(text.replace('\n)\n"""In the order', f'\n{row}\n)\n"""In the order'), encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(botocore.__version__ != BOTOCORE, reason=f"the files are generated from botocore {BOTOCORE}")
async def test_a_thirteenth_service_is_one_row(tree: Path, server: Any, tmp_path: Path) -> None:
    """With the row and `python -m codegen` a copy of the tree has the client, its shapes, errors and stubs."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PYTHONPATH": str(tree / "src")}
        return subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )

    done = run("-m", "codegen", "--root", str(tree))
    assert done.returncode == 0, done.stderr
    assert "rds-data: new, with 6 operations\n" in done.stdout
    assert run("-m", "codegen", "--root", str(tree), "--check").returncode == 0
    face = (tree / "stubs" / "aiosagemaker" / "__init__.pyi").read_text(encoding="utf-8")
    assert "from .rds_data.client import RdsDataClient as RdsDataClient\n" in face
    server.answer({"transactionId": "t-1"})
    called = await asyncio.to_thread(run, "-c", PROGRAM, server.url)
    assert called.stdout == "t-1\n", called.stderr
    (received,) = server.received
    assert (received.method, received.path) == ("POST", "/BeginTransaction")
    assert "/us-east-1/rds-data/aws4_request" in received.headers["Authorization"]
