"""How long credentials are kept, and what a failure to refresh them means. No I/O; whoever has one guards it.

It is the behaviour that AWS's SDKs share: refresh early, in the background while there is time; when a refresh fails,
go on with what is there and ask the source less often (https://github.com/smithy-lang/smithy-rs/pull/4774,
https://github.com/boto/botocore/pull/3760).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from .._errors import NoCredentialsError

if TYPE_CHECKING:
    from .._clock import Clock
    from .credentials import Credentials
    from .sources import Failure

MANDATORY_WINDOW = 60.0
"""Credentials this close to their end, in seconds, are refreshed before a call goes on."""
BACKOFF = (300.0, 600.0)
"""After a refresh failed, the source is left alone for a time drawn evenly from this range, in seconds."""
ERROR_MEMORY = 5.0
"""An error that asking again does not mend is raised again for this long, in seconds, without asking."""

_FINAL = frozenset(
    {
        "InvalidConfigError",
        "LoginError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "RefreshWithMFAUnsupportedError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
        "UnknownCredentialError",
    }
)
"""botocore's errors that only the user mends, by name: not every release has each of them."""


def advisory_window(lifetime: float) -> float:
    """How long before their end credentials are refreshed in the background, in seconds, from their lifetime."""
    minutes = lifetime / 60
    return 300.0 if minutes <= 20 else 900.0 if minutes < 90 else 3600.0


class Keeping:
    """What is kept, and from when on the source is asked again. Times are in seconds since the epoch."""

    __slots__ = (
        "_backing_off",
        "_clock",
        "_window",
        "error",
        "error_until",
        "failed_at",
        "held",
        "mandatory_at",
        "refresh_at",
    )

    held: Credentials | None
    refresh_at: float
    """The time from which the source is asked again; until `mandatory_at` calls go on meanwhile."""
    mandatory_at: float
    error: Failure | None
    """How the source failed the last time it was asked; None if it did not, or if calls went on without it."""
    error_until: float
    """Until then the error is raised again without asking."""
    failed_at: float
    """When `error` came, by `time.monotonic`: the calls that are compared with it may have clocks of their own."""

    def __init__(self, clock: Clock, window: float | None) -> None:
        self._clock = clock
        self._window = window
        self._backing_off = False
        self.held = None
        self.refresh_at = self.mandatory_at = -math.inf
        self.error = None
        self.error_until = self.failed_at = -math.inf

    def received(self, credentials: Credentials, *, keep: bool, longest_window: float) -> None:
        """The source gave these."""
        self.error = None
        self.error_until = -math.inf
        self._backing_off = False
        # In this order: a reader in another thread then sees at worst the new ones with the old times.
        self.held = credentials if keep else None
        if credentials.expires_at is None:
            self.refresh_at = self.mandatory_at = math.inf
            return
        now, end = self._clock.time(), credentials.expires_at.timestamp()
        window = self._window or min(advisory_window(end - now), longest_window)
        # Within its window already: a source may give the same credentials until shortly before their end, and is
        # not asked at each call until it gives others.
        soonest = now + max((end - now) / 2, 1.0)
        refresh_at = end - window if end - window > now else soonest
        self.mandatory_at = max(refresh_at, end - MANDATORY_WINDOW)
        self.refresh_at = refresh_at

    def failed(self, error: Failure, *, background: bool) -> Credentials | None:
        """The source failed: the credentials to go on with; None if there are none, or if only the user mends it."""
        now, held = self._clock.time(), self.held
        # In the background no caller waits for the answer, and none fails for what time may still mend.
        final = is_final(error) and not background
        if final:
            self.error_until = now + ERROR_MEMORY
        if final or held is None:
            self.error, self.failed_at = error, time.monotonic()
            return None
        low, high = BACKOFF
        backoff = now + low + self._clock.random() * (high - low)
        # However long the backoff, the source is asked once more before they end, and when they do.
        end = held.expires_at.timestamp() if held.expires_at is not None else -math.inf
        self.refresh_at = min([backoff, *(at for at in (self.mandatory_at, end) if at > now)])
        self._backing_off = True
        return held

    def refuse(self) -> bool:
        """The service refused what is held. True if the next attempt may get others."""
        self.mandatory_at = -math.inf
        if self._backing_off and self._clock.time() < self.refresh_at:
            return False
        self.refresh_at = -math.inf
        return True


def is_final(error: Failure) -> bool:
    """Whether asking again would not help."""
    classes = type(error.__cause__).__mro__
    return isinstance(error, NoCredentialsError) or any(
        cls.__module__ == "botocore.exceptions" and cls.__name__ in _FINAL for cls in classes
    )
