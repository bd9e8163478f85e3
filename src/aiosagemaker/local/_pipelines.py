"""Inference pipelines: containers of one instance, asked one after the other, or each by its name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import attrs

from ._instances import ModelResponse, ModelUnreachable, StartFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._instances import Instance, ModelRequest


@attrs.frozen
class Stage:
    """A container of a pipeline."""

    name: str
    instance: Instance


class Pipeline:
    """An instance that is several containers: https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html"""

    def __init__(self, own: str, stages: Sequence[Stage], *, direct: bool) -> None:
        self.id: str = own
        self.gone: asyncio.Event = asyncio.Event()
        self._stages = stages
        self._direct = direct
        self._watchers: list[asyncio.Task[None]] = []

    async def start(self, timeout: float) -> None:
        """Start every container, all at once."""
        try:
            async with asyncio.TaskGroup() as group:
                for stage in self._stages:
                    group.create_task(stage.instance.start(timeout))
        except ExceptionGroup as failures:
            first = failures.exceptions[0]
            raise StartFailed(str(first)) from first
        self._watchers = [asyncio.create_task(self._watch(stage)) for stage in self._stages]

    async def _watch(self, stage: Stage) -> None:
        await stage.instance.gone.wait()
        self.gone.set()

    async def ping(self) -> bool:
        """Whether every container is well."""
        return all([await stage.instance.ping() for stage in self._stages])

    async def invoke(self, request: ModelRequest) -> ModelResponse:
        """The last container's answer to what the others made of the request, or that of the one that is named."""
        if self._direct:
            stage = next((each for each in self._stages if each.name == request.target_container), None)
            if stage is None:
                raise ModelUnreachable(f"no container is named {request.target_container}")
            return await stage.instance.invoke(request)
        *first, last = self._stages
        for stage in first:
            answer = await stage.instance.invoke(attrs.evolve(request, accept=None))
            if not 200 <= answer.status < 300:
                return attrs.evolve(answer, container=stage.name)
            request = attrs.evolve(request, body=await answer.read(), content_type=answer.content_type)
        return attrs.evolve(await last.instance.invoke(request), container=last.name)

    async def stop(self, grace: float) -> None:
        """Stop every container."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*(stage.instance.stop(grace) for stage in self._stages))
        self.gone.set()
