"""What is told of a call while it runs: the base of a user's own hooks."""

from __future__ import annotations

from typing import Any


class Hooks:
    """What `Config.hooks` takes: each method does nothing until it is overridden. They are plain functions."""

    def call_started(self, call: Any) -> None:
        """A call begins; its request is checked and written already."""

    def attempt_started(self, attempt: Any) -> None:
        """An attempt is about to be signed and sent: what is added to its `headers` is signed too."""

    def attempt_ended(self, attempt: Any, outcome: Any, delay: float | None) -> None:
        """An attempt came to its end, with a response or an error; `delay` is the wait before the next, in seconds."""

    def call_ended(self, call: Any, outcome: Any) -> None:
        """The call came to its end, with a response or an error."""
