"""What the runtime's refusals mean: a model that is still loading is worth waiting for.

`ModelNotReadyException` (HTTP 429) comes from a multi-model endpoint that loads the model that was asked for, or from
an inference component that scales up from zero
(https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container

    from .._config.config import Config
    from .._errors import ServiceError
    from .._recovery import Invoke
    from .._shapes.operation import Operation
    from .._shapes.structure import Request, Response


class RuntimeRecovery:
    """See `aiosagemaker._recovery.Recovery`."""

    remembers: Container[str] = ()

    def succeeded(self, operation: Operation, request: Request[Any], config: Config, scope: str) -> None:
        """Nothing is learned from a success."""

    def retry_window(
        self, operation: Operation, request: Request[Any], error: ServiceError, config: Config, scope: str
    ) -> float | None:
        if error.code != "ModelNotReadyException":
            return None
        retry = config.retry
        # Zero, not None: a model that is not ready must not spend the retries that are meant for failures.
        return 0.0 if retry is None or retry.mode == "off" else retry.cold_start_timeout

    async def recover_response(
        self, operation: Operation, request: Request[Any], error: ServiceError, since: float, invoke: Invoke
    ) -> Response | None:
        return None
