"""The order of one command: its words, its request, the answer, the exit code."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

from .._services import BY_NAME
from . import commands, failures
from .arguments import PROGRAM, SKELETONS, USAGE, Globals, parse, split, suggestion, usage
from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .commands import Command

SKELETON_OPTION: dict[str, dict[str, Any]] = {
    "--generate-cli-skeleton": {"nargs": "?", "const": "input", "choices": SKELETONS}
}

_MODULES = {
    **dict.fromkeys(("deploy", "teardown", "logs", "why"), ".hosting"),
    "completion": ".completion",
    "guide": ".guide",
    "help": ".help",
    "wait": ".waiting",
    "watch": ".watching",
}
"""The tool's own commands. Each is imported only when it is asked for."""
_HELP = (["help"], ["--help"], ["-h"])


def run(words: Sequence[str]) -> int:
    """Run one command and print what there is to print; the exit code."""
    options = Globals(debug="--debug" in words)
    try:
        options, name, rest = split(words)
        code = _run(options, name, rest)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return failures.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; what is still buffered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from .error_output import print_error

        print_error(error, options)
        return failures.exit_code(error)
    return code


def _run(options: Globals, name: str, rest: list[str]) -> int:
    if options.version:
        from .version import version

        print(version())
        return 0
    if options.debug:
        from .debug import start_logging

        start_logging()
    service = ""
    if name in BY_NAME:
        service, name, rest = name, "".join(rest[:1]), rest[1:]
    if name in ("--help", "-h") or (not name and rest in _HELP):
        name, rest = "help", []
    elif not name:
        raise UsageError(f"{PROGRAM}: error: the following arguments are required: command", USAGE)
    # A command without parameters may come before its help, and so may the words of the tool's own commands.
    if rest[-1:] in _HELP and name != "help" and (len(rest) == 1 or name in _MODULES):
        name, rest = "help", [name, *rest[:-1]]
    if name in _MODULES:
        words = rest if not service or name not in ("help", "wait") else [service, *rest]
        code: int = getattr(importlib.import_module(_MODULES[name], __package__), f"run_{name}")(options, words)
        return code
    command = commands.find_command(name, service)
    if command is None:
        known = [*commands.command_names(service), *(() if service else BY_NAME)]
        raise UsageError(f"{PROGRAM}: error: Invalid choice: '{name}'{suggestion([name], known)}", USAGE)
    return _run_operation(command, options, rest)


def _run_operation(command: Command, options: Globals, words: list[str]) -> int:
    from .output import Printer
    from .paging import PAGING_OPTIONS, read_paging
    from .requests import INPUT_OPTIONS, make_request, read_members
    from .settings import setting

    extra = {**INPUT_OPTIONS, **SKELETON_OPTION}
    if command.paginator is not None:
        extra |= PAGING_OPTIONS
    given = parse(command, words, usage(command), extra, required=not _fills_gaps(words))
    skeleton = given.get("--generate-cli-skeleton")
    paging = read_paging(command, given, options.paginate)
    members = read_members(command, given)
    if skeleton in ("input", "yaml-input"):
        from . import skeletons

        sys.stdout.write(skeletons.input_skeleton(command) if skeleton == "input" else skeletons.yaml_skeleton(command))
        return 0
    printer = Printer(options, command.operation)
    request = make_request(command, members, blobs_are_base64=setting("binary_format", options) == "base64")
    from .calling import call, check

    if skeleton == "output":
        from .skeletons import output_skeleton

        asyncio.run(check(command, request, options))
        printer.print(output_skeleton(command))
        return 0
    asyncio.run(call(command, request, options, printer, paging, given.get("outfile", "")))
    return 0


def _fills_gaps(words: list[str]) -> bool:
    """Whether something beside the options gives the members, so that none of them is required."""
    for index, word in enumerate(words):
        option, _, value = word.partition("=")
        if option in ("--cli-input-json", "--cli-input-yaml"):
            return True
        if option == "--generate-cli-skeleton":
            following = value or "".join(words[index + 1 : index + 2])
            if following != "output":
                return True
    return False
