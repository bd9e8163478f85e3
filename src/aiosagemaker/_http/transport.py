"""One request out, one complete answer back, every failure as a typed error.

take a connection -> see that it is alive -> sign -> write -> read head -> read body -> give it back, or close it
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from .._errors import (
    TRANSIENT_STATUSES,
    ClientClosedError,
    ConnectionClosed,
    ResponseParseError,
    SdkError,
    TransportError,
)
from .._shapes.body import SizedStream
from .body import PIECE, Content, TooLargeError, decode, length
from .burst import Burst
from .failures import transport_error
from .head import request_head, response_head
from .pool import Pool

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping

    from .._config.config import HttpConfig
    from .._protocols.message import HttpResponse
    from .connection import Connection
    from .contract import TransportRequest


class Transport:
    """The connections of one client. Made inside a running event loop, and bound to it.

    A connection on which an attempt failed, with a transport error or with a status that stands for a failing host
    (500, 502, 503, 504), is closed; the next attempt takes another.
    """

    def __init__(self, http: HttpConfig) -> None:
        self._pool = Pool(http)
        self._burst = Burst(self._pool.loop)
        self._max_size = http.max_response_size
        limits = [limit for limit in (http.max_response_size, http.max_document_size) if limit is not None]
        self._max_document_size = min(limits, default=None)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that the connections belong to."""
        return self._pool.loop

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        """See `Transport.send` of the contract."""
        connection: Connection | None = None
        try:
            connection, content = await self._begin(request)
            while not connection.done and connection.failure is None:
                await connection.progress()
            answer = _complete(connection, content)
            if answer.status in TRANSIENT_STATUSES:
                connection.reusable = False
            return answer
        except Exception as error:
            failure = self._failure(error, request)
        finally:
            if connection is not None:
                self._pool.give_back(connection)
        # Raised here, not above, so that aiohttp's error is not its context either.
        raise failure

    async def open(self, request: TransportRequest, /) -> OpenAnswer:
        """See `Transport.open` of the contract."""
        connection: Connection | None = None
        opened: OpenAnswer | None = None
        try:
            connection, content = await self._begin(request, streams=True)
            while connection.head is None and connection.failure is None:
                await connection.progress()
            if connection.head is None:
                assert connection.failure is not None
                raise connection.failure
            if connection.head.code in TRANSIENT_STATUSES:
                connection.reusable = False
            opened = OpenAnswer(connection, self._pool, request, content)
            return opened
        except Exception as error:
            failure = self._failure(error, request)
        finally:
            if connection is not None and opened is None:
                self._pool.give_back(connection)
        raise failure

    async def _begin(self, request: TransportRequest, *, streams: bool = False) -> tuple[Connection, Content]:
        """A connection on which the request is written, or being written, and what its answer's body is for.

        `streams` is whether it is left for `Connection.take` instead.
        """
        target = self._pool.target(request.url)
        connection = await self._pool.take(target, request)
        try:
            content = Content(self._max_size if request.answers_freely else self._max_document_size)
            body, size = request.body, length(request.body)
            # The signed headers have no local variable: a traceback may be shown with its locals.
            head = request_head(request.method, target, request.sign(), size, close=not self._pool.keepalive)
            connection.start(request.timeouts.read, None if streams else content, with_body=request.method != "HEAD")
            if size <= PIECE and not isinstance(body, SizedStream):
                self._burst.add(connection, b"".join((head, body)) if size else head, request)
            else:
                request.sent = True
                connection.write(head)
                connection.pour(body)
        except BaseException:
            self._pool.give_back(connection)
            raise
        finally:
            head = b""
        return connection, content

    def _failure(self, error: Exception, request: TransportRequest) -> SdkError:
        return _failure(error, request, closed=self._pool.closed)

    async def close(self) -> None:
        """Close every connection. An answer that is being read ends in an error."""
        await self._pool.close()

    def abandon(self) -> None:
        """Close every connection without waiting for anything; see `Pool.abandon`."""
        self._pool.abandon()


class OpenAnswer:
    """An answer whose head has come, and whose body is read as it comes. It holds its connection until it is closed.

    The connection is read only as fast as the chunks are taken. It goes back to the pool if the body was read to its
    end, and is closed otherwise.
    """

    __slots__ = ("_connection", "_content", "_pool", "_request", "head")

    head: HttpResponse
    """Without the body."""

    def __init__(self, connection: Connection, pool: Pool, request: TransportRequest, content: Content) -> None:
        self.head = response_head(connection.head)
        self._connection: Connection | None = connection
        self._pool = pool
        self._request = request
        self._content = content

    async def read(self) -> HttpResponse:
        """The complete answer, which is then closed. Raises as `Transport.send` does."""
        content = self._content
        try:
            connection = self._held()
            try:
                while part := await self._part():
                    content.add(part)
            except TooLargeError as error:
                connection.fail(error)
            return _complete(connection, content)
        except Exception as error:
            failure = self._failure(error)
        finally:
            self.close()
        raise failure

    async def chunk(self) -> bytes:
        """The next bytes of the body, at least one; none once it has ended as it should.

        Raises:
            TransportError: the body ended before its end, or nothing came for as long as `TimeoutConfig.read`; or its
                end is that of the connection, which does not say whether it is complete.
        """
        try:
            part = await self._part()
            if not part and self._held().until_end:
                raise ConnectionClosed("the answer ended with the connection, and does not say whether it is complete")
            return part
        except Exception as error:
            failure = self._failure(error)
        raise failure

    async def _part(self) -> bytes:
        connection = self._held()
        while not (part := connection.take()) and not connection.done:
            if connection.failure is not None:
                raise connection.failure
            await connection.progress()
        return part

    def _held(self) -> Connection:
        if self._connection is None:
            raise TransportError("the answer is closed", maybe_sent=True)
        return self._connection

    def _failure(self, error: Exception) -> SdkError:
        return _failure(error, self._request, closed=self._pool.closed)

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(connection)


def _complete(connection: Connection, content: Content) -> HttpResponse:
    """The whole answer. An error answer that is larger than the limit is cut there: its status says enough.

    Raises:
        TransportError: it is not complete, or its checksum is not that of its body.
        ResponseParseError: a 2xx answer whose body is over the limit, or cannot be decoded.
    """
    failure, fault = connection.failure, ""
    if failure is not None:
        if not isinstance(failure, TooLargeError):
            raise failure
        fault = f"the answer's body is larger than {content.limit} bytes"
    answer = response_head(connection.head)
    received: Mapping[str, str] = connection.head.headers
    answer.body = content.join()
    checksum, encoding = received.get("x-amz-crc32"), received.get("Content-Encoding")
    if checksum is not None and not fault and checksum != str(zlib.crc32(answer.body)):
        raise TransportError(f"the body's CRC-32 is not {checksum[:40]}, as x-amz-crc32 has it", maybe_sent=True)
    if encoding and answer.body and not fault:
        answer.body, fault = decode(answer.body, encoding, content.limit)
    if fault and 200 <= answer.status < 300:
        raise _wrong(answer, fault)
    return answer


def _wrong(answer: HttpResponse, fault: str) -> ResponseParseError:
    return ResponseParseError(fault, status=answer.status, headers=answer.headers, body=answer.body)


def _failure(error: Exception, request: TransportRequest, *, closed: bool) -> SdkError:
    if closed and not request.sent:
        return ClientClosedError("the client was closed")
    return transport_error(error, sent=request.sent)
