"""The deltas of a chat as they arrive."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self, cast

from .._errors import ArgumentError, SdkError
from .._hints import AsynchronousOnly
from .._hooks import ChatOutcome, teller
from .types import Assembly, ChatCompletion, ChatDelta

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from .._clock import Clock
    from .._hooks import Chat
    from .._session import Session
    from .forms import ChatReader

    Parts = Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]
    """Sends the request, and gives the answer's bytes as they come."""


class ChatStream(AsynchronousOnly):
    """The deltas of an answer, as they arrive: an async iterator, and an async context manager that sends and closes.

    Iterating without `async with` sends the request by itself, and closes when the stream has ended; whoever may leave
    early uses `async with`. `completion` is what has come so far, put together.

    Iterating raises:
        ChatIncompleteError: the stream ended before the answer did.
        ChatError: the container sent an error object, or what is no answer.
        SdkError: as `invoke_endpoint_with_response_stream` does: ModelStreamError, ReadTimeout, ...

    What is raised after deltas came has them as `partial`, a ChatCompletion.
    """

    def __init__(self, parts: Parts, reader: ChatReader, session: Session, chat: Chat) -> None:
        """`chat` is what the session's hooks are told of it."""
        self._parts = parts
        self._reader = reader
        self._clock: Clock = session.clock
        self._chat = chat
        self._teller = teller(session.given.hooks)
        self._assembly = Assembly()
        self._started: float | None = None
        self._first: float | None = None
        self._stack = AsyncExitStack()
        self._deltas: AsyncIterator[ChatDelta] | None = None

    @property
    def completion(self) -> ChatCompletion:
        """What has come so far."""
        return self._assembly.completion()

    @property
    def time_to_first_token(self) -> float | None:
        """From sending to the first piece of text, reasoning or a tool call, in seconds; None as long as none came."""
        return None if self._first is None or self._started is None else self._first - self._started

    async def __aenter__(self) -> Self:
        if self._started is not None:
            raise ArgumentError("the stream of a chat can be entered once")
        self._started = self._clock.monotonic()
        if self._teller is not None:
            self._teller.before("chat_started", self._chat)
        try:
            self._deltas = self._read(await self._stack.enter_async_context(self._parts()))
        except BaseException as error:
            self._tell_end(error)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._stack.aclose()
        finally:
            self._tell_end(error)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChatDelta:
        if self._deltas is None:
            await self.__aenter__()
        try:
            return await anext(cast("AsyncIterator[ChatDelta]", self._deltas))
        except BaseException as error:
            # The end of the stream, too: nothing more comes.
            try:
                await self._stack.aclose()
            finally:
                self._tell_end(None if isinstance(error, StopAsyncIteration) else error)
            raise

    def _tell_end(self, error: BaseException | None) -> None:
        teller, self._teller = self._teller, None
        if teller is None or self._started is None:
            return
        outcome = ChatOutcome(
            completion=self.completion,
            error=error,
            elapsed=self._clock.monotonic() - self._started,
            time_to_first_token=self.time_to_first_token,
        )
        teller.after("chat_ended", self._chat, outcome)

    async def collect(self) -> ChatCompletion:
        """Read to the end, and return the whole answer. Raises what iterating raises."""
        async for _ in self:
            pass
        return self.completion

    async def _read(self, parts: AsyncIterator[bytes]) -> AsyncIterator[ChatDelta]:
        try:
            async for part in parts:
                for delta in self._reader.feed(part):
                    yield self._seen(delta)
            for delta in self._reader.close():
                yield self._seen(delta)
            self._reader.check()
        except SdkError as error:
            error.partial = self.completion
            raise

    def _seen(self, delta: ChatDelta) -> ChatDelta:
        if self._first is None and (delta.text or delta.reasoning or delta.tool_calls):
            self._first = self._clock.monotonic()
        self._assembly.add(delta)
        return delta
