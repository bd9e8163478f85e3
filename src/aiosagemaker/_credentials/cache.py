"""Credentials, where they come from, and how long they are kept.

`Credentials` and `CredentialsProvider` are what a user gives; `CredentialsCache` is what a client signs with.
The keeping follows the credential refresh behaviour that AWS's SDKs share: refresh early, in the background while
there is time; when a refresh fails, go on with what is there and ask the source less often
(https://github.com/smithy-lang/smithy-rs/pull/4774, https://github.com/boto/botocore/pull/3760).
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Protocol, cast

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import CredentialsError, NoCredentialsError
from .credentials import Credentials

if TYPE_CHECKING:
    from .credentials import CredentialsProvider, CredentialsSource

logger: logging.Logger = logging.getLogger(__name__)

MANDATORY_WINDOW = 60.0
"""Credentials this close to their end, in seconds, are refreshed before a call goes on."""
BACKOFF = (300.0, 600.0)
"""After a refresh failed, the source is left alone for a time drawn evenly from this range, in seconds."""
ERROR_MEMORY = 5.0
"""An error that asking again does not mend is raised again for this long, in seconds, without asking."""

Failure = NoCredentialsError | CredentialsError
_FAILURES = (NoCredentialsError, CredentialsError)


def advisory_window(lifetime: float) -> float:
    """How long before their end credentials are refreshed in the background, in seconds, from their lifetime."""
    minutes = lifetime / 60
    return 300.0 if minutes <= 20 else 900.0 if minutes < 90 else 3600.0


class Source(Protocol):
    """Where a cache gets credentials. Its `str` names it in messages."""

    longest_window: float
    """Asked earlier than this before the end, in seconds, it would give the same credentials again."""

    async def fetch(self) -> tuple[Credentials, bool]:
        """Credentials, and whether they may be kept."""
        ...

    def reset(self) -> None:
        """The service refused what `fetch` returned last."""
        ...


class CredentialsCache:
    """The credentials of one client: kept, refreshed ahead of their end, asked for once however many calls wait.

    An attempt takes `cache.current() or await cache.get()`. A cache belongs to one thread; it may serve one event
    loop after another.
    """

    def __init__(
        self,
        source: CredentialsSource | None,
        *,
        clock: Clock = SYSTEM_CLOCK,
        window: float | None = None,
        profile: str | None = None,
        region: str | None = None,
    ) -> None:
        """`window`, in seconds, replaces `advisory_window`; profile and region are for botocore's chain (None)."""
        self._clock = clock
        self._window = window
        self._static = source if isinstance(source, Credentials) else None
        self._source = _as_source(source, profile, region)
        self._held: Credentials | None = None
        self._refresh_at = -math.inf
        self._mandatory_at = -math.inf
        self._backing_off = False
        self._error: Failure | None = None
        self._error_until = -math.inf
        self._task: asyncio.Task[Credentials] | None = None

    @property
    def refresh_at(self) -> float:
        """The time, in seconds since the epoch, from which the source is asked again."""
        return self._refresh_at

    def __str__(self) -> str:
        """Where they come from."""
        return str(self._source)

    def current(self) -> Credentials | None:
        """The credentials, if a call can go on with them at once; None if it has to await `get`.

        Needs a running event loop: ahead of their end it starts their refresh in the background.
        """
        if self._static is not None:
            return self._static
        now = self._clock.time()
        if self._held is None or now < self._error_until:
            return None
        if now < self._refresh_at:
            return self._held
        if now < self._mandatory_at:
            self._start(background=True)
            return self._held
        return None

    async def get(self) -> Credentials:
        """The credentials, after their refresh if it is due. A caller that is cancelled cancels it for nobody else.

        Raises:
            NoCredentialsError: the source has none.
            CredentialsError: the source failed, and there are none to go on with.
        """
        if self._static is not None:
            return self._static
        now = self._clock.time()
        if self._error is not None and now < self._error_until:
            raise _again(self._error) from self._error.__cause__
        if self._held is not None and now < self._refresh_at:
            return self._held
        task = self._start(background=False)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError as error:
            caller = asyncio.current_task()
            if task.cancelled() and caller is not None and not caller.cancelling():
                raise CredentialsError(f"{self._source} was cancelled") from error
            raise
        except _FAILURES as error:
            raise _again(error) from error.__cause__

    def invalidate(self, credentials: Credentials) -> bool:
        """Say that the service refused these credentials. True if the next attempt may get others."""
        if self._static is not None:
            return False
        held = self._held
        if held is not None and (held.access_key, held.token) != (credentials.access_key, credentials.token):
            return True
        self._source.reset()
        self._mandatory_at = -math.inf
        if self._backing_off and self._clock.time() < self._refresh_at:
            return False
        self._refresh_at = -math.inf
        return True

    def _start(self, *, background: bool) -> asyncio.Task[Credentials]:
        loop = asyncio.get_running_loop()
        task = self._task
        if task is None or task.done() or task.get_loop() is not loop:
            task = self._task = loop.create_task(self._refresh(background))
            task.add_done_callback(_observe)
        return task

    async def _refresh(self, background: bool) -> Credentials:
        try:
            credentials, keep = await self._ask()
        except _FAILURES as error:
            return self._go_on_without(error, background)
        self._error = None
        self._error_until = -math.inf
        self._backing_off = False
        self._held = credentials if keep else None
        self._schedule(credentials)
        return credentials

    async def _ask(self) -> tuple[Credentials, bool]:
        try:
            credentials, keep = await self._source.fetch()
        except _FAILURES:
            raise
        except Exception as error:
            raise CredentialsError(f"{self._source} failed: {type(error).__name__}: {error}") from error
        end = credentials.expires_at
        if end is not None and end.timestamp() <= self._clock.time():
            raise CredentialsError(f"{self._source} gave credentials that had ended at {end}")
        return credentials, keep

    def _schedule(self, credentials: Credentials) -> None:
        if credentials.expires_at is None:
            self._refresh_at = self._mandatory_at = math.inf
            return
        now, end = self._clock.time(), credentials.expires_at.timestamp()
        window = self._window or min(advisory_window(end - now), self._source.longest_window)
        # Within its window already: a source may give the same credentials until shortly before their end, and is
        # not asked at each call until it gives others.
        soonest = now + max((end - now) / 2, 1.0)
        self._refresh_at = end - window if end - window > now else soonest
        self._mandatory_at = max(self._refresh_at, end - MANDATORY_WINDOW)

    def _go_on_without(self, error: Failure, background: bool) -> Credentials:
        now, held = self._clock.time(), self._held
        # In the background no caller waits for the answer, and none fails for what time may still mend.
        if _is_final(error) and not background:
            self._error, self._error_until = error, now + ERROR_MEMORY
            raise error
        if held is None:
            raise error
        low, high = BACKOFF
        backoff = now + low + self._clock.random() * (high - low)
        # However long the backoff, the source is asked once more before they end, and when they do.
        end = held.expires_at.timestamp() if held.expires_at is not None else -math.inf
        self._refresh_at = min([backoff, *(at for at in (self._mandatory_at, end) if at > now)])
        self._backing_off = True
        logger.warning("refreshing the credentials failed; going on with %r", held, exc_info=error)
        return held


def _again(error: Failure) -> Failure:
    # One instance raised at several callers would collect all their tracebacks.
    return type(error)(*error.args)


def _observe(task: asyncio.Task[Credentials]) -> None:
    # A failure nobody waits for any more was still seen: the next call meets it, or asks again.
    if not task.cancelled():
        task.exception()


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


def _is_final(error: Failure) -> bool:
    classes = type(error.__cause__).__mro__
    return isinstance(error, NoCredentialsError) or any(
        cls.__module__ == "botocore.exceptions" and cls.__name__ in _FINAL for cls in classes
    )


def _as_source(source: CredentialsSource | None, profile: str | None, region: str | None) -> Source:
    from .sources import ChainSource, ProviderSource, SessionSource

    get_credentials = getattr(source, "get_credentials", None)
    if get_credentials is not None:
        return SessionSource(get_credentials)
    # Credentials given as such are never asked for; any source will do.
    if source is None or isinstance(source, Credentials):
        return ChainSource(profile, region)
    return ProviderSource(cast("CredentialsProvider", source))
