"""What a service's client knows of its own service, and a call does not: which refusals to see through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container

    from ._config.config import Config
    from ._errors import ServiceError
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response

    Invoke = Callable[[str, Request[Any]], Awaitable[Response]]


class Recovery(Protocol):
    """One service's own ways out of a refusal. The same object serves every client of the service."""

    @property
    def remembers(self) -> Container[str]:
        """The operations whose success it is told of."""
        ...

    def succeeded(self, operation: Operation, request: Request[Any], config: Config, scope: str) -> None:
        """One of `remembers` succeeded at the endpoint `scope`."""
        ...

    def retry_window(
        self, operation: Operation, request: Request[Any], error: ServiceError, config: Config, scope: str
    ) -> float | None:
        """How long, in seconds from the first such refusal, to repeat the request; None to take the refusal."""
        ...

    async def recover_response(
        self, operation: Operation, request: Request[Any], error: ServiceError, since: float, invoke: Invoke
    ) -> Response | None:
        """The response of an earlier attempt whose answer was lost, if it turns out to have been carried out.

        Args:
            operation: the call's.
            request: the call's.
            error: what the attempt after it ended with.
            since: the time by the service's clock, in seconds since the epoch, at which the first attempt was sent.
            invoke: makes another call of the service, by operation name.
        """
        ...
