"""Bodies that go to and come from files, and how far they are."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING, Any

from .._shapes.body import SizedStream
from .._shapes.structure import evolve
from .debug import tell_message
from .progress import StatusLine, transfer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .._client import BaseClient
    from .._shapes.structure import Request, Response
    from .commands import Command
    from .outfile import Outfile

_LARGE = 1_000_000
"""The bytes of a body that is worth telling how far it is."""
_PIECE = 64 * 1024


async def to_file(client: BaseClient, command: Command, request: Request[Any], target: Outfile) -> Response | None:
    """Write the answer's body to the file as it comes; the answer without it, or None if it has nothing else.

    Raises:
        Incomplete: it broke off.
        SdkError: there was no answer.
    """
    if command.streams:
        with target.open() as out:
            async with getattr(client, command.row["method"])(request) as events:
                async for event in events:
                    out.write(event.bytes or b"")
                    out.flush()
        return None
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
    return evolve(response, **{command.output.row["members"][command.payload]["name"]: None})


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
