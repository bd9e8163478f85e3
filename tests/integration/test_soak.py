"""The soak of tests/benchmarks, briefly."""

from __future__ import annotations

from tests.benchmarks.soak import CALLERS, Soak


async def test_soak() -> None:
    """Two hundred callers get a right answer or a typed error each, and nothing is executed in secret."""
    soak = Soak(calls=4)
    await soak.run()
    assert soak.broken == []
    assert sum(soak.outcomes.values()) == 4 * CALLERS
    assert soak.outcomes["right answer, retried"] > 0
