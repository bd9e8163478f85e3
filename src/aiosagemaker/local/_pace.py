"""The service's time: its own waits shortened, real work given the time it takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from .._clock import Clock


@attrs.frozen
class Pace:
    """How fast the service's time passes."""

    clock: Clock
    speed: float
    """The service's seconds in one real second."""
    patience: float
    """The least real seconds for real work: a process starts no faster because a clock runs faster."""

    async def wait(self, seconds: float, least: float = 0.0) -> None:
        """Let the service's `seconds` pass, and `least` real ones."""
        await self.clock.sleep(max(seconds / self.speed, least))

    def limit(self, seconds: float) -> float:
        """The real seconds that work has which the service allows `seconds`."""
        return max(seconds / self.speed, self.patience)

    def now(self) -> datetime:
        """The time of day."""
        return datetime.fromtimestamp(self.clock.time(), UTC)
