"""One request sent, and its answer printed."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from .connect import connection, plain_answer
from .plain import plain

if TYPE_CHECKING:
    from .._client import BaseClient
    from .._shapes.structure import Request
    from .arguments import Globals
    from .commands import Command
    from .outfile import Outfile
    from .output import Printer
    from .paging import Paging


async def call(
    command: Command, request: Request[Any], options: Globals, printer: Printer, paging: Paging | None, outfile: str
) -> None:
    """Send the request and print the answer; with `--dry-run` print the request instead.

    What only some commands need is imported by them: each import is a part of the time to start.

    Raises:
        UsageError: the outfile cannot be written to; nothing was sent.
        InvalidRequest: the request breaks the model's rules; nothing was sent.
        SdkError: the client is not set up, or the call failed.
    """
    target = _outfile(outfile) if command.has_outfile else None
    async with connection(command.service, options) as client:
        if options.dry_run:
            printer.print(await describe_request(client, command, request))
            return
        if options.debug:
            from .debug import tell_client, tell_message

            tell_client(client.config, (await client._session.endpoint()).url, signed=options.sign_request)
            tell_message("request", request)
        if target is not None:
            from .transfers import to_file

            response = await to_file(client, command, request, target)
            if response is not None and not target.is_standard_output:
                answer = plain_answer(client, response)
                answer.pop(command.payload, None)
                printer.print(answer)
        elif paging is not None:
            from .paging import pages
            from .progress import Counting

            counting = Counting(sys.stderr)
            try:
                found = pages(command, request, paging, client.send, partial(plain_answer, client), counting.saw)
                await printer.print_pages(found, counting)
            finally:
                counting.clear()
        else:
            response = await client.send(request)
            if options.debug:
                from .debug import tell_message

                tell_message("response", response)
            printer.print(plain_answer(client, response))


def _outfile(name: str) -> Outfile:
    from .outfile import Outfile

    return Outfile(name)


async def check(command: Command, request: Request[Any], options: Globals) -> None:
    """Raises InvalidRequest if the request breaks the model's rules. Nothing is sent."""
    async with connection(command.service, options) as client:
        await describe_request(client, command, request)


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
