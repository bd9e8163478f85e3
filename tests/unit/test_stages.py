"""How the checks of a change are run: stages at once, shown one by one, each failure seen."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from tests.documents import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="the checks are run by bash"
)
BEGIN = f'set -euo pipefail\n. "{ROOT}/.ci/stages.sh"\nexec </dev/null\n'
MEET = """
meet() {
  touch "$work/$1.here"
  for _ in $(seq 200); do
    [ ! -e "$work/$2.here" ] || return 0
    sleep 0.05
  done
  return 1
}
"""
"""Ends well if another stage runs at the same time."""


def run(script: str, folder: Path, at_once: int = 2) -> tuple[int, str]:
    """The exit code and the output of stages."""
    ran = subprocess.run(
        ["bash", "-c", BEGIN + script],
        env={**os.environ, "AT_ONCE": str(at_once), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.stderr == ""
    return ran.returncode, re.sub(r"in \d+ s$", "in S s", ran.stdout, flags=re.MULTILINE)


def until(so: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + 10
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_stages_run_at_once_and_are_shown_one_by_one(tmp_path: Path) -> None:
    """Two stages run at the same time, and what each wrote stands together; nothing is left of the run."""
    script = """
    first() { echo one; meet a b; echo "3 passed in 1.00s" >&2; }
    second() { echo two; meet b a; echo "=== 2 passed, 1 skipped in 2.00s ==="; }
    stage "the first" first
    stage "the second" second
    alone
    """
    status, output = run(MEET + script, tmp_path)
    assert status == 0
    shown = (
        "=== the first\none\n3 passed in 1.00s\n=== the first: ok in S s\n",
        "=== the second\ntwo\n=== 2 passed, 1 skipped in 2.00s ===\n=== the second: ok in S s\n",
    )
    begin, end = "--- the first begins\n--- the second begins\n", "5 passed, 0 failed\n"
    assert output in (f"{begin}{one}{other}{end}" for one, other in permutations(shown))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("stage", "counted"),
    [
        ("echo '5 passed, 2 failed, 1 error in 3.00s'; return 1", "7 passed, 3 failed"),
        ("echo '5 passed in 3.00s'; return 3", "7 passed, 1 failed"),
        ("exit 9", "2 passed, 1 failed"),
        ("false; echo on", "2 passed, 1 failed"),
        ("no_such_command", "2 passed, 1 failed"),
        ("echo $undefined", "2 passed, 1 failed"),
        ("sh -c 'kill -KILL $$'", "2 passed, 1 failed"),
    ],
)
def test_a_failure_is_seen_and_keeps_nothing_from_running(tmp_path: Path, stage: str, counted: str) -> None:
    """However a stage fails, it is said and counted, the others run, and the whole fails."""
    script = f"broken() {{ {stage}; }}\nstage broken broken\nstage well echo '2 passed in 1.00s'\nalone\n"
    status, output = run(script, tmp_path)
    assert status == 1
    assert "=== broken: FAILED in S s\n" in output
    assert "=== well: ok in S s\n" in output
    assert output.endswith(f"\n{counted}\n")


def test_no_more_run_at_once_than_there_is_room_for(tmp_path: Path) -> None:
    """With room for one, a stage begins when the one before it has ended."""
    status, output = run("stage a echo 1\nstage b echo 2\nalone\n", tmp_path, at_once=1)
    assert status == 0
    assert output.index("=== a: ok") < output.index("--- b begins")


def test_what_waits_for_others(tmp_path: Path) -> None:
    """`after` waits for one stage and lets another go on; `alone` waits for all."""
    script = """
    stage slow meet slow fast
    stage quick true
    after quick
    stage fast meet fast slow
    alone
    stage last echo end
    alone
    """
    status, output = run(MEET + script, tmp_path)
    assert status == 0
    assert output.index("=== quick: ok") < output.index("--- fast begins") < output.index("=== slow: ok")
    assert max(output.index("=== slow: ok"), output.index("=== fast: ok")) < output.index("--- last begins")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended(tmp_path: Path, number: int) -> None:
    """A run that is called off shows what its stages have written, counts them as failed, and leaves none behind."""
    script = "stage slow sh -c 'echo $$; exec sleep 60'\necho waiting\nalone\n"
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(["bash", "-c", BEGIN + script], env=environ, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert [running.stdout.readline() for _ in range(2)] == ["--- slow begins\n", "waiting\n"]
        until(lambda: any(log.read_text().endswith("\n") for log in tmp_path.glob("*/0.log")))
        running.send_signal(number)
        output = running.stdout.read()
    assert running.returncode == 1
    found = re.fullmatch(r"=== slow\n(\d+)\n=== slow: FAILED unfinished\n0 passed, 1 failed\n", output)
    assert found, output
    until(lambda: not runs(int(found[1])))
    assert list(tmp_path.iterdir()) == []
