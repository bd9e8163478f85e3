"""The command line: `aiosagemaker <command>` takes the words that follow `aws sagemaker`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "demo": "the main job from beginning to end, on a service in this process",
    "local": "SageMaker hosting on this machine, with real model servers, until Ctrl-C",
}
"""The commands with words of their own. Each is a module of the package with a `main(words)` that returns the exit
code."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. `words` are those after the program's name, by default the process's own."""
    given = sys.argv[1:] if words is None else list(words)
    if given == ["--version"]:
        # Before anything else is imported: this answer needs nothing.
        from .. import __version__

        print(f"aiosagemaker/{__version__} Python/{sys.version.partition(' ')[0]} {sys.platform}")
        return 0
    if given and given[0] in COMMANDS:
        import importlib

        status: int = importlib.import_module(f"..{given[0]}", __package__).main(given[1:])
        return status
    from .app import run

    return run(given)
