"""Real containers: an image that nothing stands for is run with Docker or Podman, by SageMaker's contract.

`docker run IMAGE serve`, port 8080, /opt/ml/model read-only, the model's environment:
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENGINES = ("docker", "podman")
CONTAINER_PORT = 8080
"""Where a container answers: "containers need to ... listen on port 8080"."""
MODEL_FOLDER = "/opt/ml/model"
ENGINE_VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST", "XDG_RUNTIME_DIR")
"""What tells an engine where its daemon and its settings are."""


class NoEngine(Exception):
    """There is nothing on this machine that runs containers; the text says what was looked for."""


def find_engine(wanted: str | bool) -> str:
    """The program that runs containers: the one that is wanted, or with True or `auto` the first there is.

    Raises NoEngine.
    """
    names = ENGINES if wanted in (True, "auto") else (str(wanted),)
    for name in names:
        if found := shutil.which(name):
            return found
    raise NoEngine(
        f"containers were asked for, and neither of {', '.join(names)} is on this machine: install one, or say with "
        "`images` which commands stand for the images"
    )


@attrs.frozen
class ContainerRunner:
    """Runs an image in a container that ends with the command."""

    engine: str
    image: str
    name: str

    def command(self, port: int, environment: Mapping[str, str]) -> Sequence[str]:
        """The engine's command line."""
        inside = dict(environment)
        folder = inside.get("SM_MODEL_DIR")
        if folder is not None:
            inside["SM_MODEL_DIR"] = MODEL_FOLDER
        return [
            self.engine,
            "run",
            "--rm",
            f"--name={self.name}",
            f"--publish=127.0.0.1:{port}:{CONTAINER_PORT}",
            *([f"--volume={folder}:{MODEL_FOLDER}:ro"] if folder else []),
            *(f"--env={name}={value}" for name, value in sorted(inside.items())),
            self.image,
            "serve",
        ]

    def environment(self, port: int, environment: Mapping[str, str]) -> Mapping[str, str]:
        """What the engine itself is given: where its daemon is, and nothing of the model's, which could steer it."""
        return {name: os.environ[name] for name in ENGINE_VARIABLES if name in os.environ}

    async def remove(self) -> None:
        """End the container, should it have outlived the command."""
        removing = await asyncio.create_subprocess_exec(
            *(self.engine, "rm", "--force", self.name),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await removing.wait()
