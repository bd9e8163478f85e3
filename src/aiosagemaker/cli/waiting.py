"""`wait`: until a resource has reached a state."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from ..errors import ParamValidationError, SdkError, WaiterFailed
from . import commands
from .app import usage
from .arguments import parse, suggestion
from .connect import connection
from .failures import UsageError, WaitFailed
from .requests import INPUT_OPTIONS, make_request, read_members

if TYPE_CHECKING:
    from .._shapes.structure import Request
    from .arguments import Globals
    from .commands import WaitCommand

_OPTIONS: dict[str, dict[str, Any]] = {
    "--timeout": {"type": float, "help": "the longest wait, in seconds"},
    "--delay": {"type": float, "help": "the pause between polls, in seconds"},
}


def run_wait(options: Globals, words: list[str]) -> int:
    """`wait <waiter> <the options of its operation> [--timeout] [--delay]`; the exit code.

    Raises:
        UsageError: the words make no wait.
        WaitFailed: it ended without what it waited for.
    """
    shown = f"usage: {commands.PROGRAM} wait <{'|'.join(commands.waiter_names())}> [options]\n"
    if not words or words[0].startswith("-"):
        raise UsageError(f"{commands.PROGRAM}: error: the following arguments are required: waiter", shown)
    waiter = commands.find_waiter(words[0])
    if waiter is None:
        near = suggestion([words[0]], commands.waiter_names())
        raise UsageError(f"{commands.PROGRAM}: error: Invalid choice: '{words[0]}'{near}", shown)
    command = waiter.command
    whole = any(word.partition("=")[0] in INPUT_OPTIONS for word in words)
    given = parse(
        command, words[1:], usage(command, f"wait {waiter.name}"), {**INPUT_OPTIONS, **_OPTIONS}, required=not whole
    )
    for option in _OPTIONS:
        if given.get(option, 0) < 0:
            raise UsageError(f"Bad value for {option}: {given[option]:g} is below zero")
    request = make_request(command, read_members(command, given))
    asyncio.run(_wait(waiter, request, options, given.get("--timeout"), given.get("--delay")))
    return 0


async def _wait(
    waiter: WaitCommand, request: Request[Any], options: Globals, timeout: float | None, delay: float | None
) -> None:
    async with connection(waiter.command.service, options) as client:
        if options.dry_run:
            from .calling import print_request

            await print_request(client, waiter.command, request, options)
            return
        method = getattr(client, waiter.row["method"])
        with progress(f"Waiting for {waiter.name}", options.color) as seen:
            try:
                await method(request, timeout=timeout, min_delay=delay, max_delay=delay, on_poll=seen)
            except (WaiterFailed, SdkError) as error:
                if isinstance(error, ParamValidationError) or not getattr(error, "maybe_sent", True):
                    raise
                raise WaitFailed(f"Waiter {waiter.waiter} failed: {error}") from error


def progress(title: str, color: str) -> Any:
    """A context whose value is told of each poll: a live line on a terminal, nothing where standard error is none."""
    if not sys.stderr.isatty():
        from contextlib import nullcontext

        return nullcontext(_nothing)
    from ._live import status_line

    return status_line(title, color, sys.stderr)


def _nothing(response: object) -> None:
    return None
