"""How far a reader of one call has to go."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.hops import of_a_call


def test_a_call_stays_readable(blocking_server: Any) -> None:
    """A warm `create_endpoint` changes from file to file no more often than it did (52 times, and twice more
    where an answer comes in two parts); fewer is better."""
    hops = of_a_call(blocking_server)
    assert 20 < hops.count <= 54, " ".join(hops.files)
