"""`deploy`, `teardown`, `logs` and `why`: hosting's workflows, with what happens told as it happens."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Any

from .._errors import ParamValidationError, RolledBack
from .._services import BY_NAME
from ..hosting.failures import DeploymentFailed
from .arguments import PROGRAM, Parser, suggestion
from .connect import connection
from .failures import OTHER, ROLLED_BACK, UsageError
from .printable import one_line, printable, write
from .progress import StatusLine, clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..hosting.events import Event
    from .arguments import Globals

_PLAN: dict[str, Any] = {"action": "store_true", "help": "print what would be done, and change nothing"}
_TIMEOUT: dict[str, Any] = {
    "type": float,
    "help": "the longest that all of it may take, in seconds; two hours when left out",
}
_NAME: dict[str, Any] = {"metavar": "name", "help": "its name"}
OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "deploy": {
        "file": {"help": "what the endpoint should be, as YAML or JSON"},
        "--plan": _PLAN,
        "--timeout": _TIMEOUT,
        "--keep": {"type": int, "help": "the versions to keep, the one in force among them; 2 when left out"},
    },
    "teardown": {"name": _NAME, "--plan": _PLAN, "--timeout": _TIMEOUT},
    "logs": {
        "kind": {"choices": ("endpoint", "inference-component"), "help": "endpoint or inference-component"},
        "name": _NAME,
        "--follow": {"action": "store_true", "help": "go on with what is written from now on"},
        "--since": {"type": float, "help": "how far back to begin, in seconds; an hour when left out"},
        "--variant-name": {"help": "the variant; all when left out"},
    },
    "why": {
        "name": _NAME,
        "--lines": {"type": int, "help": "how many lines of the container's log; 20 when left out"},
    },
}
"""What each of the commands takes, in order, as argparse takes it."""


def usage_of(name: str) -> str:
    """How one of the commands is called."""
    options = OPTIONS[name]
    words = "".join(f" <{word}>" for word in options if not word.startswith("-"))
    lines = (f"  {word}  {option['help']}\n" for word, option in options.items())
    return f"usage: {PROGRAM} {name}{words} [options]\n\n{''.join(lines)}"


def run_deploy(options: Globals, words: list[str]) -> int:
    """`deploy <file>`; the exit code. Raises UsageError, SdkError."""
    from ..hosting.deploying import deploy, plan
    from ..hosting.spec import EndpointSpec

    given = _take("deploy", options, words)
    try:
        spec = EndpointSpec.from_yaml(given["file"])
    except ParamValidationError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"{given['file']} cannot be read: {error.strerror}") from error
    more = {} if given["--keep"] is None else {"keep": given["--keep"]}
    if given["--plan"]:
        return _run(options, lambda client: plan(client, spec, **more))
    return _told(options, lambda client, tell: deploy(client, spec, timeout=given["--timeout"], on_event=tell, **more))


def run_teardown(options: Globals, words: list[str]) -> int:
    """`teardown <name>`; the exit code. Raises UsageError, SdkError."""
    from ..hosting.tearing_down import plan_teardown, teardown

    given = _take("teardown", options, words)
    name = given["name"]
    if given["--plan"]:
        return _run(options, lambda client: plan_teardown(client, name))
    return _told(options, lambda client, tell: teardown(client, name, timeout=given["--timeout"], on_event=tell))


def run_why(options: Globals, words: list[str]) -> int:
    """`why <name>`; the exit code: 0 if it is told, whatever it is. Raises UsageError, SdkError."""
    from ..hosting.failures import failure

    given = _take("why", options, words)
    more = {} if given["--lines"] is None else {"lines": given["--lines"]}
    return _run(options, lambda client: failure(client, given["name"], **more))


def run_logs(options: Globals, words: list[str]) -> int:
    """`logs endpoint <name>`; the exit code. Raises UsageError, SdkError."""
    from ..hosting.logs import logs

    given = _take("logs", options, words)
    more = {} if given["--since"] is None else {"since": given["--since"]}
    if given["kind"] == "inference-component":
        more["inference_component_name"] = given["name"]

    async def show() -> None:
        async with connection(_service(), options) as client:
            lines = logs(client, given["name"], variant_name=given["--variant-name"], follow=given["--follow"], **more)  # type: ignore[arg-type]  # it is SageMaker's client
            async for line in lines:
                write(f"{line}\n", sys.stdout)
                sys.stdout.flush()

    asyncio.run(show())
    return 0


def _service() -> Any:
    return BY_NAME["sagemaker"]


def _take(name: str, options: Globals, words: list[str]) -> dict[str, Any]:
    usage = usage_of(name)
    parser = Parser(usage)
    for word, settings in OPTIONS[name].items():
        named: dict[str, Any] = {"dest": word, **settings} if word.startswith("-") else settings
        parser.add_argument(word, **named)
    given, unknown = parser.take(words)
    if unknown:
        raise UsageError(f"Unknown options: {', '.join(unknown)}{suggestion(unknown, OPTIONS[name])}", usage)
    if options.output or options.query:
        raise UsageError(f"{name} is for people: it takes neither --output nor --query", usage)
    if options.dry_run and "--plan" not in given:
        raise UsageError(f"{name} changes nothing: it takes no --dry-run", usage)
    return {**given, **({"--plan": given["--plan"] or options.dry_run} if "--plan" in given else {})}


def _run(options: Globals, work: Callable[[Any], Awaitable[object]]) -> int:
    """Print what the work comes to."""

    async def run() -> object:
        async with connection(_service(), options) as client:
            return await work(client)

    write(f"{asyncio.run(run())}\n", sys.stdout)
    return 0


def _told(options: Globals, work: Callable[[Any, Callable[[Event], None]], Awaitable[object]]) -> int:
    """Do the work and tell what happens; the exit code tells success, a rollback and a failure apart."""
    telling = _Telling()

    async def run() -> None:
        async with connection(_service(), options) as client:
            drawing = asyncio.create_task(telling.draw())
            try:
                await work(client, telling.tell)
            finally:
                drawing.cancel()
                await asyncio.wait([drawing])

    try:
        asyncio.run(run())
    except DeploymentFailed as failed:
        telling.end()
        sys.stderr.write(printable(f"{failed}\n"))
        return ROLLED_BACK if isinstance(failed, RolledBack) else OTHER
    finally:
        telling.end()
    return 0


class _Telling:
    """One line for each thing that happens; looks at what is waited for share one line of a terminal."""

    def __init__(self) -> None:
        self._line = StatusLine(sys.stderr, first_after=0)
        self._last = ""
        self._waiting_for = ""
        self._since = time.monotonic()

    def tell(self, event: Event) -> None:
        """Tell an event."""
        waiting = event.stage == "waiting"
        self._waiting_for = one_line(event.text) if waiting else ""
        if not (waiting and (self._line.live or event.text == self._last)):
            self._line.end()
            write(f"{clock(event.elapsed)}  {one_line(event.text)}\n", sys.stdout)
            sys.stdout.flush()
        self._last = event.text

    async def draw(self) -> None:
        """Show what is waited for, and for how long, until cancelled."""
        while self._line.live:
            if self._waiting_for:
                self._line.show(f"{clock(time.monotonic() - self._since)}  {self._waiting_for}")
            await asyncio.sleep(0.25)

    def end(self) -> None:
        """Remove the line."""
        self._line.end()
