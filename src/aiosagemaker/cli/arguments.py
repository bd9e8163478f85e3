"""The command line taken apart, by argparse: the options of the tool first, then those of one command."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import TYPE_CHECKING, Any, NoReturn

import attrs

from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .commands import Command

PROGRAM = "aiosagemaker"
OUTPUTS = ("json", "yaml", "yaml-stream", "text", "table")
SKELETONS = ("input", "yaml-input", "output")
ERROR_FORMATS = ("enhanced", "legacy", "json", "yaml", "text", "table")
OUTFILE = "outfile"
BINARY_FORMATS = ("raw-in-base64-out", "base64")


def _option(name: str, help: str, default: Any = None, **settings: Any) -> Any:
    """One option of the tool, as argparse takes it; a text that is given empty counts as left out."""
    converter: Any = _unless_empty if settings.get("type") is None and default is None else None
    field: Any = attrs.field  # whose type depends on the default's
    return field(
        default=default, converter=converter, metadata={"option": name, "settings": {**settings, "help": help}}
    )


def _unless_empty(value: str | None) -> str | None:
    return value or None


@attrs.frozen(kw_only=True)
class Globals:
    """What the options of the tool said. They may stand before the command or after it."""

    debug: bool = _option(
        "--debug", "print what happens, and where an error came from", default=False, action="store_true"
    )
    endpoint_url: str | None = _option("--endpoint-url", "where requests go instead of to the region's endpoint")
    verify_ssl: bool = _option(
        "--no-verify-ssl", "do not check the server's certificate", default=True, action="store_false"
    )
    paginate: bool = _option("--no-paginate", "fetch the first page of a list only", default=True, action="store_false")
    output: str | None = _option("--output", "how the answer is printed", choices=OUTPUTS)
    query: str | None = _option("--query", "a JMESPath expression: what of the answer is printed")
    profile: str | None = _option("--profile", "the profile of the AWS configuration files")
    region: str | None = _option("--region", "the AWS region")
    version: bool = _option("--version", "print the version", default=False, action="store_true")
    color: str = _option("--color", "colours in tables and live views", default="auto", choices=("on", "off", "auto"))
    sign_request: bool = _option("--no-sign-request", "send without credentials", default=True, action="store_false")
    ca_bundle: str | None = _option("--ca-bundle", "a file of certificate authorities to trust")
    cli_read_timeout: int | None = _option(
        "--cli-read-timeout", "seconds without a byte from the server; 0 is no limit", type=int
    )
    cli_connect_timeout: int | None = _option(
        "--cli-connect-timeout", "seconds to make a connection; 0 is no limit", type=int
    )
    cli_binary_format: str | None = _option(
        "--cli-binary-format",
        "what a blob that is given as text is: that text (raw-in-base64-out, the default), or base64",
        choices=BINARY_FORMATS,
    )
    no_cli_pager: bool = _option(
        "--no-cli-pager", "print help and guides at once; answers are never paged", default=False, action="store_true"
    )
    cli_auto_prompt: bool = _option(
        "--cli-auto-prompt", "accepted as the AWS CLI does; nothing is asked for", default=False, action="store_true"
    )
    no_cli_auto_prompt: bool = _option(
        "--no-cli-auto-prompt", "accepted as the AWS CLI does", default=False, action="store_true"
    )
    cli_error_format: str | None = _option("--cli-error-format", "how an error is printed", choices=ERROR_FORMATS)
    dry_run: bool = _option(
        "--dry-run", "check the request and print it; send nothing", default=False, action="store_true"
    )


GLOBAL_OPTIONS: dict[str, dict[str, Any]] = {
    field.metadata["option"]: {**field.metadata["settings"], "dest": field.name, "default": field.default}
    for field in attrs.fields(Globals)
}
"""The options of the tool by their names, as argparse takes them."""


class Parser(argparse.ArgumentParser):
    """Options by their names or unambiguous prefixes; errors are raised, not printed."""

    def __init__(self, usage: str) -> None:
        super().__init__(prog=PROGRAM, usage=usage, add_help=False, conflict_handler="resolve")
        self.words: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        """Raises UsageError in place of argparse's exit."""
        raise UsageError(f"{PROGRAM}: error: {message}{self._advice(message)}", self.usage or "")

    def take(self, words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
        """What was given, by name, and the words that are left. Raises UsageError."""
        self.words = words
        found, left = self.parse_known_args(words)
        return vars(found), left

    def _advice(self, message: str) -> str:
        """What would have been right, where the words tell."""
        expected = re.match(r"argument (?:\S+/)?(--[\w-]+): expected (?:one|at least one) argument", message)
        if expected:
            following = next(
                (after for word, after in zip(self.words, self.words[1:], strict=False) if word == expected[1]), ""
            )
            return f"; a value that begins with a dash is written {expected[1]}={following}" if following else ""
        choice = re.match(r"argument .*: invalid choice: '([^']*)' \(choose from (.*)\)", message)
        return suggestion([choice[1]], re.findall(r"[\w-]+", choice[2])) if choice else ""


USAGE = f"""usage: {PROGRAM} [options] [service] <command> [parameters]
To see help text, you can run:

  {PROGRAM} help
  {PROGRAM} <command> help
"""


def split(words: Sequence[str]) -> tuple[Globals, str, list[str]]:
    """The options of the tool, the command, and the words that are left for it. Raises UsageError."""
    if words[:1] == ["help"]:
        # What follows are the names of options, not their values.
        return Globals(no_cli_pager="--no-cli-pager" in words), "help", [w for w in words[1:] if w != "--no-cli-pager"]
    parser = Parser(USAGE)
    for name, option in GLOBAL_OPTIONS.items():
        parser.add_argument(name, **option)
    parser.add_argument("command", nargs="?")
    values, rest = parser.take(words)
    command = values.pop("command")
    options = Globals(**values)
    if options.cli_auto_prompt and options.no_cli_auto_prompt:
        raise UsageError("--cli-auto-prompt and --no-cli-auto-prompt cannot both be given", USAGE)
    return options, command or "", rest


def parse(
    command: Command, words: Sequence[str], usage: str, extra: dict[str, dict[str, Any]], *, required: bool
) -> dict[str, Any]:
    """What was given, by option (with its dashes); a boolean by its positive one. Lists are lists of words.

    Args:
        command: whose request's members are options.
        words: without the options of the tool.
        usage: what an error shows first.
        extra: options beside the members, as argparse takes them; the outfile's name is under `OUTFILE`.
        required: whether required members must be there.

    Raises:
        UsageError: an option is unknown, one that is required is missing, or a value is none.
    """
    parser = Parser(usage)
    for parameter in command.parameters:
        name = parameter.option.removeprefix("--")
        if parameter.shape.kind == "boolean":
            parser.add_argument(f"--{name}", dest=parameter.option, action="store_const", const=True)
            parser.add_argument(f"--no-{name}", dest=parameter.option, action="store_const", const=False)
        else:
            several: dict[str, Any] = {"nargs": "*"} if parameter.shape.kind == "list" else {}
            parser.add_argument(parameter.option, dest=parameter.option, **several)
    for name, option in extra.items():
        settings: dict[str, Any] = {"dest": name, **option}
        parser.add_argument(name, **settings)
    found, unknown = parser.take(words)
    given = {name: value for name, value in found.items() if value is not None}
    if command.has_outfile:
        # A positional argument of argparse's own would hide a misspelt option when it is missing itself.
        plain = [word for word in unknown if word != "--"]
        if len(plain) == 1 and (plain == ["-"] or not plain[0].startswith("-") or "--" in unknown):
            given[OUTFILE], unknown = plain[0], []
    # A misspelt option is the reason why one is missing, so it is told first.
    if unknown:
        # Of an unknown option the value is not to blame.
        strangers = [word.partition("=")[0] for word in unknown if word.startswith("--") and word != "--"] or unknown
        known = [parameter.option for parameter in command.parameters]
        near = suggestion(strangers, [*known, *extra, *GLOBAL_OPTIONS])
        raise UsageError(f"Unknown options: {', '.join(strangers)}{near}", usage)
    missing = [
        _spelling(parameter)
        for parameter in command.parameters
        if required and parameter.required and parameter.option not in given
    ]
    if command.has_outfile and OUTFILE not in given:
        missing.append(OUTFILE)
    if missing:
        raise UsageError(f"{PROGRAM}: error: the following arguments are required: {', '.join(missing)}", usage)
    return given


def usage(command: Command, before: str = "") -> str:
    """How the command is called: what it cannot do without. `before` are words that come before its options, in place
    of its name: `wait endpoint-in-service`."""
    needed = "".join(f" {parameter.option} <value>" for parameter in command.parameters if parameter.required)
    outfile = " <outfile>" if command.has_outfile and not before else ""
    name = before or command.name
    return (
        f"usage: {PROGRAM} {name}{needed}{outfile} [options]\n"
        f"To see help text, you can run:\n\n  {PROGRAM} {name} help\n"
    )


def _spelling(parameter: Any) -> str:
    option: str = parameter.option
    return f"{option} | --no-{option.removeprefix('--')}" if parameter.shape.kind == "boolean" else option


def suggestion(given: Iterable[str], known: Iterable[str]) -> str:
    """The known words nearest to those given, as a sentence's end; empty if none is near."""
    choices = list(known)
    near: list[str] = []
    for word in (word.partition("=")[0] for word in given):
        found = difflib.get_close_matches(word, choices, cutoff=0.7)
        # A part of a name, such as `--name`, is far from it by its letters.
        part = f"-{word.strip('-')}-"
        near += found or [choice for choice in choices if len(part) > 4 and part in f"-{choice}-"][:5]
    return "".join([", maybe you meant:", *(f"\n  * {word}" for word in dict.fromkeys(near))]) if near else ""
