"""Time, sources and sessions that the tests of credentials tell what to do."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

from aiosagemaker._clock import Clock
from aiosagemaker.credentials import Credentials

START = datetime(2030, 1, 1, tzinfo=UTC).timestamp()


class TestClock(Clock):
    """Time that stands still unless told, and chance that is always the same."""

    __test__ = False

    def __init__(self) -> None:
        self.now = START
        self.chance = 0.4

    def time(self) -> float:
        return self.now

    def random(self) -> float:
        return self.chance


class Provider:
    """A source whose answers are scripted: lifetimes in seconds, None for no end, or errors; the last one repeats."""

    def __init__(self, clock: Clock, *answers: float | BaseException | None) -> None:
        self.clock = clock
        self.answers = list(answers)
        self.asked = 0
        self.gate: asyncio.Event | None = None

    async def __call__(self) -> Credentials:
        self.asked += 1
        if self.gate:
            await self.gate.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        end = None if answer is None else datetime.fromtimestamp(self.clock.time() + answer, UTC)
        return Credentials(f"AKID-{self.asked}", "secret", "token", end)


async def settle() -> None:
    """Let what runs in the background end."""
    for _ in range(10):
        await asyncio.sleep(0)


class Frozen:
    """botocore's credentials that do not end."""

    access_key, secret_key, token = "AKID", "secret", ""

    def get_frozen_credentials(self) -> Frozen:
        return self


class Refreshable(Frozen):
    """botocore's credentials that end at a time they may tell."""

    def __init__(self, end: datetime | None) -> None:
        self._expiry_time = end

    def refresh_needed(self) -> bool:
        return False


class Session:
    """A session that counts, and notes the thread that asks."""

    def __init__(self, found: Any) -> None:
        self.found = found
        self.threads: list[threading.Thread] = []

    def get_credentials(self) -> Any:
        self.threads.append(threading.current_thread())
        return self.found() if callable(self.found) else self.found
