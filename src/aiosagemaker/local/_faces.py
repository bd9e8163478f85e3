"""The services that answer here, by what a request's head names."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs

from .._protocols.server import AwsJsonServer, RestJsonServer
from ..application_autoscaling.models import NAMESPACE as AUTO_SCALING
from ..sagemaker.models import NAMESPACE as CONTROL
from ..sagemaker_runtime.models import NAMESPACE as RUNTIME
from ._alarm_operations import AlarmOperations
from ._component_operations import InferenceComponents
from ._endpoint_operations import Endpoints
from ._log_operations import LogOperations
from ._operations import Configs, Models, Offer, Tags
from ._refusals import invalid
from ._runtime import Runtime
from ._runtime_refusals import refused
from ._scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._protocols.server import ServerProtocol
    from .._shapes.maps import Headers
    from .._shapes.namespace import Namespace
    from ..errors import ServiceError
    from ._world import World

INVOCATION_BYTES = 25 * 1024 * 1024
"""What the body of an invocation may hold (service quotas, "Maximum payload size for endpoint invocation")."""
CONTROL_BYTES = 4 * 1024 * 1024
"""What a request of the control plane may hold. Ours, as AWS tells none: more than the longest valid one."""


@attrs.frozen(kw_only=True)
class Face:
    """One service as it is asked over HTTP."""

    protocol: ServerProtocol
    signing_name: str
    longest_body: int
    offers: Callable[[str], Callable[[Any], Any] | None]
    """The method for an operation, by the client's name for it; None for one that is not offered."""
    refusal: Callable[[str], ServiceError]
    """The refusal of a request that breaks the model's constraints."""


class Faces:
    """Every service."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.endpoints: Endpoints = Endpoints(world)
        self.runtime: Runtime = Runtime(world)
        components = InferenceComponents(world)
        groups = (Models(world), Configs(world), self.endpoints, components, Tags(world))
        self._control = Face(
            protocol=AwsJsonServer(CONTROL),
            signing_name="sagemaker",
            longest_body=CONTROL_BYTES,
            offers=Offer(CONTROL, groups),
            refusal=invalid,
        )
        self._data = Face(
            protocol=RestJsonServer(RUNTIME),
            signing_name="sagemaker",
            longest_body=INVOCATION_BYTES,
            offers=Offer(RUNTIME, (self.runtime,)),
            refusal=refused,
        )
        self._scaling = Face(
            protocol=AwsJsonServer(AUTO_SCALING),
            signing_name="application-autoscaling",
            longest_body=CONTROL_BYTES,
            offers=Offer(AUTO_SCALING, (Scaling(world, self.endpoints, components),)),
            refusal=invalid,
        )

    def of(self, path: str, headers: Headers) -> Face:
        """The service that a request is for."""
        target = headers.get("x-amz-target")
        if target is None:
            return self._control if path == "/" else self._data
        prefix = target.partition(".")[0]
        if prefix == AUTO_SCALING.schema.metadata.get("target_prefix"):
            return self._scaling
        if prefix.startswith("GraniteServiceVersion"):
            return self._cloudwatch
        return self._logs if prefix.startswith("Logs_") else self._control

    @functools.cached_property
    def _logs(self) -> Face:
        return self._read("logs", "logs", LogOperations)

    @functools.cached_property
    def _cloudwatch(self) -> Face:
        return self._read("cloudwatch", "monitoring", AlarmOperations)

    def _read(self, service: str, signing_name: str, operations: Callable[[World, Namespace], object]) -> Face:
        from .._client_for import client_class

        # Reading a model takes a moment, which only those wait for who ask for the service.
        namespace = client_class(service)._namespace
        return Face(
            protocol=AwsJsonServer(namespace),
            signing_name=signing_name,
            longest_body=CONTROL_BYTES,
            offers=Offer(namespace, (operations(self._world, namespace),)),
            refusal=invalid,
        )
