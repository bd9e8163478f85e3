"""From a model to what runs: the containers of a variant or a component, with their data, environment and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ._instances import STARTUP_TIMEOUT, instance_id
from ._model_data import Source
from ._multi_model import MultiModel
from ._pipelines import Pipeline, Stage
from ._pools import Pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..sagemaker import ContainerDefinition, DescribeModelResponse
    from ._instances import Instance
    from ._region import Region


@attrs.frozen(kw_only=True)
class Server:
    """What a copy of a model server is made of."""

    containers: tuple[ContainerDefinition, ...]
    direct: bool = False
    """Whether each container is invoked by its name, rather than one after the other."""

    @classmethod
    def of(cls, model: DescribeModelResponse) -> Server:
        """A model's containers."""
        primary = model.primary_container
        execution = model.inference_execution_config
        containers = (primary,) if primary is not None else tuple(model.containers or ())
        return cls(containers=containers, direct=execution is not None and execution.mode == "Direct")

    @property
    def multi_model(self) -> bool:
        """Whether an invocation names its model."""
        return any(container.mode == "MultiModel" for container in self.containers)


@attrs.frozen
class _Launch:
    """Makes copies, which write to a group of logs, in streams whose names begin with one."""

    server: Server
    region: Region
    group: str
    stream: str

    async def __call__(self) -> Instance:
        """The copy, not started yet. Raises StartFailed for data or an image that is not there."""
        own = instance_id()
        stages: list[Stage] = []
        for number, container in enumerate(self.server.containers, 1):
            name = container.container_hostname or f"container-{number}"
            tail = "" if len(self.server.containers) == 1 else f"/{name}"
            stages.append(Stage(name, await self._instance(container, own, f"{self.stream}/{own}{tail}")))
        if len(stages) == 1:
            return stages[0].instance
        return Pipeline(own, stages, direct=self.server.direct)

    async def _instance(self, container: ContainerDefinition, own: str, stream: str) -> Instance:
        region, source = self.region, Source.of(container)
        multi = container.mode == "MultiModel"
        environment = {
            "AWS_REGION": region.account.region,
            **(container.environment or {}),
            "SM_MODEL_DIR": await region.model_data.folder(None if multi else source),
        }
        if multi:
            environment["SAGEMAKER_MULTI_MODEL"] = "true"
        log = region.logs.writer(self.group, stream)
        instance = region.images.launch(container.image or "", environment, own, log)
        if multi and source is not None:
            return MultiModel(instance, source, region.model_data, region.pace, region.begin)
        return instance


def pool_of(
    server: Server,
    region: Region,
    *,
    group: str,
    stream: str,
    told: Callable[[str], str],
    startup_timeout: int | None,
    least_outstanding: bool = False,
) -> Pool:
    """A pool, empty yet, of copies of a server."""
    return Pool(
        launch=_Launch(server, region, group, stream),
        told=told,
        startup_seconds=region.pace.limit(startup_timeout or STARTUP_TIMEOUT),
        pace=region.pace,
        begin=region.begin,
        least_outstanding=least_outstanding,
    )
