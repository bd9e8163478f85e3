"""One request sent, and its answer printed."""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from .._shapes.structure import evolve
from .connect import connection, plain_answer
from .plain import plain

if TYPE_CHECKING:
    from .._client import BaseClient
    from .._shapes.structure import Request
    from .arguments import Globals
    from .commands import Command
    from .output import Printer
    from .paging import Paging

STANDARD_OUTPUT = "-"
"""The name of a file to write to that is none."""


async def call(
    command: Command, request: Request[Any], options: Globals, printer: Printer, paging: Paging | None, outfile: str
) -> None:
    """Send the request and print the answer; with `--dry-run` print the request instead.

    Raises:
        SdkError: the client is not set up, or the call failed.
    """
    async with connection(command.service, options) as client:
        if options.dry_run:
            printer.print(await describe_request(client, command, request))
            return
        if command.streams:
            await _stream(client, command, request, outfile)
            return
        if paging is not None:
            from .paging import pages

            await printer.print_pages(pages(command, request, paging, client.send, partial(plain_answer, client)))
            return
        response = await client.send(request)
        if command.payload:
            member = command.output.row["members"][command.payload]["name"]
            with _writer(outfile) as out:
                out.write(getattr(response, member) or b"")
            response = evolve(response, **{member: b""})
        answer = plain_answer(client, response)
        answer.pop(command.payload, None)
        if outfile != STANDARD_OUTPUT:
            printer.print(answer)


async def _stream(client: BaseClient, command: Command, request: Request[Any], outfile: str) -> None:
    async with getattr(client, command.row["method"])(request) as events:
        with _writer(outfile) as out:
            async for event in events:
                out.write(event.bytes or b"")
                out.flush()


def _writer(name: str) -> AbstractContextManager[BinaryIO]:
    if name == STANDARD_OUTPUT:
        return nullcontext(sys.stdout.buffer)
    return open(os.path.expanduser(name), "wb")


async def check(command: Command, request: Request[Any], options: Globals) -> None:
    """Raises InvalidRequest if the request breaks the model's rules. Nothing is sent."""
    async with connection(command.service, options) as client:
        await describe_request(client, command, request)


async def print_request(client: BaseClient, command: Command, request: Request[Any], options: Globals) -> None:
    """Print the HTTP request that would be signed and sent."""
    from .output import Printer

    described = await describe_request(client, command, request)
    Printer(options, command.operation).print(described)


async def describe_request(client: BaseClient, command: Command, request: Request[Any]) -> dict[str, Any]:
    """The HTTP request that would be signed and sent."""
    prepared = await client._session.prepare(command.operation, request)
    http_request = prepared.http_request
    body = http_request.body if isinstance(http_request.body, bytes) else b""
    return {
        "Method": http_request.method,
        "Url": str(prepared.url),
        "Headers": dict(http_request.headers),
        "Body": _readable(body),
    }


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return plain(body)
