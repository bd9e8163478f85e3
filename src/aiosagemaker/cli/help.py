"""`help`: the facts from the table, and the service's own words from the installed botocore."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from .._docs.html_text import Links, plain_text
from .._docs.service_text import service_text
from .._docs.shape_text import kind_text
from . import commands
from .arguments import GLOBAL_OPTIONS, SKELETONS, USAGE, suggestion
from .examples import json_syntax, shorthand_syntax
from .failures import UsageError
from .shapes import SCALARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .arguments import Globals
    from .commands import Command, Parameter
    from .shapes import RowShape

_INPUT_HELP = {
    "--cli-input-json": "the whole request as JSON, or the file:// it stands in; options of the command win over it",
    "--cli-input-yaml": "the whole request as YAML, or the file:// it stands in; options of the command win over it",
    "--generate-cli-skeleton": f"print a sample and send nothing: {', '.join(SKELETONS)}",
}
_WAIT_HELP = {
    "--timeout": "the longest wait, in seconds",
    "--delay": "the pause between polls, in seconds",
}


def run_help(options: Globals, words: list[str]) -> int:
    """`help`, `help <command>` or `help wait <waiter>`; the exit code. Raises UsageError for a command there is not."""
    width = max(40, min(shutil.get_terminal_size().columns, 100))
    sys.stdout.write("\n".join(_lines(words, width)).rstrip() + "\n")
    return 0


def _lines(words: list[str], width: int) -> Iterator[str]:
    name = words[0] if words else ""
    if not name:
        return _tool(width)
    if name == "wait":
        return _wait(words[1:], width)
    if name == "watch":
        from .watching import USAGE as WATCH_USAGE

        return iter(["watch: follow an endpoint until it settles", "", WATCH_USAGE])
    if name in commands.OWN:
        return iter([f"{commands.PROGRAM} {name}: {commands.OWN[name]}"])
    command = commands.find_command(name)
    if command is None:
        near = suggestion([name], commands.command_names())
        raise UsageError(f"{commands.PROGRAM}: error: Invalid choice: '{name}'{near}", USAGE)
    return _Page(command, width).lines()


def _tool(width: int) -> Iterator[str]:
    yield f"{commands.PROGRAM}: Amazon SageMaker from the command line"
    yield from ("", f"usage: {commands.PROGRAM} [options] <command> [parameters]", "")
    yield "The commands and their options are those of `aws sagemaker` and `aws sagemaker-runtime`."
    yield from _definitions("OPTIONS", {name: option["help"] for name, option in GLOBAL_OPTIONS.items()}, width)
    yield from _definitions("COMMANDS OF ITS OWN", commands.OWN, width)
    names = [name for name in commands.command_names() if name not in commands.OWN]
    yield from _heading("COMMANDS")
    longest = max(map(len, names)) + 2
    columns = max(1, (width - 2) // longest)
    rows = -(-len(names) // columns)
    for row in range(rows):
        yield f"  {''.join(name.ljust(longest) for name in names[row::rows])}".rstrip()
    yield from ("", f"{commands.PROGRAM} <command> help says what one of them takes and returns.")


def _wait(words: list[str], width: int) -> Iterator[str]:
    if not words:
        yield f"{commands.PROGRAM} wait <waiter> [options]: wait until a resource has reached a state"
        yield from _heading("WAITERS")
        yield from (f"  {name}" for name in commands.waiter_names())
        return
    waiter = commands.find_waiter(words[0])
    if waiter is None:
        near = suggestion([words[0]], commands.waiter_names())
        raise UsageError(f"{commands.PROGRAM}: error: Invalid choice: '{words[0]}'{near}", USAGE)
    row = waiter.row
    yield f"wait {waiter.name}"
    yield from _heading("DESCRIPTION")
    ends = {
        "success": "It succeeds",
        "failure": "It fails",
        "retry": "It goes on",
    }
    described = [f"Polls {waiter.command.name} every {row['delay']} seconds or more, at most for "]
    described[0] += f"{row['delay'] * row['max_attempts']} seconds."
    for acceptor in row["acceptors"]:
        what = f"{acceptor['argument']} is " if "argument" in acceptor else f"the {acceptor['matcher']} is "
        described.append(f"{ends[acceptor['state']]} when {what}{acceptor['expected']}.")
    yield from textwrap.wrap(" ".join(described), width, initial_indent="  ", subsequent_indent="  ")
    yield from _Page(waiter.command, width).options(_WAIT_HELP)


def _heading(text: str) -> list[str]:
    return ["", text]


def _definitions(title: str, entries: dict[str, str], width: int) -> Iterator[str]:
    yield from _heading(title)
    longest = max(map(len, entries)) + 2
    for name, text in entries.items():
        yield from textwrap.wrap(
            text, width, initial_indent=f"  {name.ljust(longest)}", subsequent_indent=" " * (longest + 2)
        )


class _Page:
    """The page of one command."""

    def __init__(self, command: Command, width: int) -> None:
        self._command = command
        self._width = width
        self._links = Links()
        self._text = service_text(command.namespace.schema.metadata.get("name", "").replace("_", "-"))

    def lines(self) -> Iterator[str]:
        command = self._command
        yield command.name
        words = self._text.operations.get(command.operation, "")
        if words:
            yield from _heading("DESCRIPTION")
            yield from self._words(words, "  ")
        if command.paginator is not None:
            note = "The answer comes in pages, and all of them are fetched unless --no-paginate is given."
            yield from ("", *textwrap.wrap(note, self._width, initial_indent="  ", subsequent_indent="  "))
        yield from _heading("SYNOPSIS")
        yield f"  {commands.PROGRAM} {command.name}"
        for parameter in command.parameters:
            text = self._synopsis(parameter)
            yield f"    {text if parameter.required else f'[{text}]'}"
        if command.has_outfile:
            yield "    <outfile>"
        yield "    [--cli-input-json <value> | --cli-input-yaml <value>]"
        yield f"    [--generate-cli-skeleton {'|'.join(SKELETONS)}]"
        yield from self.options(self._extra())
        yield from _heading("OUTPUT")
        if command.has_outfile:
            yield "  The answer's body goes to <outfile>; - is standard output."
        members = list(self._members(command.output, [], "  "))
        yield from members or ["  None."]
        yield from self._addresses()

    def options(self, extra: dict[str, str]) -> Iterator[str]:
        """What the command takes, each member with its structure and how to write it."""
        yield from _heading("OPTIONS")
        rows = self._command.input.row
        for parameter in self._command.parameters:
            needed = ", required" if parameter.required else ""
            yield f"  {self._names(parameter)} ({kind_text(parameter.shape.row, values=False)}{needed})"
            yield from self._limits(parameter.shape, "      ")
            yield from self._words(self._member_words(rows, parameter.wire_name), "      ")
            yield from self._nested(parameter.shape, [], "      ")
            yield from self._syntax(parameter)
            yield ""
        for name, text in extra.items():
            yield f"  {name}"
            yield from textwrap.wrap(text, self._width, initial_indent="      ", subsequent_indent="      ")
            yield ""
        yield f"  {commands.PROGRAM} help has the options that every command takes."

    def _extra(self) -> dict[str, str]:
        from .paging import PAGING_OPTIONS

        paging = {name: option["help"] for name, option in PAGING_OPTIONS.items()}
        return {**(paging if self._command.paginator is not None else {}), **_INPUT_HELP}

    def _synopsis(self, parameter: Parameter) -> str:
        if parameter.shape.kind == "boolean":
            return self._names(parameter)
        return f"{parameter.option} <value>{' ...' if parameter.shape.kind == 'list' else ''}"

    def _names(self, parameter: Parameter) -> str:
        if parameter.shape.kind != "boolean":
            return parameter.option
        return f"{parameter.option} | --no-{parameter.option.removeprefix('--')}"

    def _syntax(self, parameter: Parameter) -> Iterator[str]:
        shape = parameter.shape
        if shape.kind in SCALARS:
            return
        short = shorthand_syntax(shape)
        if short:
            yield from ("", "      Shorthand syntax:", "")
            yield from textwrap.wrap(
                short, self._width, initial_indent=" " * 10, subsequent_indent=" " * 10, break_on_hyphens=False
            )
        yield from ("", "      JSON syntax:", "")
        yield from textwrap.indent(json_syntax(shape), " " * 10).splitlines()

    def _members(self, shape: RowShape, outer: list[str], indent: str) -> Iterator[str]:
        required = {name for name, member in shape.row["members"].items() if member.get("required")}
        for name, member in shape.members.items():
            needed = ", required" if name in required and outer else ""
            yield f"{indent}{name} -> ({kind_text(member.row, values=False)}{needed})"
            yield from self._limits(member, f"{indent}    ")
            yield from self._words(self._member_words(shape.row, name, shape.name), f"{indent}    ")
            yield from self._nested(member, [*outer, shape.name], f"{indent}    ")

    def _nested(self, shape: RowShape, outer: list[str], indent: str) -> Iterator[str]:
        if shape.name in outer:
            yield f"{indent}( ... the same again ... )"
        elif shape.kind == "structure":
            yield from self._members(shape, outer, indent)
        elif shape.kind in ("list", "map"):
            inner = shape.item if shape.kind == "list" else shape.value
            if inner.kind not in SCALARS or inner.values:
                yield f"{indent}{'each' if shape.kind == 'list' else 'value'} -> ({kind_text(inner.row, values=False)})"
                yield from self._limits(inner, f"{indent}    ")
                yield from self._nested(inner, [*outer, shape.name], f"{indent}    ")

    def _limits(self, shape: RowShape, indent: str) -> Iterator[str]:
        for name, text in (("Pattern", shape.row.get("pattern", "")), ("Values", ", ".join(shape.values))):
            if text:
                yield from textwrap.wrap(
                    f"{name}: {text}",
                    max(self._width, len(indent) + 20),
                    initial_indent=indent,
                    subsequent_indent=f"{indent}  ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )

    def _member_words(self, row: Any, wire_name: str, name: str = "") -> str:
        model = row.get("model") or name
        shape = row["members"][wire_name]["shape"]
        return self._text.members.get((model, wire_name), "") or self._text.shapes.get(shape, "")

    def _words(self, html: str, indent: str) -> Iterable[str]:
        if not html:
            return []
        return textwrap.indent(plain_text(html, self._links, self._width - len(indent)), indent).splitlines()

    def _addresses(self) -> Iterator[str]:
        lines = self._links.lines()
        if lines:
            yield from _heading("LINKS")
            yield from (f"  {line}" for line in lines)
