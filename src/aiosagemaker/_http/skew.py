"""The difference between the service's clock and ours, learned from its answers.

A signature carries its time, and AWS refuses one that is about five minutes off. The rules are those of the AWS SDKs'
clock skew correction: every answer with a trustworthy Date teaches; a refusal that the difference explains is signed
and sent once more.
"""

from __future__ import annotations

import functools
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._errors import ServiceError

DETECTION_THRESHOLD = 240.0
"""From this difference on, in seconds, a bad signature is put down to the clock."""
TRUST_THRESHOLD = 900.0
"""An answer that took longer, in seconds, says too little of when its Date was written."""
_DEFINITE = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
_POSSIBLE = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"})


class ClockSkew:
    """What to add to our clock to have the service's."""

    __slots__ = ("seconds",)

    seconds: float
    """The service's time less ours."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def learn(self, sent: float, received: float, headers: Mapping[str, str]) -> float | None:
        """Take over the difference that an answer shows; how far off the one in use was, or None if it shows nothing.

        `sent` and `received` are our times, in seconds since the epoch.
        """
        # A cache's answer carries the time of the first one (RFC 9111, 5.1).
        if headers.get("age") is not None or not 0 <= received - sent <= TRUST_THRESHOLD:
            return None
        date = _seconds(headers.get("date", ""))
        if date is None:
            return None
        before = self.seconds
        # The Date was written about half-way between.
        self.seconds = date - (sent + received) / 2
        return abs(self.seconds - before)


@functools.lru_cache(maxsize=8)
def _seconds(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def explains(error: ServiceError, off: float | None) -> bool:
    """Whether a difference of `off` seconds explains the refusal."""
    if off is None:
        return False
    return error.code in _DEFINITE or (error.code in _POSSIBLE and off >= DETECTION_THRESHOLD)
