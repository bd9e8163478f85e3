"""How often a call changes from one file of this library to another: what a reader of one call has to follow.

    python -m tests.benchmarks.hops

counts the calls of functions of this package whose file is not that of the one before, on the client's side alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.conftest import BlockingServer

import aiosagemaker
from aiosagemaker import Credentials, SageMakerClient
from aiosagemaker.cli import main as command_line

if TYPE_CHECKING:
    from types import FrameType

PACKAGE = str(Path(aiosagemaker.__file__).parent)


class Hops:
    """Counts while it is entered."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self._frames: set[FrameType] = set()

    def __enter__(self) -> Self:
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _profile(self, frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        # That the event loop goes on with a coroutine is no call.
        if event == "call" and name.startswith(PACKAGE) and frame not in self._frames:
            self._frames.add(frame)
            if self.files[-1:] != [name]:
                self.files.append(name)

    @property
    def count(self) -> int:
        """How often the file changed."""
        return max(len(self.files) - 1, 0)


ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"
DESCRIBED = {
    "EndpointName": "e",
    "EndpointArn": ARN,
    "EndpointStatus": "InService",
    "CreationTime": 1.0,
    "LastModifiedTime": 2.0,
}


def of_a_call(server: BlockingServer) -> Hops:
    """A warm `create_endpoint`."""
    server.answer, url = {"EndpointArn": ARN}, server.url

    async def main() -> Hops:
        credentials = Credentials("AKIDEXAMPLE", "secret")
        async with SageMakerClient(region="us-east-1", endpoint_url=url, credentials=credentials) as client:
            for _ in range(3):
                await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
            with Hops() as hops:
                await client.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        return hops

    return asyncio.run(main())


def of_a_command(server: BlockingServer) -> Hops:
    """The command line's `describe-endpoint`, for the second time in a process."""
    server.answer, url = DESCRIBED, server.url
    words = ["describe-endpoint", "--endpoint-name", "e", "--endpoint-url", url, "--region", "us-east-1"]
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        command_line(words)
        with Hops() as hops:
            command_line(words)
    return hops


if __name__ == "__main__":
    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    with BlockingServer() as server:
        for measure in (of_a_call, of_a_command):
            found = measure(server)
            print(f"{found.count:4} {measure.__doc__}")
            if "-v" in sys.argv:
                print("    " + " ".join(os.path.relpath(file, PACKAGE) for file in found.files))
