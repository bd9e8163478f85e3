"""Sending a request whose answer is kept open, and telling hooks what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import ResponseParseError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._protocols.message import HttpResponse
    from .contract import OpenResponse, Transport, TransportRequest


class OpeningSender:
    """Sends as a transport does, and keeps a good answer open."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._answer: OpenResponse | None = None

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        answer = await self._transport.open(request)
        if not 200 <= answer.head.status < 300:
            return await answer.read()
        self._answer = answer
        coding = answer.head.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("", "identity"):
            raise ResponseParseError(
                f"the answer's content coding {coding[:40]!r} was not asked for",
                status=answer.head.status,
                headers=answer.head.headers,
            )
        return answer.head

    def take(self) -> OpenResponse:
        """The open answer, whose closing is the taker's from now on."""
        answer, self._answer = self._answer, None
        if answer is None:
            raise TransportError("the answer was not kept open")
        return answer

    def close(self) -> None:
        """Let go of an answer that nobody took."""
        if self._answer is not None:
            self._answer.close()


class ToldResponse:
    """An open answer whose first bytes and whose end are told of."""

    def __init__(
        self, answer: OpenResponse, began: Callable[[], None], ended: Callable[[int, BaseException | None], None]
    ) -> None:
        """`began` is called with the first bytes, `ended` once, with their number and what was wrong."""
        self.answer = answer
        self._began = began
        self._ended: Callable[[int, BaseException | None], None] | None = ended
        self._size = 0
        self.head = answer.head

    async def read(self) -> HttpResponse:
        return await self.answer.read()

    async def chunk(self) -> bytes:
        try:
            chunk = await self.answer.chunk()
        except BaseException as error:
            self._end(error)
            raise
        if chunk and not self._size:
            self._began()
        self._size += len(chunk)
        return chunk

    def close(self, error: BaseException | None = None) -> None:
        self.answer.close()
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(self._size, error)


def let_go(answer: OpenResponse, error: BaseException | None) -> None:
    """Close an answer in which its reader found an error, or none: of that no transport knows."""
    if isinstance(answer, ToldResponse):
        answer.close(error)
    else:
        answer.close()


def untold(answer: OpenResponse) -> OpenResponse:
    """The transport's own answer."""
    return answer.answer if isinstance(answer, ToldResponse) else answer
