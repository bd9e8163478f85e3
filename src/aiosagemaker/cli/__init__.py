"""The command line: `aiosagemaker <command>` takes the words that follow `aws sagemaker`."""

from __future__ import annotations

import gc
import sys

from .own import PROGRAMS

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. `words` are those after the program's name, by default the process's own."""
    if words is not None:
        return _run(list(words))
    try:
        return _run(sys.argv[1:])
    finally:
        # The interpreter's end would look through all that was loaded for garbage: a tenth of a command's time.
        gc.freeze()


def _run(given: list[str]) -> int:
    if given == ["--version"]:
        # Before anything else is imported: this answer needs nothing.
        from .version import version

        print(version())
        return 0
    if given and given[0] in PROGRAMS:
        import importlib

        status: int = importlib.import_module(f"..{given[0]}", __package__).main(given[1:])
        return status
    from .app import run

    return run(given)
