"""What a user can change while the service runs, by name: the same from Python, over HTTP and from a file."""

from __future__ import annotations

import asyncio
import inspect
import math
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._endpoint_operations import Endpoints
    from ._instances import Image
    from ._world import World


class Refused(ValueError):
    """What was asked for cannot be done as it was asked."""


class Steering:
    """The actions. Each is a public method, and its parameters are what an action is given."""

    def __init__(self, world: World, endpoints: Endpoints) -> None:
        self.world = world
        self._endpoints = endpoints

    async def do(self, name: str, given: dict[str, Any]) -> dict[str, Any] | None:
        """Carry out an action; None for one that does not exist. Raises Refused for what it does not take."""
        method = getattr(self, name.replace("-", "_"), None) if name in ACTIONS else None
        if method is None:
            return None
        try:
            bound = inspect.signature(method).bind(**given)
        except TypeError as error:
            raise Refused(f"{name}: {error}") from error
        try:
            done = method(*bound.args, **bound.kwargs)
            if inspect.isawaitable(done):
                await done
        except (TypeError, OverflowError) as error:
            raise Refused(f"{name}: {error}") from error
        return {}

    def alarm(self, name: str, active: bool = True) -> None:
        """Set a CloudWatch alarm, or reset it."""
        self.world.alarms.set(name, active)

    def quota(self, instance_type: str, instances: int | None) -> None:
        """Set the instances of a type that the account may have; None for any number."""
        self.world.quotas.pop(instance_type, None)
        if instances is not None:
            self.world.quotas[instance_type] = int(instances)

    def image(self, image: str, command: str | Sequence[str] | None) -> None:
        """Have a command stand for a container image from now on; None for nothing."""
        self.put_image(image, shlex.split(command) if isinstance(command, str) else command)

    def put_image(self, image: str, stands: Image | None) -> None:
        """As above, with a handler too. From Python alone."""
        self.world.images.known.pop(image, None)
        if stands is not None:
            self.world.images.known[image] = stands

    def model_data(self, uri: str, folder: str | None) -> None:
        """Have a folder stand for model data from now on; None for nothing."""
        self.world.model_data.folders.pop(uri, None)
        if folder is not None:
            self.world.model_data.folders[uri] = folder

    def throttle(self, rate: float, operation: str | None = None) -> None:
        """As `faults.throttle`."""
        self.world.faults.throttle(float(rate), operation)

    def latency(self, seconds: float, operation: str | None = None) -> None:
        """As `faults.latency`."""
        self.world.faults.latency(float(seconds), operation)

    def drop_response(self, operation: str, times: int = 1) -> None:
        """As `faults.drop_response`."""
        self.world.faults.drop_response(operation, int(times))

    def eventual_consistency(self, seconds: float) -> None:
        """As `faults.eventual_consistency`."""
        self.world.faults.eventual_consistency(float(seconds))

    def no_capacity(self, instance_type: str, instances: int = 0, times: int | None = None) -> None:
        """As `faults.no_capacity`."""
        self.world.faults.no_capacity(instance_type, int(instances), times)

    def clear_faults(self) -> None:
        """Turn every fault off."""
        self.world.faults.clear()

    def maintenance(self, endpoint_name: str, seconds: float = 60) -> None:
        """Take an endpoint that is in service through SystemUpdating, for so many of the service's seconds."""
        self._endpoints.maintain(endpoint_name, float(seconds))

    def speed(self, speed: float) -> None:
        """Let so many of the service's seconds pass in a real one from now on."""
        if not (math.isfinite(speed) and speed > 0):
            raise Refused(f"speed must be a positive number, not {speed}")
        self.world.pace.change(float(speed))

    def skip(self, seconds: float) -> None:
        """Let so many of the service's seconds pass at once, for all that it waits for."""
        self.world.pace.skip(float(seconds))

    async def reset(self) -> None:
        """Forget everything: resources, alarms, faults, logs. Returns when what ran has ended."""
        world = self.world
        for task in list(world.tasks):
            if task is not asyncio.current_task():
                task.cancel()
        pools = [variant.pool for each in world.endpoints for fleet in each.fleets for variant in fleet]
        pools += [component.pool for component in world.components]
        for table in (world.components, world.endpoints, world.configs, world.models):
            table.clear()
        world.targets.clear()
        world.logs.groups.clear()
        world.alarms.clear()
        world.faults.clear()
        copies = [copy for pool in pools if pool is not None for copy in pool.serving]
        await asyncio.gather(*(copy.instance.stop(0) for copy in copies))
        # What was starting, or was ending in its own time, is no copy any more.
        await asyncio.gather(*(instance.stop(0) for instance in list(world.images.host.running)))

    def state(self) -> dict[str, Any]:
        """Everything there is, for a reader."""
        world = self.world
        return {
            "region": world.account.region,
            "account": world.account.number,
            "speed": world.pace.speed,
            "endpoints": [
                {
                    "name": endpoint.name,
                    "status": endpoint.status,
                    "config": endpoint.config_name,
                    "failure": endpoint.failure_reason,
                    "variants": [
                        {
                            "name": variant.name,
                            "config": fleet.config.endpoint_config_name,
                            "pending": fleet is endpoint.pending,
                            "share": round(fleet.share * variant.weight, 4),
                            "instances": variant.current,
                            "desired": variant.desired,
                            "calls": variant.pool.calls if variant.pool else 0,
                            "under_way": sum(c.under_way for c in variant.pool.serving) if variant.pool else 0,
                        }
                        for fleet in endpoint.fleets
                        for variant in fleet
                    ],
                }
                for endpoint in world.endpoints
            ],
            "inference_components": [
                {
                    "name": component.name,
                    "endpoint": component.endpoint_name,
                    "status": component.status,
                    "copies": len(component.pool.serving),
                    "desired": component.desired,
                    "calls": component.pool.calls,
                    "failure": component.failure_reason,
                }
                for component in world.components
            ],
            "models": [model.model_name for model in world.models],
            "endpoint_configs": [config.endpoint_config_name for config in world.configs],
            "images": sorted(world.images.known),
            "alarms": world.alarms.active,
            "quotas": dict(world.quotas),
        }


ACTIONS = frozenset(
    name.replace("_", "-")
    for name, member in vars(Steering).items()
    if inspect.isfunction(member) and not name.startswith("_") and name not in ("do", "state", "put_image")
)
"""What can be done from outside: every action that JSON can say."""
