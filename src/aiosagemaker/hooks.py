"""What a user may plug into calls: see `Hooks`, and `Config.hooks`.

A header of one's own on every request, a count of what the service throttles, and a log of what calls cost::

    class Correlation(Hooks):
        def attempt_started(self, attempt: Attempt) -> None:
            attempt.headers["X-Correlation-Id"] = correlation_id.get()

    class Throttles(Hooks):
        def __init__(self) -> None:
            self.count = 0

        def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
            self.count += getattr(outcome.error, "throttling", False)

    class Costs(Hooks):
        def call_ended(self, call: Call, outcome: Outcome) -> None:
            costs.info("%s %d bytes in %.3f s", call.operation, outcome.bytes_received, outcome.elapsed)

    client = SageMakerClient(hooks=[Correlation(), Throttles(), Costs()])
"""

from __future__ import annotations

from ._hooks import Attempt, Call, Chat, ChatOutcome, Hooks, Outcome, Poll, Wait, Workflow
from ._wire_log import WireLog

__all__ = ["Attempt", "Call", "Chat", "ChatOutcome", "Hooks", "Outcome", "Poll", "Wait", "WireLog", "Workflow"]
