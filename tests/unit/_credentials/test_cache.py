"""Credentials, and how long they are kept."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from aiosagemaker._clock import Clock
from aiosagemaker._config.identity import credentials_cache
from aiosagemaker._config.resolution import resolve
from aiosagemaker._credentials.cache import CredentialsCache, advisory_window
from aiosagemaker.config import Config
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import ConfigError, CredentialsError, InvalidConfigError, NoCredentialsError

VECTORS = Path(__file__).parents[4] / "shared/vectors/credential-refresh/credential-refresh-tests.json"
START = datetime(2030, 1, 1, tzinfo=UTC).timestamp()


class TestClock(Clock):
    """Time that stands still unless told, and chance that is always the same."""

    __test__ = False

    def __init__(self) -> None:
        self.now = START
        self.chance = 0.4

    def time(self) -> float:
        return self.now

    def random(self) -> float:
        return self.chance


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


class Provider:
    """A source whose answers are scripted: lifetimes in seconds, None for no end, or errors; the last one repeats."""

    def __init__(self, clock: Clock, *answers: float | BaseException | None) -> None:
        self.clock = clock
        self.answers = list(answers)
        self.asked = 0
        self.gate: asyncio.Event | None = None

    async def __call__(self) -> Credentials:
        self.asked += 1
        if self.gate:
            await self.gate.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        end = None if answer is None else datetime.fromtimestamp(self.clock.time() + answer, UTC)
        return Credentials(f"AKID-{self.asked}", "secret", "token", end)


async def settle() -> None:
    """Let what runs in the background end."""
    for _ in range(10):
        await asyncio.sleep(0)


# Values


def test_repr_has_no_secrets() -> None:
    """The repr shows the access key's last four characters and neither secret nor token."""
    text = repr(Credentials("AKIDEXAMPLE00001234", "the-secret", "the-token"))
    assert "1234" in text
    assert "AKID" not in text
    assert "the-" not in text
    assert text.count("<redacted>") == 2
    assert "short" not in repr(Credentials("short", "the-secret"))


@pytest.mark.parametrize("field", ["access_key", "secret_key", "token"])
@pytest.mark.parametrize("value", ["", "key\n", "k\x00ey", "\tkey", " key", "schlüssel", 5, b"key"])
def test_refused(field: str, value: Any) -> None:
    """A key that is empty or no printable ASCII text is refused, and the message does not have it."""
    with pytest.raises(InvalidConfigError, match=rf"Credentials\.{field}") as caught:
        Credentials(**{"access_key": "a", "secret_key": "s", field: value})
    assert not value or str(value) not in str(caught.value)
    assert isinstance(caught.value, ConfigError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("field", ["access_key", "secret_key"])
def test_missing_key_refused(field: str) -> None:
    """The keys cannot be None, as they are when they come from an environment that does not have them."""
    keys: dict[str, Any] = {"access_key": "a", "secret_key": "s", field: None}
    with pytest.raises(InvalidConfigError):
        Credentials(**keys)


@pytest.mark.parametrize("value", [datetime(2030, 1, 1), 5, "2030-01-01T00:00:00Z"])
def test_expires_at_refused(value: Any) -> None:
    """An end that is not an aware datetime is refused."""
    with pytest.raises(InvalidConfigError, match="expires_at"):
        Credentials("a", "s", expires_at=value)


@pytest.mark.parametrize(
    ("lifetime", "window"), [(60, 300), (1200, 300), (1201, 900), (5399, 900), (5400, 3600), (21600, 3600)]
)
def test_advisory_window(lifetime: float, window: float) -> None:
    """The longer credentials live, the earlier they are refreshed."""
    assert advisory_window(lifetime) == window


# The agreed behaviour


def refresh_cases() -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the vectors are not here"))]
    return [pytest.param(case, id=case["documentation"][:70]) for case in json.loads(VECTORS.read_text())]


LIFETIME = 1200.0
REMAINING = {"valid": 1100.0, "advisory": 200.0, "mandatory": 30.0, "expired": -60.0}


@pytest.mark.parametrize("case", refresh_cases())
async def test_refresh_vectors(case: dict[str, Any], clock: TestClock) -> None:
    """A cache refreshes, goes on with what it has, backs off and raises as AWS's SDKs agree."""
    given = case["given"]
    response: list[tuple[str, float]] = []
    asked = 0

    async def source() -> Credentials:
        nonlocal asked
        asked += 1
        kind, lifetime = response[0]
        if kind == "error":
            raise OSError("unreachable")
        if kind == "nonRecoverableError":
            raise NoCredentialsError("log in again")
        lifetime = -1.0 if kind == "staleCredentials" else lifetime
        return Credentials(f"NEW-{asked}", "s", "t", datetime.fromtimestamp(clock.now + lifetime, UTC))

    clock.chance = (given.get("refreshBackoffSeconds", 420) - 300) / 300
    cache = CredentialsCache(source, clock=clock, window=given.get("configuredAdvisoryWindowSeconds"))
    held: Credentials | None = None
    if given["cachedCredentials"] != "none":
        first = Credentials(given.get("accessKeyId", "CACHED"), "s", "t", datetime.fromtimestamp(START + LIFETIME, UTC))

        async def once() -> Credentials:
            return first

        cache = CredentialsCache(lambda: once() if held is None else source(), clock=clock)
        held = await cache.get()
        clock.now += LIFETIME - REMAINING[given["cachedCredentials"]]
    for step in case["steps"]:
        if step["type"] == "advanceTime":
            clock.now += step["seconds"]
        elif step["type"] == "invalidate":
            cache.invalidate(Credentials(step["rejectedAccessKeyId"], "s", "t"))
        else:
            expected = step["expected"]
            response[:] = [(step.get("response", ""), step.get("lifetimeSeconds", 3600))]
            before = asked
            try:
                got = await cache.get()
            except NoCredentialsError:
                assert expected["result"] == "nonRecoverableError"
            except CredentialsError:
                assert expected["result"] == "noCredentialsError"
            else:
                if expected["result"] == "cachedCredentials":
                    assert got == held
                else:
                    assert expected["result"] == "newCredentials"
                    assert got.access_key == f"NEW-{asked}"
                    held = got
            assert (asked > before) == expected["sourceContacted"]
            ended = held is not None and held.expires_at is not None and held.expires_at.timestamp() <= clock.now
            assert (asked == before and ended) == expected["rateLimited"]
            if "advisoryWindowSeconds" in expected:
                assert held
                assert held.expires_at
                assert held.expires_at.timestamp() - cache.refresh_at == expected["advisoryWindowSeconds"]


# Keeping


async def test_static(clock: TestClock) -> None:
    """Credentials given as such are used as they are, and refusing them changes nothing."""
    credentials = Credentials("a", "s", expires_at=datetime.fromtimestamp(START - 1, UTC))
    cache = CredentialsCache(credentials, clock=clock)
    assert cache.current() is credentials
    assert await cache.get() is credentials
    assert cache.invalidate(credentials) is False
    assert cache.current() is credentials


async def test_kept_without_waiting(clock: TestClock) -> None:
    """Once credentials are there, calls take them without awaiting, and the source is left alone."""
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)
    assert cache.current() is None
    assert cache.current() is None
    credentials = await cache.get()
    clock.now += 2600
    assert cache.current() is credentials
    assert await cache.get() is credentials
    assert provider.asked == 1


async def test_refresh_in_the_background(clock: TestClock) -> None:
    """Ahead of their end calls go on with what is there while one refresh runs, and then take the new ones."""
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)
    first = await cache.get()
    clock.now += 2800
    assert [cache.current() for _ in range(3)] == [first] * 3
    await settle()
    assert provider.asked == 2
    second = cache.current()
    assert second is not None
    assert second.access_key == "AKID-2"


async def test_refresh_before_the_end_is_awaited(clock: TestClock) -> None:
    """In their last minute credentials are refreshed before a call goes on."""
    cache = CredentialsCache(Provider(clock, 3600), clock=clock)
    await cache.get()
    clock.now += 3541
    assert cache.current() is None
    assert (await cache.get()).access_key == "AKID-2"


@pytest.mark.parametrize("error", [OSError("unreachable"), NoCredentialsError("log in again")])
async def test_failure_in_the_background(error: Exception, clock: TestClock, caplog: pytest.LogCaptureFixture) -> None:
    """A refresh that fails in the background fails no call, is logged without secrets, and is tried again later."""
    provider = Provider(clock, 3600, error, 3600)
    cache = CredentialsCache(provider, clock=clock)
    first = await cache.get()
    clock.now += 2800
    with caplog.at_level(logging.WARNING):
        assert cache.current() is first
        await settle()
    assert "going on with" in caplog.text
    assert "'secret'" not in caplog.text
    clock.now += 419
    assert cache.current() is first
    await settle()
    assert provider.asked == 2
    clock.now += 2
    assert cache.current() is first
    await settle()
    assert provider.asked == 3


async def test_backoff_does_not_outlast_the_credentials(clock: TestClock) -> None:
    """However long the backoff, the source is asked again in the last minute, and at the end."""
    provider = Provider(clock, 900, OSError("unreachable"))
    cache = CredentialsCache(provider, clock=clock)
    first = await cache.get()
    asked: list[int] = []
    for remaining in (299, 100, 59, 30, -1, -100, -419, -422):
        assert first.expires_at
        clock.now = first.expires_at.timestamp() - remaining
        assert await cache.get() is first
        asked.append(provider.asked)
    assert asked == [2, 2, 3, 3, 4, 4, 4, 5]


async def test_same_answer_is_not_asked_for_at_each_call(clock: TestClock) -> None:
    """A source that gives the same credentials until shortly before their end is asked ever so often, not always."""
    end = datetime.fromtimestamp(START + 600, UTC)
    asked = 0

    async def source() -> Credentials:
        nonlocal asked
        asked += 1
        return Credentials("a", "s", "t", end)

    cache = CredentialsCache(source, clock=clock)
    for _ in range(600):
        assert cache.current() or await cache.get()
        await settle()
        clock.now += 1
    assert asked < 15


async def test_no_end_is_asked_for_each_time(clock: TestClock) -> None:
    """Credentials without an end are the callable's own to keep: new keys count at the next attempt, a failure too."""
    provider = Provider(clock, None, None, OSError("unreachable"), None)
    cache = CredentialsCache(provider, clock=clock)
    for expected in ("AKID-1", "AKID-2"):
        assert cache.current() is None
        assert (await cache.get()).access_key == expected
    with pytest.raises(CredentialsError):
        await cache.get()
    assert (await cache.get()).access_key == "AKID-4"


async def test_invalidate(clock: TestClock) -> None:
    """Refused credentials are replaced before the next attempt; refusing those already replaced changes nothing."""
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)
    first = await cache.get()
    assert cache.invalidate(first) is True
    assert cache.current() is None
    second = await cache.get()
    assert second.access_key == "AKID-2"
    assert cache.invalidate(first) is True
    assert cache.current() is second


async def test_invalidate_while_backing_off(clock: TestClock) -> None:
    """While the source is left alone, refusing its credentials promises no others."""
    cache = CredentialsCache(Provider(clock, 60, OSError("unreachable")), clock=clock)
    first = await cache.get()
    clock.now += 100
    assert await cache.get() is first
    assert cache.invalidate(first) is False
    assert cache.current() is first


# One refresh at a time


async def test_single_flight(clock: TestClock) -> None:
    """However many calls wait, the source is asked once."""
    provider = Provider(clock, 3600)
    provider.gate = asyncio.Event()
    cache = CredentialsCache(provider, clock=clock)
    waiters = [asyncio.ensure_future(cache.get()) for _ in range(50)]
    await settle()
    provider.gate.set()
    assert len(set(await asyncio.gather(*waiters))) == 1
    assert provider.asked == 1


async def test_cancelled_waiter(clock: TestClock) -> None:
    """A caller that is cancelled, even the first one, does not cancel the refresh for the others."""
    provider = Provider(clock, 3600)
    provider.gate = asyncio.Event()
    cache = CredentialsCache(provider, clock=clock)
    first, second = asyncio.ensure_future(cache.get()), asyncio.ensure_future(cache.get())
    await settle()
    first.cancel()
    await settle()
    assert first.cancelled()
    provider.gate.set()
    assert (await second).access_key == "AKID-1"
    assert provider.asked == 1


async def test_failure_reaches_every_waiter(clock: TestClock) -> None:
    """All who wait get the failure, each an instance of its own, chained to the cause."""
    cause = OSError("unreachable")
    provider = Provider(clock, cause)
    cache = CredentialsCache(provider, clock=clock)
    errors = await asyncio.gather(*(cache.get() for _ in range(3)), return_exceptions=True)
    assert len({id(error) for error in errors}) == 3
    for error in errors:
        assert isinstance(error, CredentialsError)
        assert error.__cause__ is cause
        assert "Provider failed: OSError: unreachable" in str(error)


async def test_failure_without_waiters(clock: TestClock, recwarn: pytest.WarningsRecorder) -> None:
    """A refresh that fails after its only caller is gone leaves nothing behind."""
    unhandled: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    provider = Provider(clock, OSError("unreachable"))
    provider.gate = asyncio.Event()
    cache = CredentialsCache(provider, clock=clock)
    waiter = asyncio.ensure_future(cache.get())
    await settle()
    waiter.cancel()
    await settle()
    provider.gate.set()
    await settle()
    del cache, waiter
    gc.collect()
    assert not unhandled


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


async def test_already_ended(clock: TestClock) -> None:
    """Credentials that come too late are a failure of their source."""
    with pytest.raises(CredentialsError, match="had ended at 2029-12-31"):
        await CredentialsCache(Provider(clock, -60), clock=clock).get()


def test_sequential_event_loops(clock: TestClock) -> None:
    """A cache whose loop ended, even in the middle of a refresh, serves the next loop."""
    provider = Provider(clock, 3600)
    cache = CredentialsCache(provider, clock=clock)

    async def leave_in_the_middle() -> None:
        provider.gate = asyncio.Event()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(cache.get(), 0.001)

    asyncio.run(leave_in_the_middle())
    provider.gate = None
    first = asyncio.run(cache.get())
    assert asyncio.run(cache.get()) is first
    clock.now += 3550
    assert asyncio.run(cache.get()) is not first


# botocore


class Frozen:
    """botocore's credentials that do not end."""

    access_key, secret_key, token = "AKID", "secret", ""

    def get_frozen_credentials(self) -> Frozen:
        return self


class Refreshable(Frozen):
    """botocore's credentials that end at a time they may tell."""

    def __init__(self, end: datetime | None) -> None:
        self._expiry_time = end

    def refresh_needed(self) -> bool:
        return False


class Session:
    """A session that counts, and notes the thread that asks."""

    def __init__(self, found: Any) -> None:
        self.found = found
        self.threads: list[threading.Thread] = []

    def get_credentials(self) -> Any:
        self.threads.append(threading.current_thread())
        return self.found() if callable(self.found) else self.found


def fail() -> Any:
    raise OSError("unreachable")


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


async def test_final_error_of_botocore(clock: TestClock) -> None:
    """An error that only the user mends is raised, though old credentials hold, and not asked for again at once."""
    from botocore.exceptions import UnauthorizedSSOTokenError

    found: list[Any] = [Refreshable(datetime.fromtimestamp(START + 3600, UTC))]

    def logged_out() -> Any:
        raise UnauthorizedSSOTokenError

    session = Session(lambda: found[0]() if callable(found[0]) else found[0])
    cache = CredentialsCache(session, clock=clock)
    await cache.get()
    found[0] = logged_out
    clock.now += 3550
    for _ in range(2):
        assert cache.current() is None
        with pytest.raises(CredentialsError, match="SSO"):
            await cache.get()
    assert len(session.threads) == 2


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


async def test_chain_finds_nothing(environ: dict[str, str]) -> None:
    """Without credentials anywhere the error says what was tried and what would help."""
    with pytest.raises(NoCredentialsError, match=r"tried env, .*iam-role\. Give credentials="):
        await cache_for(environ).get()


async def test_chain_environment_and_profile(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's keys win over a profile that the environment names, and lose to one that the user names."""
    write(
        environ["AWS_SHARED_CREDENTIALS_FILE"],
        "[p]\naws_access_key_id = FROM-P\naws_secret_access_key = s\n"
        "[q]\naws_access_key_id = FROM-Q\naws_secret_access_key = s\n",
    )
    variables = {"AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "q"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    environ |= variables
    assert (await cache_for(environ).get()).access_key == "FROM-P"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "FROM-ENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert (await cache_for(environ).get()).access_key == "FROM-ENV"
    assert (await cache_for(environ, profile="q").get()).access_key == "FROM-Q"


async def test_chain_searches_anew_when_refused(environ: dict[str, str]) -> None:
    """After the service refused them, keys that were changed in the file are found."""
    path = environ["AWS_SHARED_CREDENTIALS_FILE"]
    write(path, "[default]\naws_access_key_id = OLD\naws_secret_access_key = s\n")
    cache = cache_for(environ, region="eu-west-1")
    old = await cache.get()
    write(path, "[default]\naws_access_key_id = NEW\naws_secret_access_key = s\n")
    assert cache.current() is old
    assert cache.invalidate(old)
    assert (await cache.get()).access_key == "NEW"


async def test_chain_process_with_an_end(environ: dict[str, str], tmp_path: Path) -> None:
    """Credentials that a process gives are kept with the end it tells."""
    answer = {"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2099-01-01T00:00:00Z"}
    write(str(tmp_path / "answer"), json.dumps(answer))
    write(environ["AWS_CONFIG_FILE"], f"[default]\ncredential_process = cat {tmp_path / 'answer'}\n")
    credentials = await cache_for(environ).get()
    assert credentials.expires_at == datetime(2099, 1, 1, tzinfo=UTC)


async def test_real_sessions(environ: dict[str, str]) -> None:
    """Sessions of botocore and of boto3 both give their credentials."""
    import boto3
    import botocore.session

    path = environ["AWS_SHARED_CREDENTIALS_FILE"]
    write(path, "[p]\naws_access_key_id = A\naws_secret_access_key = s\n")
    sessions: list[Any] = [botocore.session.Session(profile="p"), boto3.Session(profile_name="p")]
    for session in sessions:
        assert await cache_for(environ, credentials=session).get() == Credentials("A", "s")
