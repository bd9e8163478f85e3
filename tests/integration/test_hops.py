"""How far a reader of one call has to go."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.hops import of_a_call


def test_a_call_stays_readable(blocking_server: Any) -> None:
    """A warm `create_endpoint` changes from file to file no more often than it did: 53 times, and fewer is better."""
    # An answer that comes in two parts takes more, so that one call of several is not enough to tell.
    fewest = min((of_a_call(blocking_server) for _ in range(5)), key=lambda hops: hops.count)
    assert 20 < fewest.count <= 53, " ".join(fewest.files)
