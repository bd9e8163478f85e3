"""What the control plane's refusals mean when the client itself made the resource a moment ago.

Creating an endpoint reads its configuration with eventual consistency, as AWS's page of CreateEndpoint says: the
configuration may not be visible yet, and the validation error this causes should be retried
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .._errors import NotFound
from .lost_answers import recover

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._config.config import Config
    from .._errors import ServiceError
    from .._recovery import Invoke
    from .._shapes.operation import Operation
    from .._shapes.structure import Request, Response
    from .models import CreateEndpointConfigRequest, CreateEndpointRequest, UpdateEndpointRequest

RECENT = 60.0
"""How long, in seconds, something counts as just made."""
_MOST_REMEMBERED = 10_000

_MADE_BY = {"CreateModel": "model_name", "CreateEndpointConfig": "endpoint_config_name"}
"""What makes what others read, and the member with its name."""


class _Read(NamedTuple):
    """What an operation reads."""

    maker: str
    words: str
    """The refusal's, for its not being there."""


_READS = {
    "CreateEndpoint": _Read("CreateEndpointConfig", "Could not find endpoint configuration"),
    "UpdateEndpoint": _Read("CreateEndpointConfig", "Could not find endpoint configuration"),
    "CreateEndpointConfig": _Read("CreateModel", "Could not find model"),
}


class ControlPlaneRecovery:
    """See `aiosagemaker._recovery.Recovery`."""

    remembers = _MADE_BY

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, str], float] = {}

    def succeeded(self, operation: Operation, request: Request[Any], config: Config, scope: str) -> None:
        key = scope, operation.name, getattr(request, _MADE_BY[operation.name])
        self._made.pop(key, None)
        self._made[key] = config.clock.monotonic()
        if len(self._made) > _MOST_REMEMBERED:
            self._made.pop(next(iter(self._made)), None)

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
        self, operation: Operation, request: Request[Any], error: ServiceError, since: float, invoke: Invoke
    ) -> Response | None:
        return await recover(operation, request, error, since, invoke)


def _names_read(operation: str, request: Request[Any]) -> Iterable[str]:
    if operation != "CreateEndpointConfig":
        return (cast("CreateEndpointRequest | UpdateEndpointRequest", request).endpoint_config_name,)
    asked = cast("CreateEndpointConfigRequest", request)
    variants = (*(asked.production_variants or ()), *(asked.shadow_production_variants or ()))
    return [variant.model_name for variant in variants if variant.model_name is not None]
