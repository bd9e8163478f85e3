"""Events in their order, over a connection that may fail."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from aiosagemaker._http.event_sender import EventSender
from aiosagemaker.errors import ConnectionClosed, TransportError


class Chain:
    """Frames events with their number and their time."""

    def __init__(self) -> None:
        self._number = 0

    def frame(self, event: bytes, time: float) -> bytes:
        self._number += 1
        return b"%d@%d:%s" % (self._number, time, event)


class Signer:
    """A signer of events, or of none."""

    def __init__(self, events: Chain | None) -> None:
        self.events = events


class Answer:
    """A connection that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.ended = 0
        self.failure: Exception | None = None

    async def send(self, data: bytes) -> None:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.sent.append(data)

    async def end(self) -> None:
        self.ended += 1


def make(*, signed: bool = True) -> tuple[EventSender, Answer]:
    answer: Any = Answer()
    signer: Any = Signer(Chain() if signed else None)
    return EventSender(answer, signer, lambda: 7.0), answer


async def test_tasks_at_once_keep_the_chain() -> None:
    """Events of several tasks leave in the order in which they are signed, and the end is signed too."""
    sender, answer = make()
    await asyncio.gather(*(sender.send(b"%d" % number) for number in range(5)))
    await sender.end()
    await sender.end()
    assert answer.sent == [*(b"%d@7:%d" % (number + 1, number) for number in range(5)), b"6@7:"]
    assert answer.ended == 1


async def test_unsigned() -> None:
    """Unsigned events leave as they are, and their end is no event."""
    sender, answer = make(signed=False)
    await sender.send(b"a")
    await sender.end()
    assert (answer.sent, answer.ended) == ([b"a"], 1)


async def test_nothing_follows_the_end() -> None:
    """After the end nothing is sent."""
    sender, answer = make()
    await sender.end()
    with pytest.raises(ConnectionClosed, match="ended"):
        await sender.send(b"a")
    assert len(answer.sent) == 1


async def test_nothing_follows_a_failure() -> None:
    """An event that failed to leave spoils the chain: no later one is sent, and no end."""
    sender, answer = make()
    answer.failure = TransportError("gone", maybe_sent=True)
    with pytest.raises(TransportError, match="gone"):
        await sender.send(b"a")
    answer.failure = None
    with pytest.raises(ConnectionClosed):
        await sender.send(b"b")
    await sender.end()
    assert (answer.sent, answer.ended) == ([], 0)
