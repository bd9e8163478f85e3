"""CloudWatch alarms: those that are set, and those who wait for one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Alarms:
    """The alarms of the account. One that nobody set is well."""

    def __init__(self) -> None:
        self._active: set[str] = set()
        self.described: dict[str, Any] = {}
        """The alarms of metrics that were put, as CloudWatch describes them."""
        self._waiting: set[asyncio.Event] = set()

    @property
    def active(self) -> list[str]:
        """Those in the state ALARM."""
        return sorted(self._active)

    def set(self, name: str, active: bool) -> None:
        """Set an alarm, or reset it."""
        (self._active.add if active else self._active.discard)(name)
        for event in self._waiting:
            event.set()

    def clear(self) -> None:
        """Reset every alarm."""
        self._active.clear()

    async def tripped(self, names: Iterable[str]) -> str:
        """Returns the names of those that are set, once one is."""
        watched = frozenset(names)
        changed = asyncio.Event()
        self._waiting.add(changed)
        try:
            while not self._active & watched:
                changed.clear()
                await changed.wait()
            return ", ".join(sorted(self._active & watched))
        finally:
            self._waiting.discard(changed)
