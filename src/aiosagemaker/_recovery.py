"""What a service's client knows of its own service, and the pipeline does not: which refusals to see through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ._config.config import Config
    from ._errors import ServiceError
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response

    Invoke = Callable[[str, Request[Any]], Awaitable[Response]]


class Recovery(Protocol):
    """One service's own ways out of a refusal. The same object serves every client of the service."""

    def succeeded(self, operation: Operation, request: Request[Any], config: Config, scope: str) -> None:
        """An operation succeeded at the endpoint `scope`."""
        ...

    def retry_window(
        self, operation: Operation, request: Request[Any], error: ServiceError, config: Config, scope: str
    ) -> float | None:
        """How long, in seconds from the first such refusal, to repeat the request; None to take the refusal."""
        ...

    async def recover_response(
        self, operation: Operation, request: Request[Any], error: ServiceError, invoke: Invoke
    ) -> Response | None:
        """The response of an earlier attempt whose answer was lost, if `error` says that it was carried out."""
        ...
