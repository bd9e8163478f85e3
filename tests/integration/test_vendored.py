"""A copy of the package under another name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiosagemaker

PROGRAM = """
import asyncio, inspect, logging, pickle, sys
import vendored_sagemaker
from vendored_sagemaker import Credentials, SageMakerClient, SageMakerRuntimeClient, errors
from vendored_sagemaker.sagemaker import DescribeEndpointRequest, EndpointStatus

async def main(url):
    keys = Credentials("AKIDEXAMPLE", "secret")
    async with SageMakerClient(region="us-east-1", endpoint_url=url, credentials=keys) as client:
        assert (await client.list_endpoints()).endpoints == ()
        assert await client.paginate_list_endpoints().collect() == []
        moved = pickle.loads(pickle.dumps(client))
        assert type(moved) is SageMakerClient

asyncio.run(main(sys.argv[1]))
request = DescribeEndpointRequest(endpoint_name="n")
assert pickle.loads(pickle.dumps(request)) == request
assert type(request).__module__ == "vendored_sagemaker.sagemaker", type(request).__module__
assert pickle.loads(pickle.dumps(EndpointStatus("InService"))) is EndpointStatus.IN_SERVICE
assert errors.ResourceNotFound.__module__.startswith("vendored_sagemaker."), errors.ResourceNotFound.__module__
assert SageMakerRuntimeClient.invoke_endpoint.__module__.startswith("vendored_sagemaker.")
assert inspect.signature(SageMakerClient.create_endpoint) and SageMakerClient.create_endpoint.__doc__.split()
from vendored_sagemaker.cli import main
assert main(["describe-endpoint", "--endpoint-name", "n", "--dry-run", "--region", "us-east-1"]) == 0
absolute = [name for name in sys.modules if name.partition(".")[0] == "aiosagemaker"]
assert absolute == [], absolute
"""


def test_vendored(tmp_path: Path, blocking_server: Any) -> None:
    """Under another name the package imports, calls, pickles and has its command line, and knows no other name."""
    home = Path(aiosagemaker.__file__).parent
    shutil.copytree(home, tmp_path / "vendored_sagemaker", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, blocking_server.url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (0, "")
