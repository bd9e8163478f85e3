"""One request sent, and its answer printed."""

from __future__ import annotations

import hashlib
import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from .._shapes.body import SizedStream
from .._shapes.structure import evolve
from .connect import connection, plain_answer
from .debug import tell_client, tell_message
from .outfile import Outfile
from .plain import plain
from .progress import Counting, StatusLine, transfer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .._client import BaseClient
    from .._shapes.structure import Request
    from .arguments import Globals
    from .commands import Command
    from .output import Printer
    from .paging import Paging

_LARGE = 1_000_000
"""The bytes of a body that is worth telling how far it is."""
_PIECE = 64 * 1024


async def call(
    command: Command, request: Request[Any], options: Globals, printer: Printer, paging: Paging | None, outfile: str
) -> None:
    """Send the request and print the answer; with `--dry-run` print the request instead.

    Raises:
        UsageError: the outfile cannot be written to; nothing was sent.
        InvalidRequest: the request breaks the model's rules; nothing was sent.
        SdkError: the client is not set up, or the call failed.
    """
    target = Outfile(outfile) if command.has_outfile else None
    async with connection(command.service, options) as client:
        if options.dry_run:
            printer.print(await describe_request(client, command, request))
            return
        if options.debug:
            tell_client(client.config, (await client._session.endpoint()).url, signed=options.sign_request)
            tell_message("request", request)
        if target is not None:
            await _to_file(client, command, request, printer, target)
        elif paging is not None:
            from .paging import pages

            counting = Counting(sys.stderr)
            try:
                found = pages(command, request, paging, client.send, partial(plain_answer, client), counting.saw)
                await printer.print_pages(found, counting)
            finally:
                counting.clear()
        else:
            response = await client.send(request)
            tell_message("response", response)
            printer.print(plain_answer(client, response))


async def _to_file(
    client: BaseClient, command: Command, request: Request[Any], printer: Printer, target: Outfile
) -> None:
    if command.streams:
        with target.open() as out:
            async with getattr(client, command.row["method"])(request) as events:
                async for event in events:
                    out.write(event.bytes or b"")
                    out.flush()
        return
    with target.open() as out:
        opened = await client._session.open(command.operation, _counted(command, request))
        response, body = opened.response, opened.answer
        length = body.head.headers.get("Content-Length", "")
        try:
            with transfer("received", int(length) if length.isdecimal() else None, sys.stderr) as moved:
                while chunk := await body.chunk():
                    out.write(chunk)
                    moved(len(chunk))
        finally:
            body.close()
    tell_message("response", response)
    answer = plain_answer(client, response)
    answer.pop(command.payload, None)
    if not target.is_standard_output:
        printer.print(answer)


def _counted(command: Command, request: Request[Any]) -> Request[Any]:
    """The request, which says on a terminal how much of a large body has gone."""
    wire_name = command.input.row.get("payload", "")
    member = command.input.row["members"][wire_name]["name"] if wire_name else ""
    body = getattr(request, member) if member else None
    if not isinstance(body, bytes) or len(body) < _LARGE or not StatusLine(sys.stderr).live:
        return request

    async def pieces() -> AsyncIterator[bytes]:
        with transfer("sent", len(body), sys.stderr) as moved:
            for start in range(0, len(body), _PIECE):
                yield body[start : start + _PIECE]
                moved(min(_PIECE, len(body) - start))

    digest = hashlib.sha256(body).hexdigest()
    return evolve(request, **{member: SizedStream(pieces, len(body), sha256=digest)})


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
