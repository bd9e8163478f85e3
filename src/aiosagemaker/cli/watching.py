"""`watch`: an endpoint followed until it settles."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..errors import WaiterError, WaiterFailed
from .arguments import Parser
from .commands import PROGRAM
from .connect import connection
from .failures import UsageError, WaitFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..sagemaker.client import SageMakerClient
    from ..sagemaker.endpoint_waits import EndpointSnapshot, VariantSnapshot
    from .arguments import Globals

USAGE = f"""usage: {PROGRAM} watch endpoint <name> [options]

  --delay <seconds>    the pause between polls; 5 when left out
  --timeout <seconds>  the longest watch; an hour when left out
  --plain              one line for each event, as where standard output is no terminal
"""


class Watch:
    """What has been seen of one endpoint."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.snapshot: EndpointSnapshot | None = None
        self.status: str = ""
        self.events: list[tuple[datetime, str]] = []
        self._facts: dict[str, str] = {}

    def saw(self, snapshot: EndpointSnapshot) -> list[str]:
        """Take in a snapshot; the events that it brings."""
        self.snapshot = snapshot
        facts = dict(_facts(snapshot))
        self.status = facts["status"]
        events = [
            f"{name}: {f'{before} -> ' if before else ''}{facts.get(name, 'gone')}"
            for name in dict.fromkeys([*facts, *self._facts])
            if (before := self._facts.get(name, "")) != facts.get(name, "")
        ]
        self._facts = facts
        for event in events:
            self.note(event)
        return events

    def note(self, event: str) -> None:
        """Add an event."""
        self.events.append((datetime.now(UTC).astimezone(), event))


def _facts(snapshot: EndpointSnapshot) -> Iterator[tuple[str, str]]:
    yield "status", str(snapshot.status)
    if snapshot.response.endpoint_config_name:
        yield "configuration", snapshot.response.endpoint_config_name
    for variant in (*snapshot.variants, *snapshot.shadow_variants):
        yield from _variant_facts(variant)
    for described in snapshot.response.production_variants or ():
        for status in described.variant_status or ():
            yield f"{described.variant_name} is", f"{status.status}{_in_brackets(status.status_message)}"
    pending = snapshot.pending_deployment
    if pending is not None:
        yield "pending deployment", pending.endpoint_config_name
    if snapshot.response.failure_reason:
        yield "failure", snapshot.response.failure_reason


def _variant_facts(variant: VariantSnapshot) -> Iterator[tuple[str, str]]:
    for name, current, desired in (
        ("instances", variant.current_instance_count, variant.desired_instance_count),
        ("weight", variant.current_weight, variant.desired_weight),
    ):
        if current is not None or desired is not None:
            wanted = "" if desired is None or desired == current else f" of {desired:g}"
            yield f"{variant.name} {name}", f"{0 if current is None else current:g}{wanted}"


def _in_brackets(text: str | None) -> str:
    return f" ({text})" if text else ""


def run_watch(options: Globals, words: list[str]) -> int:
    """`watch endpoint <name>`; the exit code.

    Raises:
        UsageError: the words name no endpoint.
        WaitFailed: the endpoint did not come into service.
    """
    parser = Parser(USAGE)
    parser.add_argument("kind", choices=("endpoint",))
    parser.add_argument("name")
    parser.add_argument("--delay", type=float, default=5.0)
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--plain", action="store_true")
    given, unknown = parser.parse_known_args(words)
    if unknown:
        raise UsageError(f"Unknown options: {', '.join(unknown)}", USAGE)
    if given.delay < 0 or (given.timeout is not None and given.timeout < 0):
        raise UsageError("--delay and --timeout are seconds, zero or more")
    asyncio.run(_watch(given.name, options, given.delay, given.timeout, given.plain or not sys.stdout.isatty()))
    return 0


async def _watch(name: str, options: Globals, delay: float, timeout: float | None, plain: bool) -> None:
    client: Any
    async with connection("sagemaker", options) as client:
        if options.dry_run:
            from .calling import print_request
            from .commands import find_command
            from .requests import make_request

            command = find_command("describe-endpoint")
            assert command is not None
            await print_request(client, command, make_request(command, {"EndpointName": name}), options)
            return
        watch = Watch(name)
        with nullcontext() if plain else _view(watch, options):
            failed = await _follow(client, watch, delay, timeout, plain)
        if failed is not None:
            raise WaitFailed(f"{name}: {failed}") from failed


async def _follow(
    client: SageMakerClient, watch: Watch, delay: float, timeout: float | None, plain: bool
) -> WaiterError | None:
    def told(events: list[str]) -> None:
        for event in events if plain else ():
            print(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {event}", flush=True)

    try:
        async for snapshot in client.watch_endpoint(
            endpoint_name=watch.name, timeout=timeout, min_delay=delay, max_delay=delay
        ):
            told(watch.saw(snapshot))
    except WaiterError as error:
        if isinstance(error, WaiterFailed) and error.last_response is not None:
            watch.status = str(error.last_response.endpoint_status)
        watch.note(str(error))
        return error
    return None


def _view(watch: Watch, options: Globals) -> Any:
    from ._live import watch_view

    return watch_view(watch, options.color, sys.stdout)
