"""One HTTP request to one answer: admit, authenticate, decode, check, do, encode."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import uuid
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from .._protocols.server import ReceivedRequest, RestJsonServer
from .._shapes.maps import Headers
from ..errors import InternalFailure, ParamValidationError, ServiceError
from . import _refusals as refusals
from ._bodies import closing, read_body
from ._control import PREFIX, Control
from ._openai import OpenAIRoute, is_openai

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._protocols.message import HttpResponse
    from .._shapes.operation import Operation
    from ._faces import Face, Faces
    from ._gate import Gate
    from ._runtime import Pieces
    from ._signatures import Authority
    from ._steering import Steering
    from ._world import World

_PAGE = Path(__file__).with_name("page.html")
_PAGE_HEADERS = {
    # Nothing but what is in the file itself is loaded or run, and no other page may show it.
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "connect-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_logger = logging.getLogger("aiosagemaker.local")


class RequestHandler:
    """What the server does with a request, whichever service it is for."""

    def __init__(
        self,
        world: World,
        faces: Faces,
        steering: Steering,
        authority: Authority,
        gate: Gate,
        *,
        settle: bool,
    ) -> None:
        self._world = world
        self._faces = faces
        self._authority = authority
        self._gate = gate
        self._settle = settle
        self._control = Control(steering, authority.credentials)
        self._openai = OpenAIRoute(world, faces.runtime, authority)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer, sent or to be sent. Whatever goes wrong is an answer too."""
        path, _, query = request.raw_path.partition("?")
        page = request.method == "GET" and (path == "/" or path.startswith(PREFIX))
        forbidden = self._gate.refusal(request, page=page)
        if forbidden is not None:
            return closing(403, forbidden)
        if path.startswith(PREFIX):
            return await self._control.handle(request, path)
        if page:
            return web.Response(text=_page(), content_type="text/html", headers=_PAGE_HEADERS)
        if is_openai(path):
            return await self._openai.handle(request, path)
        headers = Headers(request.headers.items())
        face = self._faces.of(path, headers)
        protocol = face.protocol
        name = ""
        stream: Pieces | None = None
        try:
            claim = self._authority.claim(
                headers,
                signing_name=face.signing_name,
                now=self._world.pace.clock.time(),
                status=protocol.refusal_status,
            )
            body = await read_body(request, face.longest_body)
            if body is None:
                return closing(413, "Request Entity Too Large")
            claim.verify(request.method, path, query, headers, body)
            received = ReceivedRequest(request.method, path, query, headers, body)
            operation = protocol.route(received)
            name = operation.name
            await self._world.faults.before(name)
            if face.offers(operation.row["method"]) is None:
                raise refusals.not_offered(operation, self._world.account)
            typed = protocol.decode(operation, received)
            refusals.check_constraints(typed)
            answer, stream = await self._perform(face, operation, typed)
        except ParamValidationError as error:
            message = refusals.constraint_message(protocol.namespace.operation(name), error.violations)
            answer = protocol.encode_error(face.refusal(message))
        except ServiceError as error:
            answer = protocol.encode_error(error)
        except Exception as error:  # a fault of the service is answered as one, and is in its log
            _logger.exception("%s failed", name or "a request")
            failure = InternalFailure(f"{type(error).__name__}: {error}", code="InternalFailure", http_status=500)
            answer = protocol.encode_error(failure)
        if name and self._world.faults.drops(name) and request.transport is not None:
            request.transport.abort()
            if stream is not None:
                stream.close()
        sent = {**answer.headers, "x-amzn-RequestId": str(uuid.uuid4())}
        # A body that was not read is not waited for: what is refused by its head costs no more than its head.
        if not request.content.at_eof():
            sent["Connection"] = "close"
        if stream is None:
            return web.Response(status=answer.status, headers=sent, body=answer.body)
        return await _stream(request, answer.status, sent, stream, face)

    async def _perform(self, face: Face, operation: Operation, typed: Any) -> tuple[HttpResponse, Pieces | None]:
        self._world.strictness.check(typed)
        method: Any = face.offers(operation.row["method"])
        moving = set(self._world.moving)
        done = method(typed)
        if inspect.isawaitable(done):
            done = await done
        begun = self._world.moving - moving
        if self._settle and begun:
            # What another request began meanwhile is waited for too, which does no harm.
            await asyncio.wait(begun)
        if isinstance(done, tuple):
            response, pieces = cast("tuple[Any, Pieces]", done)
            return face.protocol.encode(operation, response), pieces
        return face.protocol.encode(operation, done), None


@functools.cache
def _page() -> str:
    return _PAGE.read_text(encoding="utf-8")


async def _stream(
    request: web.BaseRequest, status: int, headers: Mapping[str, str], pieces: Pieces, face: Face
) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    protocol = face.protocol
    assert isinstance(protocol, RestJsonServer), "only the runtime streams"
    try:
        await response.prepare(request)
        async with aclosing(aiter(pieces)) as each:
            async for piece in each:
                await response.write(protocol.encode_event("PayloadPart", piece))
    except ServiceError as error:
        await response.write(protocol.encode_stream_error(error))
    finally:
        pieces.close()
    await response.write_eof()
    return response
