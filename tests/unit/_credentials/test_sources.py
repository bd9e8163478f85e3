"""Where credentials come from: callables and sessions."""

from __future__ import annotations

import asyncio
import os
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.unit._credentials.doubles import START, Frozen, Provider, Refreshable, Session, TestClock

from aiosagemaker._config.identity import credentials_cache
from aiosagemaker._config.resolution import resolve
from aiosagemaker._credentials.cache import CredentialsCache
from aiosagemaker.config import Config
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import CredentialsError, NoCredentialsError


def fail() -> Any:
    raise OSError("unreachable")


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment without credentials, for botocore too."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    environ = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return environ


def write(path: str, text: str) -> None:
    Path(path).write_text(text)


def cache_for(environ: dict[str, str], **fields: Any) -> CredentialsCache:
    return credentials_cache(resolve(Config(**fields), "sagemaker", environ))


async def test_provider_that_cancels_itself(clock: TestClock) -> None:
    """A provider that ends as if cancelled fails the call, which nobody cancelled."""
    cache = CredentialsCache(Provider(clock, asyncio.CancelledError()), clock=clock)
    with pytest.raises(CredentialsError, match="was cancelled"):
        await cache.get()


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        (lambda: Credentials("a", "s"), "is not async: it returned Credentials"),
        (lambda: asyncio.sleep(0, ("a", "s")), "returned tuple, not Credentials"),
        (lambda: asyncio.sleep(0), "returned NoneType, not Credentials"),
        (lambda missing: None, "failed: TypeError"),
    ],
)
async def test_wrong_provider(provider: Any, text: str, clock: TestClock) -> None:
    """A provider that is called, or answers, in the wrong way is an error that says so."""
    with pytest.raises(CredentialsError, match=text):
        await CredentialsCache(provider, clock=clock).get()


async def test_session_off_the_event_loop(clock: TestClock) -> None:
    """A session is asked in another thread, and not again while its credentials hold."""
    end = datetime.fromtimestamp(START + 3600, timezone(timedelta(hours=2)))
    session = Session(Refreshable(end))
    cache = CredentialsCache(session, clock=clock)
    credentials = await cache.get()
    assert credentials == Credentials("AKID", "secret", None, end)
    clock.now += 2600
    assert cache.current() is credentials
    assert len(session.threads) == 1
    assert session.threads[0] is not threading.main_thread()


async def test_session_is_not_asked_before_botocore_refreshes(clock: TestClock) -> None:
    """botocore refreshes in the last quarter of an hour, so long-lived credentials of it are kept until then."""
    cache = CredentialsCache(Session(Refreshable(datetime.fromtimestamp(START + 21600, UTC))), clock=clock)
    await cache.get()
    assert cache.refresh_at == START + 21600 - 900


@pytest.mark.parametrize(("found", "kept"), [(Frozen(), True), (Refreshable(None), False)])
async def test_session_without_an_end(found: Any, kept: bool, clock: TestClock) -> None:
    """Credentials of botocore without an end are kept, unless they change at a time that cannot be known."""
    cache = CredentialsCache(Session(found), clock=clock)
    credentials = await cache.get()
    assert cache.current() == (credentials if kept else None)


@pytest.mark.parametrize(
    ("found", "error", "text"),
    [
        (None, NoCredentialsError, "the session given as credentials has no credentials. Give credentials="),
        (fail, CredentialsError, "the session given as credentials failed: OSError: unreachable"),
        (("a", "s"), CredentialsError, "gave tuple, not botocore's Credentials"),
    ],
)
async def test_session_fails(found: Any, error: type[Exception], text: str, clock: TestClock) -> None:
    """A session without credentials, one that fails and one that is none are told apart."""
    with pytest.raises(error, match=text):
        await CredentialsCache(Session(found), clock=clock).get()


async def test_real_sessions(environ: dict[str, str]) -> None:
    """Sessions of botocore and of boto3 both give their credentials."""
    import boto3
    import botocore.session

    path = environ["AWS_SHARED_CREDENTIALS_FILE"]
    write(path, "[p]\naws_access_key_id = A\naws_secret_access_key = s\n")
    sessions: list[Any] = [botocore.session.Session(profile="p"), boto3.Session(profile_name="p")]
    for session in sessions:
        assert await cache_for(environ, credentials=session).get() == Credentials("A", "s")
