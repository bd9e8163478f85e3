"""How long credentials are kept, as AWS's SDKs agree."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit._credentials.doubles import START, Provider, Refreshable, Session, TestClock, settle

from aiosagemaker._credentials.cache import CredentialsCache
from aiosagemaker._credentials.keeping import advisory_window
from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import CredentialsError, NoCredentialsError

VECTORS = Path(__file__).parents[4] / "shared/vectors/credential-refresh/credential-refresh-tests.json"


def refresh_cases() -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the vectors are not here"))]
    return [pytest.param(case, id=case["documentation"][:70]) for case in json.loads(VECTORS.read_text())]


LIFETIME = 1200.0


REMAINING = {"valid": 1100.0, "advisory": 200.0, "mandatory": 30.0, "expired": -60.0}


@pytest.mark.parametrize(
    ("lifetime", "window"), [(60, 300), (1200, 300), (1201, 900), (5399, 900), (5400, 3600), (21600, 3600)]
)
def test_advisory_window(lifetime: float, window: float) -> None:
    """The longer credentials live, the earlier they are refreshed."""
    assert advisory_window(lifetime) == window


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
