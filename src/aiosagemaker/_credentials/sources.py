"""Where credentials come from: the user's callable, or a session of botocore or boto3, which may block."""

from __future__ import annotations

import asyncio
import inspect
import math
from abc import ABC, abstractmethod
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from .._errors import CredentialsError, NoCredentialsError
from .._threads import in_thread
from .credentials import Credentials

if TYPE_CHECKING:
    from .credentials import BotocoreSession, CredentialsProvider

Failure = NoCredentialsError | CredentialsError
FAILURES = (NoCredentialsError, CredentialsError)
F = TypeVar("F", bound=Failure)

BOTOCORE_WINDOW = 15 * 60.0
"""botocore itself refreshes in the last quarter of an hour, not before (botocore/credentials.py)."""

HELP = (
    "Give credentials= (Credentials, an async callable, a session), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or set up a profile (`aws configure`, `aws sso login`)."
)


class Answer(NamedTuple):
    """What a source gave."""

    credentials: Credentials
    keep: bool
    """Whether they may be kept: not if they change at a time that the source does not tell."""


class Asking(NamedTuple):
    """A source that was asked. What comes is an Answer or one of FAILURES; or it is cancelled, with its event loop."""

    answer: Future[Answer]
    loop: asyncio.AbstractEventLoop | None
    """What it needs running to go on; None: nothing."""


class Source(ABC):
    """Where a cache gets credentials. Its `str` names it in messages."""

    longest_window: float = math.inf
    """Asked earlier than this before the end, in seconds, it would give the same credentials again."""

    @abstractmethod
    def ask(self) -> Asking:
        """Ask for credentials."""

    def reset(self) -> None:  # noqa: B027 - most have nothing to forget
        """The service refused what it gave last, or this is another process now: what is kept here is forgotten."""

    @abstractmethod
    def __str__(self) -> str: ...

    def failed(self, error: BaseException) -> Failure:
        """The error of this library for what went wrong. To be raised, or passed on."""
        if isinstance(error, FAILURES):
            return error
        failure = CredentialsError(f"{self} failed: {type(error).__name__}: {error}")
        failure.__cause__ = error
        return failure


class ProviderSource(Source):
    """The user's async callable, called in the event loop that asks."""

    def __init__(self, provider: CredentialsProvider) -> None:
        self._provider = provider

    def __str__(self) -> str:
        name = getattr(self._provider, "__qualname__", type(self._provider).__qualname__)
        return f"the credentials provider {name}"

    def ask(self) -> Asking:
        loop = asyncio.get_running_loop()
        answer: Future[Answer] = Future()
        task = loop.create_task(self._call())

        def pass_on(task: asyncio.Task[Answer]) -> None:
            if task.cancelled() and task.cancelling():
                answer.cancel()  # by the end of the loop: whoever waits in another one may ask there
            elif task.cancelled():
                answer.set_exception(CredentialsError(f"{self} was cancelled"))
            elif (error := task.exception()) is not None:
                answer.set_exception(self.failed(error))
            else:
                answer.set_result(task.result())

        task.add_done_callback(pass_on)
        return Asking(answer, loop)

    async def _call(self) -> Answer:
        answer: object = self._provider()
        if not inspect.isawaitable(answer):
            raise CredentialsError(f"{self} is not async: it returned {type(answer).__qualname__}")
        credentials = cast("object", await answer)
        if not isinstance(credentials, Credentials):
            raise CredentialsError(f"{self} returned {type(credentials).__qualname__}, not Credentials")
        return Answer(credentials, credentials.expires_at is not None)


class BlockingSource(Source):
    """What may block, so that it is asked in a thread. The program's exit does not wait for it."""

    longest_window = BOTOCORE_WINDOW

    def ask(self) -> Asking:
        return Asking(in_thread(self._ask, "aiosagemaker credentials"), None)

    def _ask(self) -> Answer:
        try:
            return self.fetch()
        except Exception as error:
            failure = self.failed(error)
        # botocore's frames have keys and tokens among their locals.
        raise _without_frames(failure)

    @abstractmethod
    def fetch(self) -> Answer:
        """The credentials. May take its time, and raise whatever it likes."""


class SessionSource(BlockingSource):
    """The credentials of a session that the user made."""

    def __init__(self, session: BotocoreSession) -> None:
        self._session = session

    def __str__(self) -> str:
        return "the session given as credentials"

    def fetch(self) -> Answer:
        found = self._session.get_credentials()
        if found is None:
            raise NoCredentialsError(f"{self} has no credentials. {HELP}")
        return frozen(found, str(self))


def frozen(found: Any, origin: str) -> Answer:
    """What botocore has found, as it is now.

    Raises:
        CredentialsError: it is none of botocore's; `origin` says where it came from.
    """
    if not hasattr(found, "get_frozen_credentials"):
        raise CredentialsError(f"{origin} gave {type(found).__qualname__}, not botocore's Credentials")
    now = found.get_frozen_credentials()
    end = getattr(found, "_expiry_time", None)
    if not isinstance(end, datetime) or end.utcoffset() is None:
        end = None
    credentials = Credentials(now.access_key, now.secret_key, now.token or None, end)
    return Answer(credentials, end is not None or not hasattr(found, "refresh_needed"))


def _without_frames(failure: F) -> F:
    todo: list[BaseException | None] = [failure]
    seen: set[int] = set()
    while todo:
        error = todo.pop()
        if error is not None and id(error) not in seen:
            seen.add(id(error))
            error.__traceback__ = None
            todo += (error.__cause__, error.__context__)
    return failure


def as_source(given: Source | CredentialsProvider | BotocoreSession) -> Source:
    """The source for what a user gave as credentials; a source is its own."""
    if isinstance(given, Source):
        return given
    if hasattr(given, "get_credentials"):
        return SessionSource(cast("BotocoreSession", given))
    provider: Any = given  # mypy and pyright do not agree on what is left of it
    return ProviderSource(provider)
