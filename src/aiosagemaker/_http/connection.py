"""One connection, and HTTP/1.1 on it: one request goes out, its answer comes in, and nothing else may."""

from __future__ import annotations

import asyncio
import contextlib
import select
from typing import TYPE_CHECKING, Any

from .._errors import ConnectionClosed, ReadTimeout, TransportError
from .body import TooLargeError
from .failures import words
from .outflow import Outflow
from .surface import parser

if TYPE_CHECKING:
    from .._shapes.body import Body
    from .body import Content
    from .contract import TransportRequest

_BODILESS = frozenset({204, 304})
"""What never has a body, whatever the headers say (RFC 9112, 6.3)."""
_MAX_HEADERS = 128
"""As many as aiohttp takes since it has a limit; before that there is none."""


class Connection(asyncio.Protocol):
    """A connection that is ours alone. `start` begins an exchange; when `progress` ends, look at what came."""

    __slots__ = (
        "_content",
        "_declared",
        "_heard",
        "_loop",
        "_lost",
        "_out",
        "_parser",
        "_payload",
        "_poll",
        "_read",
        "_reading_paused",
        "_timer",
        "_until_end",
        "_waiter",
        "done",
        "ended",
        "failure",
        "head",
        "held",
        "idle_since",
        "lost",
        "reusable",
        "transport",
        "used",
        "way",
    )

    transport: asyncio.Transport
    head: Any
    """The answer's status line and headers, as aiohttp's parser has them; None before they came."""
    held: TransportRequest | None
    """What is to be written soon; None once it was, or if it is not to be."""
    done: bool
    """Whether the answer has come to its end."""
    failure: Exception | None
    """Why it will not."""
    ended: bool
    """Whether the connection has."""
    lost: bool
    """Whether the event loop is done with it."""
    used: bool
    """Whether it has served a request before."""
    reusable: bool
    """Whether it may serve another one."""
    idle_since: float
    way: str
    """Whereto it goes; see `pool`."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, way: str) -> None:
        self.transport = transport
        self.way = way
        self.head = self.failure = self.held = None
        self.done = self.ended = self.lost = self.used = False
        self.reusable = True
        self.idle_since = 0.0
        self._loop = loop
        self._parser: Any = None
        self._payload: Any = None
        self._content: Content | None = None
        self._declared = 0
        self._until_end = False
        self._read: float | None = None
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._out: Outflow | None = None
        self._reading_paused = False
        self._lost: asyncio.Future[None] | None = None
        self._poll: Any = None

    # An exchange.

    def start(self, read: float | None, content: Content | None, *, with_body: bool = True) -> None:
        """Expect an answer, next.

        Args:
            read: how long to wait for bytes once the request is written, in seconds; None is for ever.
            content: where its body goes; None keeps it for `take`, and reads no faster than it is taken.
            with_body: False for the answer to a HEAD.
        """
        self._read = read
        self._content = content
        self._parser = parser(self, self._loop, response_with_body=with_body)
        self._payload = self.head = self.failure = None
        self.done = self._until_end = False
        self.used = True
        if self.ended:
            self.fail(ConnectionClosed("the connection ended before the request was written"))

    def write(self, data: bytes) -> None:
        """Write a request, or its head."""
        if not self.ended:
            self.transport.write(data)

    def write_held(self, data: bytes) -> None:
        """Write the request that was held, unless its exchange has ended meanwhile."""
        request, self.held = self.held, None
        if request is None:
            return
        if self.ended:
            self.fail(ConnectionClosed("the connection ended before the request was written"))
        elif self.failure is None:
            request.sent = True
            self.transport.write(data)

    def pour(self, body: Body) -> None:
        """Write a body, each piece when the connection has room for it; the answer may come before its end."""
        self._outflow().pour(self.transport, body, self._poured)

    def _poured(self, error: BaseException | None) -> None:
        if error is not None:
            self.fail(error if isinstance(error, Exception) else TransportError(f"{type(error).__name__}: {error}"))
        elif self._waiter is not None:
            self._watch()

    @property
    def waiter(self) -> asyncio.Future[None] | None:
        """What somebody waits for now."""
        return self._waiter

    def progress(self) -> asyncio.Future[None]:
        """Ends with what was waited for: the answer's end; without a `content` also its head, or more of its body."""
        waiter = self._waiter = self._loop.create_future()
        if self._out is None or not self._out.is_pouring:
            self._watch()
        return waiter

    def take(self) -> bytes:
        """What there is of the body."""
        payload = self._payload
        if payload is None or payload.exception() is not None:
            return b""
        part: bytes = payload.read_nowait()
        return part

    @property
    def until_end(self) -> bool:
        """Whether the body has neither a length nor chunks, so that its end is that of the connection."""
        return self._until_end

    def finish(self) -> bool:
        """End the exchange; whether the connection may serve another one."""
        if (self._out is not None and self._out.stop()) or not self.done or self.ended:
            self.reusable = False
        self._parser = self._payload = self._content = self._waiter = self.head = self.held = None
        return self.reusable

    # What the event loop reports.

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        reader = self._parser
        if reader is None or self.held is not None:
            # What nobody asked for: not the next request's answer.
            self.fail(ConnectionClosed("the server spoke before it was asked"))
            self.transport.abort()
            return
        try:
            messages, upgraded, _ = reader.feed_data(data)
            for message, payload in messages:
                self._take_head(message, payload)
            if upgraded:
                raise TransportError("not a usable answer: it switches protocols", maybe_sent=True)
            self._take_body(data)
        except Exception as error:
            self.fail(error)

    def _take_head(self, message: Any, payload: Any) -> None:
        code = message.code
        if 100 <= code < 200 and code != 101:
            return  # an interim answer; the real one follows
        if self.head is not None:
            raise TransportError("more came than the answer", maybe_sent=True)
        headers = message.headers
        if code < 200 or len(headers) > _MAX_HEADERS:
            what = f"status {code}" if code < 200 else f"{len(headers)} headers"
            raise TransportError(f"not a usable answer: {what}", maybe_sent=True)
        lengths = headers.getall("Content-Length", ())
        if message.should_close:
            self.reusable = False
        if not message.chunked:
            if len(lengths) > 1 or (lengths and not (lengths[0].isascii() and lengths[0].isdecimal())):
                raise TransportError(f"Content-Length is {', '.join(lengths)[:40]}", maybe_sent=True)
            self._until_end = not lengths and code not in _BODILESS
        self._declared = int(lengths[0][:20]) if lengths and not message.chunked else 0
        self.head = message
        self._payload = payload
        if code in _BODILESS and not payload.is_eof():
            # The headers speak of a body that must not be there: what comes next is not known.
            self.reusable = False
            self._payload = None
            self._end_answer()

    def _take_body(self, data: bytes) -> None:
        payload, content = self._payload, self._content
        if payload is None:
            return
        if (damage := payload.exception()) is not None:
            raise TransportError(f"the answer is damaged: {words(damage)}", maybe_sent=True)
        if content is None:
            if payload.is_eof():
                self._end_answer()
            self._wake()
            return
        if part := payload.read_nowait():
            content.add(part)
            if content.limit is not None and self._declared > content.limit:
                raise TooLargeError
        if payload.is_eof():
            if data and not data.endswith(b"\n" if self.head.chunked else part or b"\n"):
                self._check_rest(data, part)
            self._end_answer()

    def _check_rest(self, data: bytes, part: bytes) -> None:
        # aiohttp's parsers take the beginning of whatever comes next without a word.
        if self.head.chunked or not data.rstrip(b"\r\n").endswith(part.rstrip(b"\r\n")):
            raise TransportError("more came than the answer", maybe_sent=True)
        self.reusable = False

    def _end_answer(self) -> None:
        if self._until_end:
            self.reusable = False
        self.done = True
        self._parser = None
        self._wake()

    def eof_received(self) -> None:
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._end(exc)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)

    def _end(self, error: Exception | None) -> None:
        if self.ended:
            return
        self.ended = True
        self.reusable = False
        if self._out is not None:
            self._out.end()
        if self._parser is None:
            return
        if error is not None or self.head is None or self._payload is None:
            self.fail(error or ConnectionClosed("the server closed the connection before the answer"))
            return
        try:
            self._parser.feed_eof()
            self._take_body(b"")
        except Exception as incomplete:
            self.fail(ConnectionClosed(words(incomplete)))
        else:
            if not self.done:
                self.fail(ConnectionClosed("the server closed the connection before the answer's end"))

    def fail(self, error: Exception) -> None:
        """The answer will not come to its end."""
        if self.failure is None and not self.done:
            self.failure = error
        self.reusable = False
        self._parser = None
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def pause_writing(self) -> None:
        self._outflow().hold()

    def resume_writing(self) -> None:
        self._outflow().release()

    def _outflow(self) -> Outflow:
        """Made for the first large body, or when small ones fill the connection."""
        if self._out is None:
            self._out = Outflow(self._loop)
            self._out.ended = self.ended
        return self._out

    # What aiohttp's StreamReader asks for when it has enough, and when it has room again.

    @property
    def connected(self) -> bool:
        """Whether more may come."""
        return not self.ended

    def pause_reading(self) -> None:
        if self._content is None and not self._reading_paused:
            self._reading_paused = True
            self.transport.pause_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        if self._reading_paused:
            self._reading_paused = False
            if not self.ended:
                self.transport.resume_reading()

    # Silence.

    def _watch(self) -> None:
        """Time the wait from now on. The timer outlives the wait, and serves the next one too."""
        read = self._read
        if read is None:
            return
        self._heard = self._loop.time()
        due = self._heard + read
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._check_silence)
        elif self._timer.when() > due:
            self._timer.cancel()
            self._timer = self._loop.call_at(due, self._check_silence)

    def _check_silence(self) -> None:
        self._timer = None
        if self._waiter is None or self._read is None or (self._out is not None and self._out.is_pouring):
            return
        due = self._heard + self._read
        if self._loop.time() < due:
            self._timer = self._loop.call_at(due, self._check_silence)
        else:
            self.fail(ReadTimeout(f"nothing came for {self._read:g} s (TimeoutConfig.read)"))

    # Between two exchanges.

    def is_alive(self) -> bool:
        """Whether nothing has come since the last answer.

        A server may close an idle connection at any time. The socket itself is asked, at the last moment before a
        request is written, so that nothing was sent and another connection can be taken. An end that comes later is for
        the retry strategy to judge: the server may have the request (RFC 9110, 9.2.2).
        """
        if self.ended or not self.reusable or self.transport.is_closing():
            return False
        if self._poll is None:
            sock = self.transport.get_extra_info("socket")
            if sock is None or not hasattr(select, "poll"):
                return True
            self._poll = select.poll()
            self._poll.register(sock.fileno(), select.POLLIN)
        return not self._poll.poll(0)

    def abort(self) -> None:
        """Close the connection now; TLS would wait for the server's consent, for up to 30 seconds."""
        self.reusable = False
        try:
            self.transport.abort()
        except RuntimeError:
            _close_stranded(self.transport)

    async def closed(self) -> None:
        """Wait until the event loop is done with the connection."""
        if not self.lost:
            self._lost = self._lost or self._loop.create_future()
            await asyncio.shield(self._lost)


def _close_stranded(transport: Any) -> None:
    """Close a socket whose event loop was closed before it, for which asyncio has no public way."""
    below = getattr(getattr(transport, "_ssl_protocol", None), "_transport", transport)  # of TLS
    end = getattr(below, "_call_connection_lost", None)
    if end is not None:
        with contextlib.suppress(RuntimeError):  # as the loop can be told of nothing
            end(None)
