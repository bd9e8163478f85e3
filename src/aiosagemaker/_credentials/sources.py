"""Where credentials come from: a callable, a session, or botocore's chain; the latter two may block, so in a thread."""

from __future__ import annotations

import asyncio
import inspect
import math
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from .._botocore import botocore
from .._errors import CredentialsError, NoCredentialsError
from .credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from .credentials import CredentialsProvider

LONGEST_WINDOW = 15 * 60.0
"""botocore itself refreshes in the last quarter of an hour, not before (botocore/credentials.py)."""

_HELP = (
    "Give credentials= (Credentials, an async callable, a session), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or set up a profile (`aws configure`, `aws sso login`)."
)


class ProviderSource:
    """The user's async callable."""

    longest_window = math.inf

    def __init__(self, provider: CredentialsProvider) -> None:
        self._provider = provider

    def __str__(self) -> str:
        name = getattr(self._provider, "__qualname__", type(self._provider).__qualname__)
        return f"the credentials provider {name}"

    async def fetch(self) -> tuple[Credentials, bool]:
        answer: object = self._provider()
        if not inspect.isawaitable(answer):
            raise CredentialsError(f"{self} is not async: it returned {type(answer).__qualname__}")
        credentials = cast("object", await answer)
        if not isinstance(credentials, Credentials):
            raise CredentialsError(f"{self} returned {type(credentials).__qualname__}, not Credentials")
        return credentials, credentials.expires_at is not None

    def reset(self) -> None:
        """Nothing: what the callable keeps is its own."""


class SessionSource:
    """The credentials of a session that the user made."""

    longest_window = LONGEST_WINDOW

    def __init__(self, get_credentials: Callable[[], Any]) -> None:
        self._get_credentials = get_credentials

    def __str__(self) -> str:
        return "the session given as credentials"

    async def fetch(self) -> tuple[Credentials, bool]:
        return await asyncio.to_thread(self._fetch)

    def _fetch(self) -> tuple[Credentials, bool]:
        found = self._get_credentials()
        if found is None:
            raise NoCredentialsError(f"{self} has no credentials. {_HELP}")
        return _frozen(found, str(self))

    def reset(self) -> None:
        """Nothing: the session is the user's."""


class ChainSource:
    """botocore's chain: environment, profile (keys, role, web identity, SSO, process), container, instance."""

    longest_window = LONGEST_WINDOW

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        self._profile = profile
        self._region = region
        self._found: Any = None

    def __str__(self) -> str:
        return "botocore's chain of credentials"

    async def fetch(self) -> tuple[Credentials, bool]:
        return await asyncio.to_thread(self._fetch)

    def _fetch(self) -> tuple[Credentials, bool]:
        found = self._found or self._search()
        frozen = _frozen(found, str(self))
        self._found = found
        return frozen

    def _search(self) -> Any:
        # botocore's own order of the two variables is the other way round.
        names = {"profile": (None, ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], None, None)}
        session = botocore("session").Session(profile=self._profile, session_vars=names)
        if self._region is not None:
            # The chain's own calls, to STS, go to the client's region.
            session.set_config_variable("region", self._region)
        found = session.get_credentials()
        if found is None:
            chain = session.get_component("credential_provider")
            tried = ", ".join(str(provider.METHOD) for provider in chain.providers)
            raise NoCredentialsError(f"no credentials were found; {self} tried {tried}. {_HELP}")
        return found

    def reset(self) -> None:
        """Search anew: a file or a variable may have changed."""
        self._found = None


def _frozen(found: Any, origin: str) -> tuple[Credentials, bool]:
    """What botocore has found, and whether it may be kept: not if it changes at a time that botocore does not tell."""
    if not hasattr(found, "get_frozen_credentials"):
        raise CredentialsError(f"{origin} gave {type(found).__qualname__}, not botocore's Credentials")
    frozen = found.get_frozen_credentials()
    end = getattr(found, "_expiry_time", None)
    if not isinstance(end, datetime) or end.utcoffset() is None:
        end = None
    credentials = Credentials(frozen.access_key, frozen.secret_key, frozen.token or None, end)
    return credentials, end is not None or not hasattr(found, "refresh_needed")
