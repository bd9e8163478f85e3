"""What a client signs with: kept, refreshed ahead of its end, asked for once however many calls wait."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import CredentialsError
from .credentials import Credentials
from .keeping import Keeping
from .sources import FAILURES, Source, as_source

if TYPE_CHECKING:
    from .credentials import BotocoreSession, CredentialsProvider
    from .sources import Answer, Failure

logger: logging.Logger = logging.getLogger(__name__)

STRANDED_CHECK = 1.0
"""How often, in seconds, a caller looks whether the other event loop, in which the source is asked, still runs."""


class _Refresh:
    """The source is being asked; whoever needs the credentials, in whatever event loop, waits for this."""

    __slots__ = ("background", "done", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop | None, *, background: bool) -> None:
        self.background = background
        self.loop = loop
        self.done: Future[Credentials | Failure | None] = Future()
        """What came of it; None: nothing, because its event loop ended."""
        # From now on a waiter that is cancelled does not cancel it for the others.
        self.done.set_running_or_notify_cancel()

    def is_stranded(self) -> bool:
        return self.loop is not None and self.loop is not asyncio.get_running_loop() and not self.loop.is_running()

    async def wait(self) -> Credentials | Failure | None:
        """What comes of it; None as well if its event loop is found to have ended."""
        waiter = asyncio.wrap_future(self.done)
        try:
            while self.loop is not None and self.loop is not asyncio.get_running_loop():
                done, _ = await asyncio.wait((waiter,), timeout=STRANDED_CHECK)
                if done:
                    break
                if self.is_stranded():
                    return None
            return await waiter
        finally:
            waiter.cancel()


class CredentialsCache:
    """The credentials of one identity, for every client that has it. An attempt takes `current() or await get()`.

    Any thread and any event loop may use it, and a process that was forked.
    """

    def __init__(
        self,
        source: Credentials | Source | CredentialsProvider | BotocoreSession,
        *,
        clock: Clock = SYSTEM_CLOCK,
        window: float | None = None,
    ) -> None:
        """`window`, in seconds, replaces `advisory_window`."""
        self._static = source if isinstance(source, Credentials) else None
        self._source = None if isinstance(source, Credentials) else as_source(source)
        self._clock = clock
        self._keeping = Keeping(clock, window)
        self._lock = threading.Lock()
        self._refresh: _Refresh | None = None

    def __str__(self) -> str:
        """Where they come from, and as far as it is known what is being asked."""
        return "Config.credentials" if self._source is None else str(self._source)

    @property
    def waiting(self) -> object:
        """What a call says that it is doing while it waits; whom it waits for is found out when that is printed."""
        return _Waiting(self)

    @property
    def refresh_at(self) -> float:
        """The time, in seconds since the epoch, from which the source is asked again."""
        return self._keeping.refresh_at

    def current(self) -> Credentials | None:
        """The credentials, if a call can go on with them at once; None if it has to await `get`.

        Needs a running event loop: ahead of their end it starts their refresh in the background.
        """
        if self._static is not None:
            return self._static
        keeping = self._keeping
        now, held = self._clock.time(), keeping.held
        if held is None or now < keeping.error_until:
            return None
        if now < keeping.refresh_at:
            return held
        if now < keeping.mandatory_at:
            self._begin(background=True)
            return held
        return None

    async def get(self, since: float | None = None) -> Credentials:
        """The credentials, after their refresh if it is due. A caller that is cancelled cancels it for nobody else.

        `since`: when the call began that needs them, by `time.monotonic`. If the source has failed since
        then, it is not asked once more for this call.

        Raises:
            NoCredentialsError: the source has none.
            CredentialsError: the source failed, and there are none to go on with.
        """
        if self._static is not None:
            return self._static
        while True:
            now, keeping = self._clock.time(), self._keeping
            error, held = keeping.error, keeping.held
            if error is not None and (now < keeping.error_until or (since is not None and since <= keeping.failed_at)):
                raise _again(error) from error.__cause__
            if held is not None and now < keeping.refresh_at:
                return held
            outcome = await self._begin(background=False).wait()
            if isinstance(outcome, Credentials):
                return outcome
            if outcome is not None:
                raise _again(outcome) from outcome.__cause__

    def invalidate(self, credentials: Credentials) -> bool:
        """Say that the service refused these credentials. True if the next attempt may get others."""
        if self._source is None:
            return False
        with self._lock:
            held = self._keeping.held
            if held is not None and (held.access_key, held.token) != (credentials.access_key, credentials.token):
                return True
            self._source.reset()
            return self._keeping.refuse()

    def after_fork(self) -> None:
        """In the child: what other threads of the parent held or were doing is not here."""
        self._lock = threading.Lock()
        if self._refresh is not None and self._source is not None:
            self._refresh = None
            self._source.reset()

    def _begin(self, *, background: bool) -> _Refresh:
        assert self._source is not None
        with self._lock:
            refresh = self._refresh
            if refresh is not None and not refresh.is_stranded():
                return refresh
            asking = self._source.ask()
            refresh = self._refresh = _Refresh(asking.loop, background=background)
        asking.answer.add_done_callback(lambda answer: self._end(refresh, answer))
        return refresh

    def _end(self, refresh: _Refresh, answer: Future[Answer]) -> None:
        outcome: Credentials | Failure | None = None
        with self._lock:
            if self._refresh is refresh:
                self._refresh = None
            if not answer.cancelled():
                try:
                    outcome = self._received(answer)
                except FAILURES as error:
                    outcome = self._failed(error, background=refresh.background)
        refresh.done.set_result(outcome)

    def _received(self, answer: Future[Answer]) -> Credentials:
        assert self._source is not None
        credentials, keep = answer.result()
        end = credentials.expires_at
        if end is not None and end.timestamp() <= self._clock.time():
            raise CredentialsError(f"{self._source} gave credentials that had ended at {end}")
        self._keeping.received(credentials, keep=keep, longest_window=self._source.longest_window)
        return credentials

    def _failed(self, error: Failure, *, background: bool) -> Credentials | Failure:
        held = self._keeping.failed(error, background=background)
        if held is None:
            return error
        # Not the error's text: it may be what a helper wrote, secrets included. Once they end, a call raises it.
        cause = type(error.__cause__ or error).__name__
        logger.warning("refreshing the credentials from %s failed (%s); going on with %r", self._source, cause, held)
        return held


class _Waiting:
    __slots__ = ("_cache",)

    def __init__(self, cache: CredentialsCache) -> None:
        self._cache = cache

    def __str__(self) -> str:
        return f"waiting for credentials from {self._cache}"


def _again(error: Failure) -> Failure:
    # One instance raised at several callers would collect all their tracebacks.
    return type(error)(*error.args)
