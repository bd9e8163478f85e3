"""The soak of tests/benchmarks, briefly."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.benchmarks.soak import CALLERS, Soak


@pytest.mark.parametrize("threads", [0, 4])
def test_soak(threads: int) -> None:
    """Two hundred callers get a right answer or a typed error each, and nothing is executed in secret."""
    soak = Soak(calls=2, threads=threads)
    soak.run()
    assert soak.broken == []
    assert sum(soak.outcomes.values()) == 2 * CALLERS
    assert soak.outcomes["right answer, retried"] > 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no forks")
def test_forks() -> None:
    """So do those in forked children, and in their parent meanwhile, with the client that it had used before."""
    command = [sys.executable, "-m", "tests.benchmarks.soak", "--calls", "2", "--forks", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "all held"
