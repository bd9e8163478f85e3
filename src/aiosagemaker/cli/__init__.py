"""The command line: `aiosagemaker <command>` takes the words that follow `aws sagemaker`."""

from __future__ import annotations

import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "stubs": "the types of what the installed botocore has and this release does not",
    "demo": "the main job from beginning to end, on a service in this process",
    "local": "SageMaker hosting on this machine, with real model servers, until Ctrl-C",
}
"""The commands with words of their own. Each is a module of the package with a `main(words)` that returns the exit
code."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. `words` are those after the program's name, by default the process's own."""
    given = sys.argv[1:] if words is None else list(words)
    if given == ["--version"]:
        # Before anything else is imported: this answer needs nothing, but for whose models are in use.
        import os

        from .. import __version__

        model = ""
        if os.environ.get("AIOSAGEMAKER_MODEL"):
            from .._botocore import botocore_version, uses_installed_model

            model = f" botocore/{botocore_version()}" if uses_installed_model() else ""
        print(f"aiosagemaker/{__version__} Python/{sys.version.partition(' ')[0]} {sys.platform}{model}")
        return 0
    if given and given[0] in COMMANDS:
        import importlib

        status: int = importlib.import_module(f"..{given[0]}", __package__).main(given[1:])
        return status
    from .app import run

    return run(given)
