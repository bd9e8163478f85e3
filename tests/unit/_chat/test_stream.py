"""The deltas of a chat, over bytes that come part by part."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import Config
from aiosagemaker._chat.forms import ChatReader
from aiosagemaker._chat.stream import ChatStream
from aiosagemaker.errors import ArgumentError, ReadTimeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def piece(text: str, reason: str | None = None) -> bytes:
    delta = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}
    return f"data: {json.dumps(delta)}\n\n".encode()


class Answer:
    """What is sent, part by part, and whether it was let go."""

    def __init__(self, clock: Any, *parts: bytes, failure: Exception | None = None) -> None:
        session: Any = SimpleNamespace(clock=clock, given=Config())
        chat: Any = None  # which is for hooks, and there are none
        self.stream = ChatStream(self._parts, ChatReader(), session, chat)
        self.entered = self.closed = 0
        self._clock = clock
        self._sent = parts
        self._failure = failure

    @asynccontextmanager
    async def _parts(self) -> AsyncIterator[AsyncIterator[bytes]]:
        self.entered += 1
        try:
            yield self._each()
        finally:
            self.closed += 1

    async def _each(self) -> AsyncIterator[bytes]:
        for part in self._sent:
            await self._clock.sleep(2)
            yield part
        if self._failure is not None:
            raise self._failure


async def test_collect(clock: Any) -> None:
    """Collected, the answer is whole, was sent once and is let go; the time to its first token is the clock's."""
    answer = Answer(clock, piece(""), piece("good "), piece("day", "stop") + b"data: [DONE]\n\n")
    completion = await answer.stream.collect()
    assert (completion.text, completion.finish_reason) == ("good day", "stop")
    assert (answer.entered, answer.closed) == (1, 1)
    assert answer.stream.time_to_first_token == 4


async def test_leaving_early(clock: Any) -> None:
    """Leaving its block lets the answer go, and keeps what came."""
    answer = Answer(clock, piece("good "), piece("day", "stop"))
    async with answer.stream as stream:
        assert (await anext(stream)).text == "good "
        assert answer.closed == 0
    assert (answer.closed, answer.stream.completion.text) == (1, "good ")


async def test_a_failure_has_what_came(clock: Any) -> None:
    """An error in the middle has the answer so far as `partial`, and ends the stream."""
    answer = Answer(clock, piece("good "), failure=ReadTimeout("silent", maybe_sent=True))
    with pytest.raises(ReadTimeout) as caught:
        await answer.stream.collect()
    assert caught.value.partial is not None
    assert (caught.value.partial.text, answer.closed) == ("good ", 1)


async def test_entered_once(clock: Any) -> None:
    """A chat is sent once: entering its stream again is refused."""
    answer = Answer(clock, piece("a", "stop") + b"data: [DONE]\n\n")
    await answer.stream.collect()
    with pytest.raises(ArgumentError, match="once"):
        await answer.stream.__aenter__()
    assert answer.entered == 1
