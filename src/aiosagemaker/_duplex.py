"""An operation whose request goes on while its answer comes, over HTTP/2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._errors import SdkError
from ._protocols.events import EventWriter
from ._streams import EventStream, EventT_co, ResponseT_co

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ._http.event_sender import EventSender
    from ._session import Opened, Session
    from ._shapes.structure import Request

SentT_contra = TypeVar("SentT_contra", contravariant=True)


class DuplexEventStream(EventStream[EventT_co, ResponseT_co], Generic[SentT_contra, EventT_co, ResponseT_co]):
    """Events both ways: `send` and iterate, from one task or from two.

    It is an async context manager. Entering sends the request's head, with the retries and the time limits of any other
    call, and waits for the answer's; from then on nothing is retried. `end` says that nothing more will be sent, and
    the answer goes on. Leaving before both sides have ended resets the stream. `TimeoutConfig.read` bounds each wait
    for an event, and each wait for the service to take one. Several streams share a connection. Needs the extra
    `http2`.

    Sending and iterating raise:
        ServiceError: the service ended the stream with an error: ModelStreamError, InternalStreamFailure, ...
        EventStreamError: the stream is damaged, or ended inside an event.
        TransportError: the connection broke, or fell silent.
    """

    def __init__(self, session: Session, operation: str, request: Request[Any]) -> None:
        super().__init__(session, operation, request)
        self._sender: EventSender | None = None
        self._writer: EventWriter | None = None

    def _take(self, opened: Opened) -> None:
        super()._take(opened)
        self._sender = opened.sending
        self._writer = EventWriter(opened.operation.namespace, opened.operation.row.get("request_event_stream", ""))

    async def send(self, event: SentT_contra | bytes | str) -> None:
        """Send an event; bytes, or text, are the payload of one. Events of several tasks leave one after another.

        Raises:
            ArgumentError: the stream was not entered, or takes no such event.
            TransportError: it could not be sent; `send` was cancelled or failed before; or the stream has ended.
        """
        if self._sender is None or self._writer is None:
            raise self._misuse("is written inside `async with`")
        await self._noted(self._sender.send(self._writer.write(event)))

    async def end(self) -> None:
        """Say that nothing more will be sent. May be called again. Raises TransportError."""
        if self._sender is None:
            raise self._misuse("is written inside `async with`")
        await self._noted(self._sender.end())

    async def _noted(self, sending: Awaitable[None]) -> None:
        # The stream goes on to be read: why it could not be written to may be there.
        try:
            await sending
        except SdkError as error:
            self._unsent = self._unsent or error
            raise
