"""The order of one command: its words, its request, the answer, the exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

from . import commands, failures
from .arguments import SKELETONS, USAGE, Globals, parse, split, suggestion
from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .commands import Command

_SKELETON_OPTION: dict[str, dict[str, Any]] = {
    "--generate-cli-skeleton": {"nargs": "?", "const": "input", "choices": SKELETONS}
}

_MODULES = {"completion": ".completion", "help": ".help", "wait": ".waiting", "watch": ".watching"}


def run(words: Sequence[str]) -> int:
    """Run one command and print what there is to print; the exit code."""
    debug = "--debug" in words
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return failures.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; what is still buffered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            import traceback

            traceback.print_exc()
        if isinstance(error, UsageError) and error.usage:
            print(error.usage, file=sys.stderr)
        print(failures.message(error), file=sys.stderr)
        return failures.exit_code(error)
    return code


def _run(words: Sequence[str]) -> int:
    options, name, rest = split(words)
    if options.version:
        from . import main

        return main(["--version"])
    if options.debug:
        import logging

        logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if not name and rest in (["--help"], ["-h"]):
        name, rest = "help", []
    if not name:
        raise UsageError(f"{commands.PROGRAM}: error: the following arguments are required: command", USAGE)
    if rest[-1:] in (["help"], ["--help"], ["-h"]) and (len(rest) == 1 or name == "wait") and name != "help":
        name, rest = "help", [name, *rest[:-1]]
    own = _own_command(name)
    if own is not None:
        code: int = own(options, rest)
        return code
    command = commands.find_command(name)
    if command is None:
        near = suggestion([name], commands.command_names())
        raise UsageError(f"{commands.PROGRAM}: error: Invalid choice: '{name}'{near}", USAGE)
    return _run_operation(command, options, rest)


def _own_command(name: str) -> Any:
    if name not in _MODULES:
        return None
    # Each is imported only when it is asked for.
    import importlib

    return getattr(importlib.import_module(_MODULES[name], __package__), f"run_{name}")


def _run_operation(command: Command, options: Globals, words: list[str]) -> int:
    from .paging import PAGING_OPTIONS, read_paging
    from .requests import INPUT_OPTIONS, make_request, read_members

    extra = {**INPUT_OPTIONS, **_SKELETON_OPTION}
    if command.paginator is not None:
        extra |= PAGING_OPTIONS
    if command.has_outfile:
        extra["outfile"] = {}
    given = parse(command, words, usage(command), extra, required=not _fills_gaps(words))
    skeleton = given.get("--generate-cli-skeleton")
    paging = read_paging(command, given, options.paginate)
    members = read_members(command, given)
    if skeleton in ("input", "yaml-input"):
        from . import skeletons

        sys.stdout.write(skeletons.input_skeleton(command) if skeleton == "input" else skeletons.yaml_skeleton(command))
        return 0
    from .output import Printer

    printer = Printer(options, command.operation)
    request = make_request(command, members, blobs_are_base64=options.cli_binary_format == "base64")
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


def usage(command: Command, prefix: str = "") -> str:
    """How the command is called: what it cannot do without."""
    needed = "".join(f" {parameter.option} <value>" for parameter in command.parameters if parameter.required)
    outfile = " <outfile>" if command.has_outfile and not prefix else ""
    name = f"{prefix}{command.name}"
    return (
        f"usage: {commands.PROGRAM} {name}{needed}{outfile} [options]\n"
        f"To see help text, you can run:\n\n  {commands.PROGRAM} {name} help\n"
    )
