"""Streamed bytes, cut anywhere, become lines or server-sent events.

Language models stream JSON lines or `text/event-stream`, and the service cuts either wherever its parts end.
What comes out depends only on the bytes, never on the cuts: where they break a rule, all that came before is
returned first, and EventStreamError is raised by that call of `feed` or else by the next call.
"""

from __future__ import annotations

import codecs
import io

import attrs

from .._errors import EventStreamError

MAX_LENGTH = 16 * 1024 * 1024
"""What one line or one event may take by default; no rule of the service, but memory has an end."""

# Python refuses to read a number of thousands of digits, and 15 are 31,000 years.
_MAX_RETRY_DIGITS = 15


class LineAssembler:
    r"""Turns UTF-8 bytes into the lines they hold, each without its end: `\n` or `\r\n`. A lone `\r` is text.

    `max_length` is in bytes, without the line's end. EventStreamError is raised for a longer line, and for one
    that is not UTF-8: a line is data, and half of it replaced by U+FFFD would be wrong data.
    """

    def __init__(self, *, max_length: int = MAX_LENGTH) -> None:
        self._max_length = max_length
        self._tail = bytearray()
        self._failure: EventStreamError | None = None

    def feed(self, data: bytes) -> list[str]:
        """The lines that these bytes complete."""
        if self._failure is not None:
            raise self._failure
        lines: list[str] = []
        *pieces, rest = data.split(b"\n")
        try:
            for piece in pieces:
                self._tail += piece
                lines.append(self._take_line())
            self._tail += rest
            # A \r at the end may turn out to be half of the line's end.
            if len(self._tail) > self._max_length + self._tail.endswith(b"\r"):
                raise self._too_long()
        except EventStreamError as error:
            self._failure = error
            if not lines:
                raise
        return lines

    def close(self) -> str | None:
        """Say that the stream has ended: the last line if no line end followed it, or None."""
        if self._failure is not None:
            raise self._failure
        if not self._tail:
            return None
        return self._decode(bytes(self._tail))

    def _take_line(self) -> str:
        line = bytes(self._tail).removesuffix(b"\r")
        self._tail.clear()
        return self._decode(line)

    def _decode(self, line: bytes) -> str:
        if len(line) > self._max_length:
            raise self._too_long()
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            raise EventStreamError(f"A line is not UTF-8, from its byte {error.start} on") from error

    def _too_long(self) -> EventStreamError:
        return EventStreamError(f"A line is longer than {self._max_length} bytes")


@attrs.frozen(kw_only=True)
class ServerSentEvent:
    """One event of a `text/event-stream`."""

    event: str = "message"
    """The event's type."""
    data: str
    r"""The event's data lines, joined with `\n`."""
    id: str | None = None
    """The last id that the stream gave, with this event or before it, or None."""
    retry: int | None = None
    """The reconnection time that the stream gave since the event before this one, in milliseconds, or None."""


class ServerSentEvents:
    r"""Turns the bytes of a `text/event-stream` into its events.

    As https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream says: lines end with
    `\r\n`, `\n` or `\r`; one leading BOM is dropped; bytes that are not UTF-8 become U+FFFD; comments, unknown
    fields and an event without data are passed over. An event is returned as soon as its empty line is there.

    `max_length` bounds an event's data, together with the line being read, in characters; EventStreamError is
    raised beyond it.
    """

    def __init__(self, *, max_length: int = MAX_LENGTH) -> None:
        self._max_length = max_length
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._skip_newline = False
        self._tail = io.StringIO()
        self._data: list[str] = []
        self._data_length = 0
        self._event = ""
        self._id: str | None = None
        self._retry: int | None = None
        self._failure: EventStreamError | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that these bytes complete."""
        if self._failure is not None:
            raise self._failure
        text = self._decoder.decode(data)
        if not text:
            return []
        # A line that a \r ends is taken at once: waiting for the \n that may follow would hold back its event.
        if self._skip_newline and text[0] == "\n":
            text = text[1:]
        self._skip_newline = text.endswith("\r")
        *pieces, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        events: list[ServerSentEvent] = []
        try:
            for piece in pieces:
                self._extend_line(piece)
                event = self._take_line()
                if event is not None:
                    events.append(event)
            self._extend_line(rest)
        except EventStreamError as error:
            self._failure = error
            if not events:
                raise
        return events

    def close(self) -> bool:
        """Say that the stream has ended. The standard drops an event whose empty line never came.

        Returns whether there was one, or a half line; the caller may know better than the standard what it means.
        """
        if self._failure is not None:
            raise self._failure
        return bool(self._data) or self._tail.tell() > 0

    def _extend_line(self, piece: str) -> None:
        self._tail.write(piece)
        if self._data_length + self._tail.tell() > self._max_length:
            raise EventStreamError(f"An event is longer than {self._max_length} characters")

    def _take_line(self) -> ServerSentEvent | None:
        line = self._tail.getvalue()
        self._tail = io.StringIO()
        if not line:
            return self._take_event()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "data":
                self._data.append(value)
                self._data_length += len(value) + 1
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdigit() and len(value) <= _MAX_RETRY_DIGITS:
                self._retry = int(value)
            case _:
                pass
        return None

    def _take_event(self) -> ServerSentEvent | None:
        event = self._event or "message"
        data = "\n".join(self._data)
        has_data = bool(self._data)
        self._event = ""
        self._data.clear()
        self._data_length = 0
        if not has_data:
            return None
        retry, self._retry = self._retry, None
        return ServerSentEvent(event=event, data=data, id=self._id, retry=retry)
