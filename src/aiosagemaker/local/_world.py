"""The account as it is: what exists, what runs, and how fast time passes."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import attrs

from ._refusals import over_quota
from ._store import Table

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from ..sagemaker import DescribeEndpointConfigResponse, DescribeModelResponse
    from ._account import Account
    from ._alarms import Alarms
    from ._components import Component
    from ._endpoints import Endpoint
    from ._images import Images
    from ._logs import Logs
    from ._model_data import ModelData
    from ._objects import Objects
    from ._pace import Pace
    from ._scaling import ScalableTarget
    from ._strictness import Strictness
    from .faults import Faults

_logger = logging.getLogger("aiosagemaker.local")


@attrs.define(eq=False, kw_only=True)
class World:
    """What every operation works on."""

    account: Account
    images: Images
    objects: Objects
    """What stands for S3."""
    model_data: ModelData
    logs: Logs
    alarms: Alarms
    quotas: dict[str, int]
    pace: Pace
    faults: Faults
    strictness: Strictness
    folder: Path
    """The service's own folder, which ends with it."""
    tasks: set[asyncio.Task[None]] = attrs.field(factory=set["asyncio.Task[None]"])
    moving: set[asyncio.Task[None]] = attrs.field(factory=set["asyncio.Task[None]"])
    """Those of the tasks that take a resource from one settled state to another."""
    tags: dict[str, dict[str, str]] = attrs.field(factory=dict[str, dict[str, str]])
    models: Table[DescribeModelResponse] = attrs.field(init=False)
    configs: Table[DescribeEndpointConfigResponse] = attrs.field(init=False)
    endpoints: Table[Endpoint] = attrs.field(init=False)
    components: Table[Component] = attrs.field(init=False)
    targets: dict[tuple[str, str], ScalableTarget] = attrs.field(factory=dict[tuple[str, str], "ScalableTarget"])
    """What scales, by resource and dimension."""

    def __attrs_post_init__(self) -> None:
        self.models = Table("model", "model", self.account, self.tags)
        self.configs = Table("endpoint configuration", "endpoint-config", self.account, self.tags)
        self.endpoints = Table("endpoint", "endpoint", self.account, self.tags)
        self.components = Table("inference component", "inference-component", self.account, self.tags)

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the requests, until it ends or the service does."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def move(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Take a resource from one settled state to another, beside the requests."""
        task = self.begin(work)
        self.moving.add(task)
        task.add_done_callback(self.moving.discard)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            _logger.error("a task of the service failed", exc_info=failure)

    def endpoint_named(self, name: str) -> Endpoint | None:
        """The endpoint of exactly that name, as the runtime finds it.

        "The name is case-insensitive in CreateEndpoint, but the case is preserved and must be matched".
        """
        return next((endpoint for endpoint in self.endpoints if endpoint.name == name), None)

    def components_of(self, endpoint_name: str) -> Iterator[Component]:
        """The inference components of an endpoint."""
        return (each for each in self.components if each.endpoint_name.lower() == endpoint_name.lower())

    def check_quota(self, instance_type: str | None, wanted: int) -> None:
        """Raises the refusal of more instances than the account may have."""
        if instance_type is None or instance_type not in self.quotas:
            return
        used = sum(
            variant.desired
            for endpoint in self.endpoints
            for fleet in endpoint.fleets
            for variant in fleet
            if variant.spec.instance_type == instance_type
        )
        if used + wanted > self.quotas[instance_type]:
            raise over_quota(str(instance_type), self.quotas[instance_type], used, wanted)
