"""A call's time as a whole."""

from __future__ import annotations

import asyncio

import pytest

from aiosagemaker._errors import CredentialsTimeout
from aiosagemaker._limits import OperationTime
from aiosagemaker.errors import CredentialsError, OperationTimeout, ReadTimeout


async def forever() -> None:
    await asyncio.Event().wait()


async def test_over() -> None:
    """A step that takes too long is cancelled; the error says what it did, for which operation and how often tried."""
    time = OperationTime("CreateModel", 0.02)
    time.attempts, time.maybe_sent = 2, True
    with pytest.raises(OperationTimeout) as caught:
        await time.bound(forever(), "reading the stars")
    error = caught.value
    assert (error.operation, error.attempts, error.maybe_sent, error.retryable) == ("CreateModel", 2, True, False)
    assert str(error) == (
        "CreateModel, 2 attempts: the call took longer than 0.02 s; it was reading the stars (TimeoutConfig.operation)"
    )
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_its_own_kind() -> None:
    """What is waited for may have an error of its own, which is an OperationTimeout too."""
    with pytest.raises(CredentialsError, match="the sun") as caught:
        await OperationTime("CreateModel", 0.02).bound(forever(), "waiting for the sun", CredentialsTimeout)
    assert isinstance(caught.value, OperationTimeout)


async def test_other_timeouts_pass() -> None:
    """A timeout of the step itself, or one around the call, is not the operation's."""

    async def fails(error: Exception) -> None:
        raise error

    time = OperationTime("CreateModel", 10)
    for error in (TimeoutError("own"), ReadTimeout("silent")):
        with pytest.raises(type(error)) as caught:
            await time.bound(fails(error), "failing")
        assert caught.value is error
    with pytest.raises(TimeoutError) as around:
        async with asyncio.timeout(0.02):
            await time.bound(forever(), "waiting")
    assert not isinstance(around.value, OperationTimeout)


async def test_no_limit() -> None:
    """Without a limit a step takes as long as it takes."""
    time = OperationTime("CreateModel", None)
    assert time.deadline is None
    assert await time.bound(asyncio.sleep(0, "done"), "sleeping") == "done"
