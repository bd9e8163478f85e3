"""`help`: the facts from the table, and the service's own words from the installed botocore."""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import TYPE_CHECKING, Any

from .._docs.html_text import Links, plain_text
from .._docs.service_text import service_text
from .._docs.shape_text import kind_text
from .._services import BY_NAME, SERVICES
from ..sagemaker.settling import settling
from . import commands, own
from .arguments import GLOBAL_OPTIONS, PROGRAM, SKELETONS, USAGE, suggestion
from .examples import example, json_syntax, shorthand_syntax
from .failures import EXIT_CODES, UsageError
from .pager import show
from .shapes import SCALARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .arguments import Globals
    from .commands import Command, Parameter
    from .shapes import RowShape

_LISTED = SERVICES[:2]
"""The services whose commands the first page has; those of the others are on pages of their own."""
_NARROWEST, _WIDEST = 20, 100


def run_help(options: Globals, words: list[str]) -> int:
    """`help`, `help <command> [--option]`, `help wait <waiter>` and so on; the exit code.

    Raises:
        UsageError: there is nothing of that name.
    """
    width = max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST))
    lines = (part for line in _lines(words, width) for part in _fitted(line, width))
    show("\n".join(lines).strip("\n") + "\n", options)
    return 0


def _fitted(line: str, width: int) -> list[str]:
    """The line, or where it is too long lines that go on two columns further in."""
    text = line.lstrip()
    if len(line) <= width or not text:
        return [line]
    indent = " " * min(len(line) - len(text), width // 2)
    # What stands in a second column goes on in it.
    second = re.match(r"\S+(?: \S+)*? {2,}(?=\S)", text)
    further = len(second[0]) if second and len(indent) + len(second[0]) < width // 2 else 2
    later = indent + " " * further
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=later, break_on_hyphens=False, drop_whitespace=True
    )


def _lines(words: list[str], width: int) -> Iterator[str]:
    service, words = (words[0], words[1:]) if words and words[0] in BY_NAME else ("", words)
    name = words[0] if words else ""
    if not name:
        return _service(service, width) if service else _tool(width)
    if name == "wait":
        return _wait(words[1:], service, width)
    if name == "watch":
        from .watching import USAGE as WATCH_USAGE

        return iter([f"watch: {own.COMMANDS[name]}", "", *WATCH_USAGE.splitlines()])
    if name == "completion":
        from .completion import USAGE as COMPLETION_USAGE

        return iter([f"completion: {own.COMMANDS[name]}", "", *COMPLETION_USAGE.splitlines()])
    if name in ("deploy", "teardown", "logs", "why"):
        from .hosting import usage_of

        return iter([f"{name}: {own.COMMANDS[name]}", "", *usage_of(name).splitlines()])
    if name in own.COMMANDS:
        return iter([f"{PROGRAM} {name}: {own.COMMANDS[name]}"])
    command = commands.find_command(name, service)
    if command is None:
        near = suggestion([name], commands.command_names(service))
        raise UsageError(f"{PROGRAM}: error: Invalid choice: '{name}'{near}", USAGE)
    return _Page(command, width).lines() if len(words) == 1 else _Page(command, width).one(words[1])


def _tool(width: int) -> Iterator[str]:
    yield f"{PROGRAM}: Amazon SageMaker from the command line"
    yield from ("", f"usage: {PROGRAM} [options] [service] <command> [parameters]", "")
    yield from textwrap.wrap(
        "The commands and their options are those of `aws sagemaker` and `aws sagemaker-runtime`; a line for `aws` "
        f"runs with {PROGRAM} in the place of aws.",
        width,
    )
    yield from ("", f"  {PROGRAM} describe-endpoint --endpoint-name my-endpoint")
    yield from _definitions("OPTIONS", {name: option["help"] for name, option in GLOBAL_OPTIONS.items()}, width)
    yield from _definitions("COMMANDS OF ITS OWN", own.COMMANDS, width)
    for service in _LISTED:
        yield from _heading(f"COMMANDS OF {service.name}")
        yield from _columns(commands.command_names(service.name), width)
    others = {service.name: service.title for service in SERVICES if service not in _LISTED}
    yield from _definitions("SERVICES WITH COMMANDS OF THEIR OWN", others, width)
    yield from _definitions("EXIT CODES", {str(code): text for code, text in EXIT_CODES.items()}, width)
    yield ""
    for words, text in (
        ("<command>", "one of them"),
        ("<command> --<option>", "one option"),
        ("<service>", "a service"),
    ):
        yield f"  {PROGRAM} help {words}: about {text}"


def _service(name: str, width: int) -> Iterator[str]:
    yield f"{name}: {BY_NAME[name].title}"
    yield from _heading("COMMANDS")
    yield from _columns(commands.command_names(name), width)
    waiters = commands.waiter_names(name)
    if waiters:
        yield from _heading("WAITERS")
        yield from _columns(waiters, width)


def _columns(names: list[str], width: int) -> Iterator[str]:
    longest = max(map(len, names)) + 2
    columns = max(1, (width - 2) // longest)
    rows = -(-len(names) // columns)
    for row in range(rows):
        yield f"  {''.join(name.ljust(longest) for name in names[row::rows])}".rstrip()


def _wait(words: list[str], service: str, width: int) -> Iterator[str]:
    from .waiting import SETTLED, find_target, settled_names

    if not words:
        yield f"{PROGRAM} wait <waiter> [options]: wait until a resource has reached a state"
        yield from _heading("WAITERS")
        yield from (f"  {name}" for name in commands.waiter_names(service))
        yield f"  {SETTLED} <describe command>"
        return
    if words == [SETTLED]:
        yield f"{PROGRAM} wait {SETTLED} <describe command> [options]: wait until it is on its way no longer"
        yield from _heading("DESCRIBE COMMANDS")
        yield from _columns(settled_names(), width)
        return
    target, _ = find_target(words, service)
    yield f"wait {target.name}"
    yield from _heading("SYNOPSIS")
    needed = (f" {each.option} <value>" for each in target.command.parameters if each.required)
    yield f"  {PROGRAM} wait {target.name}{''.join(needed)} [options]"
    yield from _heading("DESCRIPTION")
    described = [f"Polls {target.command.name}, at first every second and then ever more slowly."]
    if target.waiter is not None:
        row = target.waiter.row
        described.append(f"The longest wait is {row['delay'] * row['max_attempts']} seconds.")
        ends = {"success": "It succeeds", "failure": "It fails", "retry": "It goes on"}
        for acceptor in row["acceptors"]:
            what = f"{acceptor['argument']} is " if "argument" in acceptor else f"the {acceptor['matcher']} is "
            described.append(f"{ends[acceptor['state']]} when {what}{acceptor['expected']}.")
    else:
        kinds = settling(target.command.namespace, target.command.operation).kinds
        for end, kind in (("It succeeds", "well"), ("It fails", "bad"), ("It goes on", "way")):
            described.append(
                f"{end} at {', '.join(status for status, each in kinds.items() if each == kind) or 'none'}."
            )
    described.append("It prints nothing unless --query or --output is given: then the last answer.")
    yield from textwrap.wrap(" ".join(described), width, initial_indent="  ", subsequent_indent="  ")
    extra = {name: option["help"] for name, option in target.options.items()}
    yield from _Page(target.command, width).options(extra)


def _heading(text: str) -> list[str]:
    return ["", text]


def _definitions(title: str, entries: dict[str, str], width: int) -> Iterator[str]:
    yield from _heading(title)
    longest = max(map(len, entries)) + 2
    if longest > width // 2:
        # There is no room for the words beside the names.
        for name, text in entries.items():
            yield f"  {name}"
            yield from textwrap.wrap(text, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
        return
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
        self._text = service_text(command.service.name)

    def lines(self) -> Iterator[str]:
        """All of it."""
        command = self._command
        yield command.name
        yield from _heading("SYNOPSIS")
        yield f"  {PROGRAM} {self._name()}"
        for parameter in command.parameters:
            text = self._synopsis(parameter)
            yield f"    {text if parameter.required else f'[{text}]'}"
        if command.has_outfile:
            yield "    <outfile>"
        yield "    [--cli-input-json <value> | --cli-input-yaml <value>]"
        yield f"    [--generate-cli-skeleton {'|'.join(SKELETONS)}]"
        yield from _heading("EXAMPLE")
        yield f"  {PROGRAM} {self._name()}{example(command)}"
        words = self._text.operations.get(command.operation, "")
        if words:
            yield from _heading("DESCRIPTION")
            yield from self._words(words, "  ")
        if command.paginator is not None:
            note = "The answer comes in pages, and all of them are fetched unless --no-paginate is given."
            yield from ("", *textwrap.wrap(note, self._width, initial_indent="  ", subsequent_indent="  "))
        yield from self.options(self._extra())
        yield from _heading("OUTPUT")
        if command.has_outfile:
            yield "  The answer's body goes to <outfile>; - is standard output."
        members = list(self._members(command.output, [], "  "))
        yield from members or ["  None."]
        yield from self._addresses()

    def one(self, option: str) -> Iterator[str]:
        """What there is to say of one option."""
        known = {each.option: each for each in self._command.parameters}
        known |= {
            f"--no-{name.removeprefix('--')}": each for name, each in known.items() if each.shape.kind == "boolean"
        }
        extra = self._extra() | {name: settings["help"] for name, settings in GLOBAL_OPTIONS.items()}
        name = f"--{option.lstrip('-')}"
        if name in known:
            yield from self._option(known[name])
        elif name in extra:
            yield from _definitions(f"{PROGRAM} {self._name()}", {name: extra[name]}, self._width)
        else:
            near = suggestion([name], [*known, *extra])
            raise UsageError(f"{PROGRAM}: error: {self._command.name} has no option {name}{near}")
        yield from self._addresses()

    def _name(self) -> str:
        """As it has to be typed: with the service's name where another one has a command of that name too."""
        found = commands.find_command(self._command.name)
        same = found is not None and found.service is self._command.service
        return self._command.name if same else f"{self._command.service.name} {self._command.name}"

    def options(self, extra: dict[str, str]) -> Iterator[str]:
        """What the command takes, each member with its structure and how to write it."""
        yield from _heading("OPTIONS")
        for parameter in self._command.parameters:
            yield from self._option(parameter)
            yield ""
        for name, text in extra.items():
            yield f"  {name}"
            yield from textwrap.wrap(text, self._width, initial_indent="      ", subsequent_indent="      ")
            yield ""
        yield f"  {PROGRAM} help has the options that every command takes."

    def _option(self, parameter: Parameter) -> Iterator[str]:
        needed = ", required" if parameter.required else ""
        yield f"  {self._names(parameter)} ({kind_text(parameter.shape.row, values=False)}{needed})"
        yield from self._limits(parameter.shape, "      ")
        yield from self._words(self._member_words(self._command.input.row, parameter.wire_name), "      ")
        yield from self._nested(parameter.shape, [], "      ")
        yield from self._syntax(parameter)

    def _extra(self) -> dict[str, str]:
        from .paging import PAGING_OPTIONS
        from .requests import INPUT_OPTIONS

        paging = {name: option["help"] for name, option in PAGING_OPTIONS.items()}
        whole = {name: option["help"] for name, option in INPUT_OPTIONS.items()}
        sample = {"--generate-cli-skeleton": f"print a sample and send nothing: {', '.join(SKELETONS)}"}
        return {**(paging if self._command.paginator is not None else {}), **whole, **sample}

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
