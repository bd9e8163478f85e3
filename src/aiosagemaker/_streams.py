"""An operation's answer that comes in parts: `async with client.invoke_endpoint_with_response_stream(...)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from ._errors import ArgumentError, SdkError
from ._hints import AsynchronousOnly
from ._http.opening import let_go
from ._protocols.event_stream import EventStreamDecoder
from ._protocols.events import EventReader
from ._protocols.stream_text import MAX_LENGTH, LineAssembler, ServerSentEvent, ServerSentEvents
from ._shapes.structure import Response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from ._http.contract import OpenResponse
    from ._session import Opened, Session
    from ._shapes.structure import Request

EventT_co = TypeVar("EventT_co", covariant=True)
ResponseT_co = TypeVar("ResponseT_co", bound=Response, covariant=True)


class EventStream(AsynchronousOnly, Generic[EventT_co, ResponseT_co]):
    """The events of an answer, as they arrive. It is an async context manager, and within it an async iterator.

    Entering sends the request, with the retries and the time limits of any other call, up to the answer's head. From
    then on nothing is retried; `TimeoutConfig.read` bounds the wait for the next bytes, and nothing bounds the whole.
    Leaving early closes the connection. It is read no faster than the events are taken.

    Iterating raises:
        ServiceError: the service ended the stream with an error: ModelStreamError, InternalStreamFailure, ...
        EventStreamError: the stream is damaged, or ended inside an event.
        TransportError: the connection broke, or fell silent, before the stream had ended.
    """

    def __init__(self, session: Session, operation: str, request: Request[Any]) -> None:
        self._session = session
        self._operation = operation
        self._request = request
        self._entered = False
        self._response: ResponseT_co | None = None
        self._answer: OpenResponse | None = None
        self._reader: EventReader | None = None
        self._decoder = EventStreamDecoder()
        self._messages = iter(self._decoder)
        self._ended = False
        self._failure: SdkError | None = None
        self._unsent: SdkError | None = None
        """What an event of the request's could not be sent for, where the request streams too."""

    @property
    def response(self) -> ResponseT_co:
        """The members that came with the answer's head, and its metadata.

        Raises:
            ArgumentError: the stream was not entered.
        """
        if self._response is None:
            raise self._misuse("is read inside `async with`")
        return self._response

    async def __aenter__(self) -> Self:
        if self._entered:
            raise self._misuse("can be entered once")
        self._entered = True
        self._take(await self._session.open(self._operation, self._request))
        return self

    def _take(self, opened: Opened) -> None:
        self._response = cast("ResponseT_co", opened.response)
        self._answer = opened.answer
        self._reader = EventReader(opened.protocol, opened.operation, opened.answer.head)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close(self._unsent)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EventT_co:
        if self._failure is not None:
            raise self._failure
        if self._ended:
            raise StopAsyncIteration
        if self._answer is None or self._reader is None:
            raise self._misuse("is read inside `async with`")
        try:
            while True:
                for message in self._messages:
                    event = self._reader.read(message)
                    if event is not None:
                        return cast("EventT_co", event)
                chunk = await self._answer.chunk()
                if not chunk:
                    break
                self._decoder.feed(chunk)
                self._messages = iter(self._decoder)
            self._decoder.close()
        except SdkError as error:
            self._failure = error
            self._close(error)
            raise
        self._ended = True
        self._close(self._unsent)
        raise StopAsyncIteration

    async def lines(self, *, max_length: int = MAX_LENGTH) -> AsyncIterator[str]:
        r"""The text of the events' payloads, line by line, as in JSON lines: UTF-8, ended by `\n` or `\r\n`.

        `max_length` bounds one line, in bytes; default 16 MiB.

        Raises, beside what iterating raises:
            EventStreamError: a line is too long, or not UTF-8.
        """
        assembler = LineAssembler(max_length=max_length)
        async for data in self._payloads():
            for line in assembler.feed(data):
                yield line
        last = assembler.close()
        if last is not None:
            yield last

    async def events(self, *, max_length: int = MAX_LENGTH) -> AsyncIterator[ServerSentEvent]:
        """The server-sent events that the payloads hold, as servers of language models write them.

        Read as https://html.spec.whatwg.org/multipage/server-sent-events.html says, by which an event is dropped if
        the stream ends before the empty line after it. `max_length` bounds one event, in characters; default 16 Mi.

        Raises, beside what iterating raises:
            EventStreamError: an event is too long.
        """
        assembler = ServerSentEvents(max_length=max_length)
        async for data in self._payloads():
            for event in assembler.feed(data):
                yield event
        assembler.close()

    async def _payloads(self) -> AsyncIterator[bytes]:
        async for event in self:
            part: Any = event
            yield part.bytes

    def _close(self, error: SdkError | None) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            let_go(answer, error)

    def _misuse(self, words: str) -> ArgumentError:
        return ArgumentError(f"the stream of {self._operation} {words}")
