"""What the control plane's refusals mean when the client itself made the resource a moment ago.

Creating an endpoint reads its configuration with eventual consistency, as AWS's page of CreateEndpoint says: the
configuration may not be visible yet, and the validation error this causes should be retried
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .._errors import AlreadyExists, NotFound
from .models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._config.config import Config
    from .._errors import ServiceError
    from .._recovery import Invoke
    from .._shapes.operation import Operation
    from .._shapes.structure import Request, Response
    from .models import CreateEndpointConfigRequest, CreateEndpointRequest, UpdateEndpointRequest

RECENT = 60.0
"""How long, in seconds, something counts as just made."""
_MOST_REMEMBERED = 10_000


class _Made(NamedTuple):
    """What an operation makes, and how to look at it."""

    name: str
    """The request's member with the resource's name."""
    describe: str
    arn: str


_MAKES = {
    "CreateModel": _Made("model_name", "DescribeModel", "model_arn"),
    "CreateEndpointConfig": _Made("endpoint_config_name", "DescribeEndpointConfig", "endpoint_config_arn"),
    "CreateEndpoint": _Made("endpoint_name", "DescribeEndpoint", "endpoint_arn"),
}
_READS = {
    "CreateEndpoint": ("CreateEndpointConfig", "Could not find endpoint configuration"),
    "UpdateEndpoint": ("CreateEndpointConfig", "Could not find endpoint configuration"),
    "CreateEndpointConfig": ("CreateModel", "Could not find model"),
}
"""What an operation reads: the operation that makes it, and the words for its not being there."""

_NOT_DESCRIBED = frozenset({"Tags"})


class ControlPlaneRecovery:
    """See `aiosagemaker._recovery.Recovery`."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, str], float] = {}

    def succeeded(self, operation: Operation, request: Request[Any], config: Config, scope: str) -> None:
        made = _MAKES.get(operation.name)
        if made is not None:
            key = scope, operation.name, getattr(request, made.name)
            self._made.pop(key, None)
            self._made[key] = config.clock.monotonic()
            if len(self._made) > _MOST_REMEMBERED:
                del self._made[next(iter(self._made))]

    def retry_window(
        self, operation: Operation, request: Request[Any], error: ServiceError, config: Config, scope: str
    ) -> float | None:
        retry = config.retry
        if operation.name not in _READS or retry is None or retry.mode == "off" or retry.consistency_retry == "off":
            return None
        maker, words = _READS[operation.name]
        if not isinstance(error, NotFound) or words not in error.message:
            return None
        if retry.consistency_retry == "always":
            return retry.consistency_window
        now = config.clock.monotonic()
        for name in _names_read(operation.name, request):
            made_at = self._made.get((scope, maker, name))
            if made_at is not None and now - made_at <= RECENT + retry.consistency_window:
                return retry.consistency_window
        return None

    async def recover_response(
        self, operation: Operation, request: Request[Any], error: ServiceError, invoke: Invoke
    ) -> Response | None:
        made = _MAKES.get(operation.name)
        if made is None or not isinstance(error, AlreadyExists):
            return None
        describe = NAMESPACE[f"{made.describe}Request"](**{made.name: getattr(request, made.name)})
        found = await invoke(made.describe, describe)
        if not _says(request.to_dict(), found.to_dict()):
            return None
        response: Response = operation.output(**{made.arn: getattr(found, made.arn)})
        return response


def _names_read(operation: str, request: Request[Any]) -> Iterable[str]:
    if operation != "CreateEndpointConfig":
        return (cast("CreateEndpointRequest | UpdateEndpointRequest", request).endpoint_config_name,)
    asked = cast("CreateEndpointConfigRequest", request)
    variants = (*(asked.production_variants or ()), *(asked.shadow_production_variants or ()))
    return [variant.model_name for variant in variants if variant.model_name is not None]


def _says(asked: Any, found: Any) -> bool:
    """Whether a description says all that was asked for; it may say more, such as defaults."""
    if isinstance(asked, Mapping):
        if not isinstance(found, Mapping):
            return False
        wanted, said = cast("Mapping[str, Any]", asked), cast("Mapping[str, Any]", found)
        return all(key in _NOT_DESCRIBED or (key in said and _says(wanted[key], said[key])) for key in wanted)
    if isinstance(asked, list):
        if not isinstance(found, list):
            return False
        items, others = cast("Sequence[Any]", asked), cast("Sequence[Any]", found)
        return len(items) == len(others) and all(map(_says, items, others))
    return bool(asked == found)
