"""Container images: what stands for each, and what a model may ask of it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import attrs

from ._containers import ContainerRunner
from ._environment import steering
from ._instances import HandlerInstance, StartFailed
from ._processes import CommandRunner, ProcessInstance
from ._refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._instances import Image, Instance, Log, ModelRequest
    from ._processes import Host

ANY_IMAGE = "*"


async def echo(request: ModelRequest) -> bytes:
    """The model behind every image of a service that is given none: it answers what it is asked."""
    return request.body


@attrs.frozen(kw_only=True)
class Images:
    """The images that the service can run."""

    known: dict[str, Image]
    host: Host
    engine: str | None = None
    """The program that runs an image that nothing stands for in a container; None where that is not wanted."""
    allowed_environment: tuple[str, ...] = ()
    """Variables that a model may set for a process though they steer loaders, interpreters or the like."""

    def find(self, image: str) -> Image | None:
        """What stands for an image."""
        return self.known.get(image) or self.known.get(ANY_IMAGE)

    def check(self, image: str, environment: Mapping[str, str]) -> None:
        """Raises the refusal of a container that cannot be run here."""
        found = self.find(image)
        if found is None and self.engine is not None:
            return
        if found is None:
            raise invalid(f"Requested image {image} not found.")
        if not callable(found) and (names := steering(environment, self.allowed_environment)):
            raise invalid(
                f"aiosagemaker.local does not give {', '.join(names)} of a model's Environment to a process of this "
                "machine, where it steers loaders, interpreters or the like: name it in allow_environment if it must."
            )

    def launch(self, image: str, environment: Mapping[str, str], own: str, log: Log) -> Instance:
        """An instance of that id, of an image, not started yet.

        Raises StartFailed for an image that nothing stands for any more.
        """
        found = self.find(image)
        if found is None and self.engine is not None:
            runner = ContainerRunner(self.engine, image, f"aiosagemaker-{own}-{secrets.token_hex(4)}")
            return ProcessInstance(runner, environment, self.host, own, log)
        if found is None:
            raise StartFailed(f"the image {image} was not found")
        if callable(found):
            return HandlerInstance(found, environment, own, log)
        return ProcessInstance(CommandRunner(found), environment, self.host, own, log)
