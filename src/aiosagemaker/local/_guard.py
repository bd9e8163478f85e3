"""Runs a command, and ends it when whoever started this has ended: `python _guard.py command ...`.

Standard input is a pipe that the starter alone holds. It closes when the starter lets go of it, and also when the
starter is killed, on every platform; a parent's death signal would be Linux's alone. The standard library is all
that this file may import: it runs before, and without, everything else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

GRACE = 2.0
"""The seconds between asking a command to end and ending it."""


def _kill(child: subprocess.Popen[bytes]) -> None:
    """The command and whatever it started."""
    if not hasattr(os, "killpg"):
        child.kill()
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _watch(child: subprocess.Popen[bytes]) -> None:
    while os.read(0, 4096):
        continue
    child.terminate()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        _kill(child)


def main(command: list[str]) -> int:
    """The command's exit status, 128 and its number for a signal, as a shell has it."""
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 127
    threading.Thread(target=_watch, args=(child,), daemon=True).start()
    code = child.wait()
    _kill(child)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
