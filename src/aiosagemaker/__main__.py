"""`python -m aiosagemaker <command>`."""

from __future__ import annotations

import importlib
import sys

COMMANDS = {
    "demo": "the main job from beginning to end, on a service in this process",
    "local": "SageMaker hosting on this machine, with real model servers, until Ctrl-C",
}
"""Each is a module of this package with a `main(arguments)` that returns the exit status."""


def main(arguments: list[str]) -> int:
    """Hand the arguments to the command they name. Returns the exit status."""
    if arguments and arguments[0] in COMMANDS:
        status: int = importlib.import_module(f".{arguments[0]}", __package__).main(arguments[1:])
        return status
    width = max(map(len, COMMANDS))
    lines = (f"  {name.ljust(width)}  {text}" for name, text in COMMANDS.items())
    asked = arguments in (["-h"], ["--help"])
    print("usage: python -m aiosagemaker <command>", *lines, sep="\n", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
