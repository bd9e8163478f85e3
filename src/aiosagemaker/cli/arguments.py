"""The command line taken apart, by argparse: the options of the tool first, then those of one command."""

from __future__ import annotations

import argparse
import difflib
from typing import TYPE_CHECKING, Any, NoReturn

import attrs

from .commands import PROGRAM
from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .commands import Command

OUTPUTS = ("json", "yaml", "yaml-stream", "text", "table")
SKELETONS = ("input", "yaml-input", "output")

GLOBAL_OPTIONS: dict[str, dict[str, Any]] = {
    "--debug": {"action": "store_true", "help": "print what happens, and where an error came from"},
    "--endpoint-url": {"help": "where requests go instead of to the region's endpoint"},
    "--no-verify-ssl": {"action": "store_false", "dest": "verify_ssl", "help": "do not check the server's certificate"},
    "--no-paginate": {"action": "store_false", "dest": "paginate", "help": "fetch the first page of a list only"},
    "--output": {"choices": OUTPUTS, "help": "how the answer is printed"},
    "--query": {"help": "a JMESPath expression: what of the answer is printed"},
    "--profile": {"help": "the profile of the AWS configuration files"},
    "--region": {"help": "the AWS region"},
    "--version": {"action": "store_true", "help": "print the version"},
    "--color": {"choices": ("on", "off", "auto"), "default": "auto", "help": "colours in tables and live views"},
    "--no-sign-request": {"action": "store_false", "dest": "sign_request", "help": "send without credentials"},
    "--ca-bundle": {"help": "a file of certificate authorities to trust"},
    "--cli-read-timeout": {"type": int, "help": "seconds without a byte from the server; 0 is no limit"},
    "--cli-connect-timeout": {"type": int, "help": "seconds to make a connection; 0 is no limit"},
    "--cli-binary-format": {
        "choices": ("raw-in-base64-out", "base64"),
        "default": "raw-in-base64-out",
        "help": "what a blob that is given as text is: that text, or base64",
    },
    "--no-cli-pager": {"action": "store_true", "help": "accepted as version 2 of the AWS CLI does; answers go unpaged"},
    "--dry-run": {"action": "store_true", "help": "check the request and print it; send nothing"},
}
"""The options of every command, as argparse takes them. They may stand before the command or after it."""


@attrs.frozen(kw_only=True)
class Globals:
    """What the options of the tool said."""

    debug: bool = False
    endpoint_url: str | None = None
    verify_ssl: bool = True
    paginate: bool = True
    output: str | None = None
    query: str | None = None
    profile: str | None = None
    region: str | None = None
    version: bool = False
    color: str = "auto"
    sign_request: bool = True
    ca_bundle: str | None = None
    cli_read_timeout: int | None = None
    cli_connect_timeout: int | None = None
    cli_binary_format: str = "raw-in-base64-out"
    no_cli_pager: bool = False
    dry_run: bool = False


class Parser(argparse.ArgumentParser):
    """Options by their names or unambiguous prefixes; errors are raised, not printed."""

    def __init__(self, usage: str) -> None:
        super().__init__(prog=PROGRAM, usage=usage, add_help=False, conflict_handler="resolve")

    def error(self, message: str) -> NoReturn:
        """Raises UsageError in place of argparse's exit."""
        raise UsageError(f"{PROGRAM}: error: {message}", self.usage or "")


USAGE = f"""usage: {PROGRAM} [options] <command> [parameters]
To see help text, you can run:

  {PROGRAM} help
  {PROGRAM} <command> help
"""


def split(words: Sequence[str]) -> tuple[Globals, str, list[str]]:
    """The options of the tool, the command, and the words that are left for it."""
    parser = Parser(USAGE)
    for name, option in GLOBAL_OPTIONS.items():
        parser.add_argument(name, **option)
    parser.add_argument("command", nargs="?")
    found, rest = parser.parse_known_args(words)
    values = vars(found)
    command = values.pop("command")
    return Globals(**values), command or "", rest


def parse(
    command: Command, words: Sequence[str], usage: str, extra: dict[str, dict[str, Any]], *, required: bool
) -> dict[str, Any]:
    """What was given, by option (with its dashes); a boolean by its positive one. Lists are lists of words.

    Args:
        command: whose request's members are options.
        words: without the options of the tool.
        usage: what an error shows first.
        extra: options beside the members, as argparse takes them.
        required: whether required members must be there.
    """
    parser = Parser(usage)
    for parameter in command.parameters:
        needed = parameter.required and required
        kind = parameter.shape.kind
        if kind == "boolean":
            pair = parser.add_mutually_exclusive_group(required=needed) if needed else parser
            name = parameter.option.removeprefix("--")
            pair.add_argument(f"--{name}", dest=parameter.option, action="store_const", const=True)
            pair.add_argument(f"--no-{name}", dest=parameter.option, action="store_const", const=False)
        elif kind == "list":
            parser.add_argument(parameter.option, dest=parameter.option, nargs="*", required=needed)
        else:
            parser.add_argument(parameter.option, dest=parameter.option, required=needed)
    for name, option in extra.items():
        settings: dict[str, Any] = {"dest": name, **option} if name.startswith("-") else option
        parser.add_argument(name, **settings)
    found, unknown = parser.parse_known_args(words)
    if unknown:
        known = [parameter.option for parameter in command.parameters]
        raise UsageError(f"Unknown options: {', '.join(unknown)}{suggestion(unknown, [*known, *extra])}", usage)
    return {name: value for name, value in vars(found).items() if value is not None}


def suggestion(given: Iterable[str], known: Iterable[str]) -> str:
    """The known words nearest to those given, as a sentence's end; empty if none is near."""
    choices = list(known)
    near = [match for word in given for match in difflib.get_close_matches(word.partition("=")[0], choices, cutoff=0.7)]
    return "".join([", maybe you meant:", *(f"\n  * {word}" for word in dict.fromkeys(near))]) if near else ""
