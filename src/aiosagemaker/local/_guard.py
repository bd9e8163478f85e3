"""Runs a command, and ends it when told to or when whoever started this has ended: `python _guard.py command ...`.

Standard input is a pipe that the starter alone holds. A line `stop SECONDS` ends the command: SIGTERM, then SIGKILL
after so long. The pipe's end does too, with GRACE seconds, and comes also when the starter is killed, on every
platform. On Linux this process adopts what the command leaves behind (it is a subreaper), so that nothing outlives it.
The standard library is all that this file may import: it runs before, and without, everything else.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

GRACE = 2.0
"""The seconds between asking a command to end and ending it, where nobody says."""
SWEEP = 5.0
"""The seconds within which what a command left behind must be gone."""
_SET_DEATH_SIGNAL, _SET_SUBREAPER = 1, 36


def _prctl(option: int, value: int) -> None:
    """Linux's `prctl`. What cannot be had there or elsewhere is done without."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """The command and whatever is in its group."""
    if not hasattr(os, "killpg"):
        child.kill()
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _sweep() -> None:
    """End what the command left behind: each becomes this process's child when its own parent has ended."""
    end = time.monotonic() + SWEEP
    while sys.platform == "linux" and time.monotonic() < end:
        for pid in _children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            found, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not found:
            time.sleep(0.005)


def _children() -> list[int]:
    own, found = os.getpid(), list[int]()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            if int(fields[1]) == own:
                found.append(int(entry))
    return found


def _watch(child: subprocess.Popen[bytes]) -> None:
    while data := os.read(0, 4096):
        for line in data.splitlines():
            _stop(child, float(line.rpartition(b" ")[2]))
    _stop(child, GRACE)


def _stop(child: subprocess.Popen[bytes], grace: float) -> None:
    child.terminate()
    # Told again, the shorter time holds.
    timer = threading.Timer(grace, _kill, [child])
    timer.daemon = True
    timer.start()


def main(command: list[str]) -> int:
    """The command's exit status, 128 and its number for a signal, as a shell has it."""
    _prctl(_SET_SUBREAPER, 1)
    # Should this process be killed, the command ends with it.
    ending = (lambda: _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)) if sys.platform == "linux" else None
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=ending)
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n")
        return 127

    def terminated(number: int, frame: object) -> None:
        _stop(child, GRACE)

    signal.signal(signal.SIGTERM, terminated)
    threading.Thread(target=_watch, args=(child,), daemon=True).start()
    code = child.wait()
    _kill(child)
    _sweep()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
