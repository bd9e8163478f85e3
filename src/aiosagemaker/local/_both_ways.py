"""Streams both ways: HTTP/2 with the caller, a WebSocket with the container.

https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-test-endpoints.html says what SageMaker does between
the two. Every event's signature is checked.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from contextlib import aclosing
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .._errors import ConnectionClosed, EventStreamError
from .._protocols.event_stream import EventStreamDecoder, encode_header, encode_message
from .._shapes.maps import Headers
from ..errors import AuthenticationError, ServiceError, TransportError
from ._instances import ModelRequest, ModelUnreachable, Part
from ._runtime_refusals import refused

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .._http.http2_stream import Http2Stream
    from .._protocols.event_stream import Message
    from ._gate import Gate
    from ._routing import Router
    from ._signatures import Authority, Claim
    from ._world import World

OPERATION = "InvokeEndpointWithBidirectionalStream"
PAYLOAD_HASH = "STREAMING-AWS4-HMAC-SHA256-EVENTS"
_PATH = re.compile(r"/endpoints/([^/]+)/invocations-bidirectional-stream")
_CONTAINER_PATH = "invocations-bidirectional-stream"
_TEXT = "UTF8"


class BothWays:
    """Answers the requests of one HTTP/2 connection after another."""

    def __init__(self, world: World, router: Router, authority: Authority, gate: Gate) -> None:
        self._world = world
        self._router = router
        self._authority = authority
        self._gate = gate

    def accept(self, stream: Http2Stream) -> None:
        """Serve a request, beside all others."""
        self._world.begin(self._serve(stream))

    async def _serve(self, stream: Http2Stream) -> None:
        try:
            await self._answer(stream)
        except TransportError:
            return  # the caller has gone
        finally:
            stream.close()

    async def _answer(self, stream: Http2Stream) -> None:
        headers = Headers({**stream.headers, "host": stream.headers.get(":authority", "")}.items())
        path, _, query = headers[":path"].partition("?")
        try:
            chain = self._admitted(headers, path, query)
            await self._world.faults.before(OPERATION)
            matched = _PATH.fullmatch(path)
            if matched is None or headers[":method"] != "POST":
                raise refused(f"{headers[':method']} {path} is not offered over HTTP/2.")
            target = self._router.route(
                SimpleNamespace(
                    endpoint_name=unquote(matched[1]),
                    target_variant=headers.get("x-amzn-sagemaker-target-variant"),
                )
            )
        except AuthenticationError as error:
            await _refuse(stream, error, 403)
            return
        except ServiceError as error:
            await _refuse(stream, error, error.http_status or 400)
            return
        lease = target.pool.take(target.copy)
        try:
            converse: Any = getattr(lease.copy.instance, "converse", None)
            if converse is None:
                await _refuse(stream, refused("The model does not support bidirectional streaming."), 400)
                return
            told = {"x-amzn-invoked-production-variant": target.variant_name}
            await stream.respond(200, [*told.items(), *_head()])
            parts = converse(_asked(headers), _received(stream, chain))
            await self._converse(stream, parts)
        finally:
            lease.release()

    def _admitted(self, headers: Headers, path: str, query: str) -> Chain | None:
        """The chain that the events continue; None where anybody may call."""
        if headers.get("origin") or headers.get("sec-fetch-site"):
            raise refused("requests from browsers are refused")
        claim = self._authority.claim(headers, signing_name="sagemaker", now=self._world.pace.clock.time(), status=403)
        if headers.get("x-amz-content-sha256") != PAYLOAD_HASH:
            raise claim.invalid(f"x-amz-content-sha256 must be {PAYLOAD_HASH}.")
        claim.verify_hash(headers[":method"], path, query, headers, PAYLOAD_HASH)
        return None if self._authority.anyone else Chain(claim)

    async def _converse(self, stream: Http2Stream, parts: AsyncGenerator[Part, None]) -> None:
        try:
            async with aclosing(parts):
                async for part in parts:
                    await stream.send(_event(part))
        except AuthenticationError as error:
            await stream.send(_failure("ModelStreamError", error.message))
        except EventStreamError as error:
            await stream.send(_failure("ModelStreamError", str(error)))
        except ModelUnreachable as error:
            await stream.send(_failure("ModelStreamError", str(error)))
        await stream.end()


class Chain:
    """The signatures of one request's events, made again with the secret key, and compared."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._previous = claim.signature

    def check(self, message: Message) -> None:
        """Raises AuthenticationError for an event whose signature is not that of its place."""
        date, given = message.headers.get(":date"), message.headers.get(":chunk-signature")
        if not isinstance(date, datetime) or not isinstance(given, bytes):
            raise self._claim.invalid("An event has no :date or no :chunk-signature.")
        stamp = date.strftime("%Y%m%dT%H%M%SZ")
        scope = f"{stamp[:8]}/{self._claim.region}/{self._claim.service}/aws4_request"
        lines = (
            "AWS4-HMAC-SHA256-PAYLOAD",
            stamp,
            scope,
            self._previous,
            hashlib.sha256(encode_header(":date", date)).hexdigest(),
            hashlib.sha256(message.payload).hexdigest(),
        )
        key = f"AWS4{self._claim.authority.credentials.secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        expected = hmac.digest(key, "\n".join(lines).encode(), "sha256")
        if not hmac.compare_digest(expected, given):
            raise self._claim.invalid("The signature of an event does not match.")
        self._previous = expected.hex()


async def _received(stream: Http2Stream, chain: Chain | None) -> AsyncGenerator[Part, None]:
    """The parts that the caller sends. Raises AuthenticationError, EventStreamError."""
    decoder = EventStreamDecoder()
    while data := await stream.read():
        decoder.feed(data)
        for outer in decoder:
            if ":chunk-signature" not in outer.headers and chain is None:
                yield _part(outer)
                continue
            if chain is not None:
                chain.check(outer)
            if not outer.payload:
                return
            inner = EventStreamDecoder()
            inner.feed(outer.payload)
            for message in inner:
                yield _part(message)
            inner.close()
    decoder.close()
    if chain is not None:
        raise ConnectionClosed("the request ended without its last, empty event")


def _part(message: Message) -> Part:
    return Part(message.payload, message.headers.get("DataType") == _TEXT)


def _asked(headers: Headers) -> ModelRequest:
    path = headers.get("x-amzn-sagemaker-model-invocation-path", _CONTAINER_PATH).lstrip("/")
    query = headers.get("x-amzn-sagemaker-model-query-string")
    return ModelRequest(body=b"", path=f"/{path}{f'?{query}' if query else ''}")


def _event(part: Part) -> bytes:
    told = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
    return encode_message({**told, "DataType": _TEXT if part.text else "BINARY"}, part.data)


def _failure(kind: str, message: str) -> bytes:
    from .._shapes.json_text import dumps

    told = {":message-type": "exception", ":exception-type": kind, ":content-type": "application/json"}
    return encode_message(told, dumps({"Message": message}).encode())


def _head() -> list[tuple[str, str]]:
    return [("content-type", "application/vnd.amazon.eventstream"), ("x-amzn-requestid", str(uuid.uuid4()))]


async def _refuse(stream: Http2Stream, error: ServiceError, status: int) -> None:
    from .._shapes.json_text import dumps

    _, identity = _head()
    told = [("content-type", "application/json"), ("x-amzn-errortype", error.code), identity]
    await stream.respond(status, told)
    await stream.send(dumps({"Message": error.message}).encode())
    await stream.end()
