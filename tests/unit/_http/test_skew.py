"""Clock skew: what an answer's Date teaches, and which refusals it explains."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aiosagemaker._errors import error_class
from aiosagemaker._http.skew import ClockSkew, explains
from aiosagemaker._shapes.maps import Headers
from aiosagemaker.errors import ServiceError

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "clock-skew" / "clock-skew-test-cases.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text())["tests"] if VECTORS.exists() else []


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.skipif(not CASES, reason="the shared vectors are not beside this checkout")
@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
def test_vectors(case: dict[str, Any]) -> None:
    """Each attempt is signed with the time expected, and each operation leaves the skew expected."""
    skew = ClockSkew()
    for operation in case["operations"]:
        skew.seconds = operation["initialClientSkew"]
        attempts = operation["attempts"]
        outcome = ""
        for number, attempt in enumerate(attempts, start=1):
            sent = seconds(attempt["clientTimeAtSend"])
            assert sent + skew.seconds == seconds(attempt["expectedSigningTime"])
            response = attempt["response"]
            off = skew.learn(sent, seconds(attempt["clientTimeAtReceive"]), Headers(response["headers"]))
            code = response.get("errorCode", "")
            error = error_class(code, "")(code=code, http_status=response["statusCode"]) if code else None
            outcome = "error" if error else "success"
            if error is not None and not explains(error, off):
                assert number == len(attempts)
        assert skew.seconds == operation["expectedClientSkew"]
        assert outcome == operation["expectedOutcome"]


def test_the_clock_explains_nothing_without_a_date() -> None:
    """A refusal whose answer has no usable Date is not put down to the clock."""
    skew = ClockSkew()
    error = ServiceError(code="RequestTimeTooSkewed", http_status=403)
    for headers in ({}, {"Date": "yesterday"}, {"Date": "Thu, 01 Jan 2026 00:05:01 GMT", "Age": "7"}):
        assert not explains(error, skew.learn(0.0, 1.0, Headers(headers)))
    assert skew.seconds == 0.0


def test_a_clock_that_ran_backwards_teaches_nothing() -> None:
    """An answer received before it was asked for says that our clock was set meanwhile."""
    skew = ClockSkew()
    assert skew.learn(10.0, 9.0, Headers({"Date": "Thu, 01 Jan 2026 00:05:01 GMT"})) is None
