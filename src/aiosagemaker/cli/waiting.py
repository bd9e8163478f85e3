"""`wait`: until a resource has reached a state."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from .._errors import ParamValidationError, SdkError, WaiterFailed
from .._services import BY_NAME
from ..sagemaker.settled_waits import NoRollback, naming_failed_steps
from ..sagemaker.settling import settling, status_member
from ..waiters import Waiter
from . import commands
from .arguments import PROGRAM, parse, suggestion, usage
from .asking import FIRST_DELAY, GIVE_UP, GOAL_OPTIONS, TIMES, Polls, check_times, endpoint_goal
from .connect import connection, plain_answer
from .failures import Unreachable, UsageError, WaitFailed
from .output import Printer
from .progress import StatusLine, clock
from .requests import INPUT_OPTIONS, make_request, read_members

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .._shapes.schema import WaiterRow
    from .._shapes.structure import Request
    from ..waiters import Goal
    from .arguments import Globals
    from .commands import Command, WaitCommand

SETTLED = "settled"
"""The word for a wait for whatever a Describe command tells the status of."""
_SUCCESS: dict[str, dict[str, Any]] = {
    "--success": {"nargs": "+", "help": "the statuses that end the wait well, in place of the usual ones"}
}


class Target(NamedTuple):
    """What is waited for."""

    name: str
    """As it is typed after `wait`."""
    command: Command
    """The one that is polled."""
    waiter: WaitCommand | None
    """None for a wait until something is settled."""

    @property
    def options(self) -> dict[str, dict[str, Any]]:
        """The options beside those of the command, as argparse takes them."""
        held = self.waiter.row.get("goal") if self.waiter else self.command.operation == "DescribeEndpoint"
        return {**TIMES, **(GOAL_OPTIONS if held else {}), **({} if self.waiter else _SUCCESS)}

    @property
    def member(self) -> str:
        """The member of the response that tells the status, by the model's name; empty if none is looked at."""
        members = self.command.output.row["members"]
        noun = self.command.operation.removeprefix("Describe")
        rows = self.waiter.row["acceptors"] if self.waiter else []
        paths = [*(acceptor.get("argument", "") for acceptor in rows), f"{noun}Status"]
        return next((path for path in paths if path in members), "")


def find_target(words: list[str], service: str = "") -> tuple[Target, list[str]]:
    """What the words name, and the words that are left. Raises UsageError."""
    names = [*commands.waiter_names(service), SETTLED]
    shown = f"usage: {PROGRAM} wait <waiter> [options]\n\nThe waiters:\n" + "".join(f"  {name}\n" for name in names)
    if not words or words[0].startswith("-"):
        raise UsageError(f"{PROGRAM}: error: the following arguments are required: waiter", shown)
    if words[0] == SETTLED:
        return _settled(words[1:])
    waiter = commands.find_waiter(words[0], service)
    if waiter is None:
        raise UsageError(f"{PROGRAM}: error: Invalid choice: '{words[0]}'{suggestion([words[0]], names)}", shown)
    return Target(waiter.name, waiter.command, waiter), words[1:]


def settled_names() -> list[str]:
    """The commands that `wait settled` follows: those that describe what has a status."""
    found = (commands.find_command(name, _SERVICE) for name in commands.command_names(_SERVICE) if "describe" in name)
    return [each.name for each in found if each is not None and status_member(each.namespace, each.operation)]


_SERVICE = "sagemaker"


def _settled(words: list[str]) -> tuple[Target, list[str]]:
    command = commands.find_command(words[0], _SERVICE) if words else None
    if command is None or status_member(command.namespace, command.operation) is None:
        shown = f"usage: {PROGRAM} wait {SETTLED} <describe command> [options]\n"
        typed = f"'{words[0]}' tells no status" if words else "a describe command is required"
        near = suggestion(words[:1], settled_names())
        raise UsageError(f"{PROGRAM}: error: {typed}{near}", shown)
    return Target(f"{SETTLED} {command.name}", command, None), words[1:]


def run_wait(options: Globals, words: list[str]) -> int:
    """`wait <waiter> <the options of its operation> [--timeout] [--delay] ...`; the exit code.

    Raises:
        UsageError: the words make no wait.
        WaitFailed: it ended without what it waited for.
    """
    service, words = (words[0], words[1:]) if words and words[0] in BY_NAME else ("", words)
    target, words = find_target(words, service)
    command = target.command
    whole = any(word.partition("=")[0] in INPUT_OPTIONS for word in words)
    extra = {**INPUT_OPTIONS, **target.options}
    given = parse(command, words, usage(command, f"wait {target.name}"), extra, required=not whole)
    check_times(given)
    request = make_request(command, read_members(command, given))
    asyncio.run(_Wait(target, request, options, given).run())
    return 0


class _Wait:
    def __init__(self, target: Target, request: Request[Any], options: Globals, given: dict[str, Any]) -> None:
        self._target = target
        self._request = request
        self._options = options
        self._given = given
        # A wait prints nothing unless it is told what to print.
        asked = options.output is not None or options.query is not None or options.dry_run
        self._printer = Printer(options, target.command.operation) if asked else None
        self._name = target.waiter.waiter if target.waiter else f"{target.command.operation[len('Describe') :]}Settled"
        self._row = self._waiter_row()
        held = GOAL_OPTIONS.keys() <= target.options.keys()
        self._goal: Goal[Any] | None = endpoint_goal(self._name, given) if held else None
        if not target.waiter and not held:
            self._goal = NoRollback(self._name, settling(target.command.namespace, target.command.operation).member)

    def _waiter_row(self) -> WaiterRow:
        if self._target.waiter:
            return self._target.waiter.row
        command, success = self._target.command, self._given.get("--success")
        table = settling(command.namespace, command.operation)
        unknown = [status for status in success or () if status not in table.kinds]
        if unknown:
            known = ", ".join(table.kinds)
            raise UsageError(f"Bad value for --success: {', '.join(unknown)}, must be one of: {known}")
        return table.row(command.namespace, command.operation, None if success is None else frozenset(success))

    async def run(self) -> None:
        """Wait, and print what was asked for."""
        command = self._target.command
        async with connection(command.service, self._options) as client:
            if self._options.dry_run:
                from .calling import describe_request

                assert self._printer is not None
                self._printer.print(await describe_request(client, command, self._request))
                return
            member = command.output.row["members"][self._target.member]["name"] if self._target.member else ""
            async with status_line(f"Waiting for {self._target.name}", member) as line:
                try:
                    last = await self._poll(client, line)
                except (WaiterFailed, SdkError) as error:
                    if isinstance(error, ParamValidationError) or not getattr(error, "maybe_sent", True):
                        raise
                    raise WaitFailed(f"Waiter {self._name} failed: {error}") from error
                except Unreachable as error:
                    raise WaitFailed(f"Waiter {self._name} failed: {error}") from error
            if self._printer is not None and last is not None:
                self._printer.print(plain_answer(client, last))

    async def _poll(self, client: Any, line: Line) -> Any:
        row, delay = self._row, self._given.get("--delay")
        waiter: Waiter[Any] = Waiter(
            self._name,
            row,
            timeout=self._given.get("--timeout"),
            min_delay=min(FIRST_DELAY, float(row["delay"])) if delay is None else delay,
            max_delay=float(row["delay"]) if delay is None else delay,
            goal=self._goal,
        )
        polls = Polls(lambda: client.send(self._request), line.tell, self._given.get("--give-up", GIVE_UP))
        return await naming_failed_steps(waiter.wait(polls, line.saw), client._session, self._request)


class Line:
    """One line of standard error: what is waited for, the latest status, the time that has passed."""

    def __init__(self, title: str, member: str) -> None:
        """`member` is that of a response which tells the status."""
        self._line = StatusLine(sys.stderr, first_after=0)
        self._member = member
        self._title = title
        self._status = "asking"
        self._trouble = ""
        self._since = time.monotonic()

    @property
    def live(self) -> bool:
        """Whether there is a terminal to draw on."""
        return self._line.live

    def saw(self, response: object) -> None:
        """Show the response's status."""
        value = getattr(response, self._member, None)
        self._status = self._status if value is None else str(value)

    def tell(self, trouble: str) -> None:
        """Show a failure; where there is no terminal, the first of several that follow one another."""
        if trouble and not self._trouble and not self.live:
            print(f"{self._title}: {trouble}; asking again", file=sys.stderr, flush=True)
        self._trouble = trouble

    def draw(self) -> None:
        """Write the line anew."""
        self._line.show(self._text())

    def end(self) -> None:
        """Leave the last state."""
        self._line.end(self._text())

    def _text(self) -> str:
        passed = clock(time.monotonic() - self._since)
        return f"{self._title}: {self._status}, {passed}{f', {self._trouble}' if self._trouble else ''}"


@contextlib.asynccontextmanager
async def status_line(title: str, member: str) -> AsyncGenerator[Line]:
    """A line that is drawn while the block runs; its last state stays, however the block ends."""
    line = Line(title, member)

    async def draw() -> None:
        while True:
            line.draw()
            await asyncio.sleep(0.25)

    drawing = asyncio.create_task(draw()) if line.live else None
    try:
        yield line
    finally:
        if drawing is not None:
            drawing.cancel()
            await asyncio.wait([drawing])
        line.end()
