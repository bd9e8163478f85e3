"""What is told of a call while it runs: to its user's hooks, and to the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ._hooks import Attempt, Call, Outcome, polling
from ._http.opening import ToldResponse
from ._protocols.message import HttpResponse
from ._protocols.protocol import request_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._clock import Clock
    from ._errors import SdkError
    from ._hooks import Teller
    from ._http.contract import OpenResponse
    from ._http.endpoint_rules import Endpoint
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response

logger = logging.getLogger("aiosagemaker")


class Telling:
    """One call, as it is told to hooks. Made where there are hooks alone."""

    __slots__ = ("_attempt", "_attempts", "_began", "_call", "_clock", "_size", "_started", "_teller", "answer")

    answer: HttpResponse | None
    """The running attempt's, once it has come."""

    def __init__(
        self,
        teller: Teller,
        operation: Operation,
        request: Request[Any],
        endpoint: Endpoint,
        identity: str,
        clock: Clock,
        *,
        size: int,
        streams: bool,
    ) -> None:
        """`identity` is the call's own, `size` the length of a request's body in bytes."""
        metadata = operation.namespace.schema.metadata
        self._teller = teller
        self._clock = clock
        self._size = size
        self._began = self._started = clock.monotonic()
        self._attempts = 0
        self.answer = None
        wait, poll = polling.get()
        self._call = Call(
            service=metadata.get("name", ""),
            service_id=metadata.get("service_id", ""),
            operation=operation.name,
            request=request,
            region=endpoint.region,
            endpoint=endpoint.url,
            id=identity,
            streams=streams,
            wait=wait,
            poll=poll,
        )

    def begin(self) -> None:
        """The call begins. Raises what a hook raises."""
        self._teller.before("call_started", self._call)

    def begin_attempt(self, method: str, url: str, headers: Mapping[str, str]) -> dict[str, str]:
        """An attempt begins: its headers, with what hooks add to them. Raises what a hook raises."""
        self._started = self._clock.monotonic()
        self._attempts += 1
        self.answer = None
        self._attempt = Attempt(
            call=self._call, number=self._attempts, method=method, url=url, headers=(own := dict(headers))
        )
        try:
            self._teller.before("attempt_started", self._attempt)
        except BaseException as error:
            self.end_attempt(error)
            raise
        return own

    def end_attempt(self, error: BaseException | None = None, delay: float | None = None) -> None:
        """The attempt came to its end."""
        self._teller.after("attempt_ended", self._attempt, self._outcome(self._started, error=error), delay)

    def end(self, response: Response | None = None, error: BaseException | None = None) -> None:
        """The call came to its end."""
        self._teller.after("call_ended", self._call, self._outcome(self._began, response=response, error=error))

    def stream(self, answer: OpenResponse) -> OpenResponse:
        """The rest of the answer, of whose parts and whose end hooks are told too."""
        self._teller.after("stream_opened", self._call)
        return ToldResponse(answer, self._part, self._ended)

    def _part(self) -> None:
        self._teller.after("stream_first_part", self._call, self._clock.monotonic() - self._began)

    def _ended(self, size: int, error: BaseException | None) -> None:
        self._teller.after("stream_ended", self._call, self._outcome(self._began, error=error, received=size))

    def _outcome(
        self, since: float, *, response: Response | None = None, error: BaseException | None = None, received: int = 0
    ) -> Outcome:
        answer = self.answer
        return Outcome(
            response=response,
            error=error,
            http_status=answer.status if answer else None,
            request_id=request_id(answer.headers) if answer else None,
            headers=answer.headers if answer else {},
            attempts=self._attempts,
            elapsed=self._clock.monotonic() - since,
            bytes_sent=self._size,
            bytes_received=received or (len(answer.body) if answer else 0),
        )


def log_call(operation: Operation, endpoint: Endpoint, credentials: object | None) -> None:
    """A call begins. `credentials` is what says where they come from; None where nothing is signed."""
    logger.debug(
        "%s.%s at %s, region %s, %s",
        operation.namespace.schema.metadata.get("name", ""),
        operation.name,
        endpoint.url,
        endpoint.region,
        "not signed" if credentials is None else f"credentials from {credentials}",
    )


def log_attempt(
    operation: Operation, number: int, elapsed: float, end: HttpResponse | SdkError, delay: float | None
) -> None:
    """An attempt came to its end; times are in seconds."""
    if isinstance(end, HttpResponse):
        outcome, identity = str(end.status), request_id(end.headers)
    else:
        outcome = f"{getattr(end, 'http_status', '')} {type(end).__name__}".strip()
        identity = getattr(end, "request_id", None)
    logger.debug(
        "%s attempt %d: %s, request id %s, %.0f ms, %s",
        operation.name,
        number,
        outcome,
        identity,
        elapsed * 1000,
        "no retry" if delay is None else f"retry in {delay:.2f} s",
    )
