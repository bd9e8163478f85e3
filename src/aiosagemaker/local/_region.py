"""What a region holds for whatever runs in it: its account, images, data, logs, alarms, and how fast time passes."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import attrs

from ._store import Table

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from ..sagemaker import DescribeEndpointConfigResponse, DescribeModelResponse
    from ._account import Account
    from ._alarms import Alarms
    from ._images import Images
    from ._logs import Logs
    from ._model_data import ModelData
    from ._objects import Objects
    from ._pace import Pace
    from ._strictness import Strictness
    from .faults import Faults

_logger = logging.getLogger("aiosagemaker.local")


@attrs.define(eq=False, kw_only=True)
class Region:
    """What resources are made from, themselves not among it."""

    account: Account
    images: Images
    objects: Objects
    """What stands for S3."""
    model_data: ModelData
    logs: Logs
    alarms: Alarms
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

    def __attrs_post_init__(self) -> None:
        self.models = Table("model", "model", self.account, self.tags)
        self.configs = Table("endpoint configuration", "endpoint-config", self.account, self.tags)

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
