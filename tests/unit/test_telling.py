"""What is logged and told of one call."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from aiosagemaker._hooks import Hooks, Teller
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker._shapes.maps import Headers
from aiosagemaker._telling import Telling, log_attempt, log_call
from aiosagemaker.errors import ConnectError, ThrottlingException
from aiosagemaker.sagemaker import ListEndpointsRequest
from aiosagemaker.sagemaker.models import NAMESPACE

OPERATION = NAMESPACE.operation("ListEndpoints")
ENDPOINT: Any = SimpleNamespace(region="us-east-1", url="https://localhost")
ANSWER = HttpResponse(200, Headers([("x-amzn-requestid", "r-1")]), b"{}")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(
    ("end", "delay", "expected"),
    [
        (ANSWER, None, "ListEndpoints attempt 2: 200, request id r-1, 1500 ms, no retry"),
        (
            ThrottlingException("slow", code="ThrottlingException", http_status=400, request_id="r-2"),
            0.25,
            "ListEndpoints attempt 2: 400 ThrottlingException, request id r-2, 1500 ms, retry in 0.25 s",
        ),
        (
            ConnectError("no", maybe_sent=False),
            1.0,
            "ListEndpoints attempt 2: ConnectError, request id None, 1500 ms, retry in 1.00 s",
        ),
    ],
)
def test_attempts(end: Any, delay: float | None, expected: str, caplog: pytest.LogCaptureFixture) -> None:
    """An attempt's line says how it ended, its request id, how long it took and what comes next."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker")
    log_attempt(OPERATION, 2, 1.5, end, delay)
    assert lines(caplog) == [expected]


def test_calls(caplog: pytest.LogCaptureFixture) -> None:
    """A call's line says where it goes and where its credentials come from, or that it is not signed."""
    caplog.set_level(logging.DEBUG, logger="aiosagemaker")
    log_call(OPERATION, ENDPOINT, "the environment")
    log_call(OPERATION, ENDPOINT, None)
    where = "sagemaker.ListEndpoints at https://localhost, region us-east-1, "
    assert lines(caplog) == [f"{where}credentials from the environment", f"{where}not signed"]


def test_quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Above DEBUG nothing is logged."""
    caplog.set_level(logging.INFO, logger="aiosagemaker")
    log_call(OPERATION, ENDPOINT, None)
    log_attempt(OPERATION, 1, 0.0, ANSWER, None)
    assert lines(caplog) == []


class Recorder(Hooks):
    """Adds a header, and keeps what it is told of ends."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.ended: list[Any] = []

    def attempt_started(self, attempt: Any) -> None:
        attempt.headers["x-added"] = str(attempt.number)
        if self.failure is not None:
            raise self.failure

    def attempt_ended(self, attempt: Any, outcome: Any, delay: float | None) -> None:
        self.ended.append((attempt.number, outcome, delay))

    def call_ended(self, call: Any, outcome: Any) -> None:
        self.ended.append((call.operation, outcome))


def telling(hook: Hooks, clock: Any) -> Telling:
    return Telling(Teller((hook,)), OPERATION, ListEndpointsRequest(), ENDPOINT, "id", clock, size=7, streams=False)


async def test_attempts_are_counted_and_timed(clock: Any) -> None:
    """Each attempt has its number, its own headers and its own time; the call has all of them."""
    hook, given = Recorder(), {"a": "b"}
    told = telling(hook, clock)
    told.begin()
    for number in (1, 2):
        assert told.begin_attempt("POST", "https://localhost", given) == {"a": "b", "x-added": str(number)}
        await clock.sleep(number)
        told.answer = ANSWER if number == 2 else None
        told.end_attempt(delay=None if number == 2 else 0.5)
    told.end()
    assert given == {"a": "b"}
    (one, first, delay), (two, second, none), (name, whole) = hook.ended
    assert (one, first.elapsed, first.http_status, delay) == (1, 1, None, 0.5)
    assert (two, second.elapsed, second.http_status, second.request_id, none) == (2, 2, 200, "r-1", None)
    assert (name, whole.elapsed, whole.attempts) == ("ListEndpoints", 3, 2)
    assert (whole.bytes_sent, whole.bytes_received) == (7, 2)


async def test_a_hook_that_ends_an_attempt(clock: Any) -> None:
    """What a hook raises at an attempt's beginning passes through, and the attempt is told as ended."""
    hook = Recorder(failure := LookupError("no"))
    told = telling(hook, clock)
    told.begin()
    with pytest.raises(LookupError):
        told.begin_attempt("POST", "https://localhost", {})
    ((number, outcome, _),) = hook.ended
    assert (number, outcome.error) == (1, failure)
