"""What a user may plug into calls: see `Hooks`, and `Config.hooks`.

A header of one's own on every request, and a count of what the service throttles::

    class Correlation(Hooks):
        def attempt_started(self, attempt: Attempt) -> None:
            attempt.headers["X-Correlation-Id"] = correlation_id.get()

    class Throttles(Hooks):
        def __init__(self) -> None:
            self.count = 0

        def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
            self.count += getattr(outcome.error, "throttling", False)

    client = SageMakerClient(hooks=[Correlation(), Throttles()])
"""

from __future__ import annotations

from ._hooks import Attempt, Call, Hooks, Outcome, Poll, WireLog

__all__ = ["Attempt", "Call", "Hooks", "Outcome", "Poll", "WireLog"]
