"""`watch`: a resource followed until it settles."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .._errors import SdkError, ServiceError, WaiterError, WaiterFailed
from ..sagemaker.settling import settling
from ..waiters import Waiter
from .arguments import PROGRAM, Parser, suggestion
from .asking import GIVE_UP, GOAL_OPTIONS, TIMES, Polls, check_times, endpoint_goal
from .commands import command_of
from .connect import connection
from .failures import Unreachable, UsageError, WaitFailed, require
from .printable import one_line
from .requests import make_request
from .watch_state import KINDS, Watch, step_facts

if TYPE_CHECKING:
    from .arguments import Globals
    from .commands import Command
    from .watch_state import Kind

_FASTEST, _DELAY = 1.0, 5.0

USAGE = f"""usage: {PROGRAM} watch <kind> <name> [options]

The kinds, each with its name, a pipeline-execution with its ARN:
{"".join(f"  {kind}{chr(10)}" for kind in KINDS)}
  --delay <seconds>    the pause between polls; up to {_DELAY:g}, short at first, when left out
  --timeout <seconds>  the longest watch; an hour when left out, a day for jobs and executions
  --give-up <seconds>  without an answer, after which to give up; {GIVE_UP:g} when left out
  --endpoint-config-name <name>
                       the configuration that an endpoint must end with
  --desired-weights-and-capacities <value> ...
                       what its variants must end with, as for update-endpoint-weights-and-capacities
  --plain              one line for each event, as where standard output is no terminal
"""


def run_watch(options: Globals, words: list[str]) -> int:
    """`watch <kind> <name>`; the exit code.

    Raises:
        UsageError: the words name nothing that can be watched.
        WaitFailed: it did not settle, or not well.
    """
    parser = Parser(USAGE)
    parser.add_argument("kind")
    parser.add_argument("name")
    for option, settings in {**TIMES, **GOAL_OPTIONS}.items():
        named: dict[str, Any] = {"dest": option, **settings}
        parser.add_argument(option, **named)
    parser.add_argument("--plain", action="store_true")
    given, unknown = parser.take(words)
    if unknown:
        near = suggestion(unknown, [*TIMES, *GOAL_OPTIONS, "--plain"])
        raise UsageError(f"Unknown options: {', '.join(unknown)}{near}", USAGE)
    if given["kind"] not in KINDS:
        near = suggestion([given["kind"]], KINDS)
        raise UsageError(f"{PROGRAM}: error: invalid choice: '{given['kind']}' cannot be watched{near}", USAGE)
    for option in GOAL_OPTIONS:
        if given[option] is not None and given["kind"] != "endpoint":
            raise UsageError(f"{option} is for endpoints only", USAGE)
    if not options.dry_run and (options.output or options.query):
        raise UsageError("watch prints what changes: --output and --query go with `wait`, or with the describe command")
    check_times(given)
    kind = KINDS[given["kind"]]
    command = command_of("sagemaker", kind.operation)
    asyncio.run(_Following(kind, command, options, given).run())
    return 0


class _Gone(Exception):
    """What was being deleted is no longer there."""


class _Following:
    def __init__(self, kind: Kind, command: Command, options: Globals, given: dict[str, Any]) -> None:
        self._table = settling(command.namespace, kind.operation)
        member = command.output.row["members"][self._table.member]["name"]
        self._watch = watch = Watch(given["name"], kind, member, self._table.kinds)
        self._command = command
        self._options = options
        self._given = given
        self._request = make_request(command, {watch.kind.member: watch.name})
        self._view = None if given["plain"] or not sys.stdout.isatty() else _live()

    async def run(self) -> None:
        """Follow to the end. Raises WaitFailed where that is not a good one."""
        async with connection(self._command.service, self._options) as client:
            if self._options.dry_run:
                from .calling import describe_request
                from .output import Printer

                printer = Printer(self._options, self._command.operation)
                printer.print(await describe_request(client, self._command, self._request))
                return
            shown = self._view.watch_view(self._watch, self._options.color, sys.stdout) if self._view else nullcontext()
            with shown:
                failed = await self._follow(client)
            if failed is not None:
                raise WaitFailed(f"{self._watch.name}: {failed}") from failed

    async def _follow(self, client: Any) -> Exception | None:
        watch, given = self._watch, self._given
        waiter: Waiter[Any] = Waiter(
            watch.kind.operation,
            self._table.row(self._command.namespace, watch.kind.operation, None),
            timeout=given["--timeout"],
            min_delay=_FASTEST if given["--delay"] is None else given["--delay"],
            max_delay=_DELAY if given["--delay"] is None else given["--delay"],
            goal=endpoint_goal(watch.kind.operation, given) if given["kind"] == "endpoint" else None,
        )
        give_up = GIVE_UP if given["--give-up"] is None else given["--give-up"]
        try:
            async for response in waiter.polls(Polls(lambda: self._ask(client), self._trouble, give_up)):
                self._told(watch.saw(response, await self._steps(client)))
        except _Gone:
            watch.status = "Deleted"
            self._told(["status: Deleting -> gone"])
            watch.note("status: Deleting -> gone")
        except (WaiterError, Unreachable) as error:
            if isinstance(error, WaiterFailed) and error.last_response is not None:
                watch.status = watch.status_of(error.last_response)
            watch.note(str(error))
            return error
        return None

    async def _ask(self, client: Any) -> Any:
        try:
            return await client.send(self._request)
        except ServiceError as error:
            names = {cls.__name__ for cls in type(error).__mro__}
            if self._watch.status == "Deleting" and names & {"NotFound", "ResourceNotFound"}:
                raise _Gone from error
            raise

    async def _steps(self, client: Any) -> list[tuple[str, str]]:
        if self._given["kind"] != "pipeline-execution":
            return []
        listed = client.paginate_list_pipeline_execution_steps(pipeline_execution_arn=self._watch.name)
        try:
            # The service lists the latest first.
            return [step_facts(step) for step in reversed(await listed.collect())]
        except SdkError as error:
            self._trouble(f"no steps: {error}")
            return self._watch.steps

    def _told(self, events: list[str]) -> None:
        for event in events if self._view is None else ():
            print(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {one_line(event)}", flush=True)

    def _trouble(self, text: str) -> None:
        if text and not self._watch.trouble:
            self._told([text])
        self._watch.trouble = text


def _live() -> Any:
    """The view for a terminal; None where the library that draws it is missing, and plain lines have to do."""
    try:
        require("rich", "live views")
    except UsageError:
        return None
    from . import live

    return live
