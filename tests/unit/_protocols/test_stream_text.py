from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiosagemaker._protocols.event_stream import EventStreamError
from aiosagemaker._protocols.stream_text import LineAssembler, ServerSentEvent, ServerSentEvents


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    bounds = [0, *sorted(min(at, len(data)) for at in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(bounds)]


def lines_of(*chunks: bytes, max_length: int = 100) -> list[str | None]:
    """Every line, and last what `close` gave, or "!" where an error ended it."""
    assembler = LineAssembler(max_length=max_length)
    lines: list[str | None] = []
    try:
        for chunk in chunks:
            lines += assembler.feed(chunk)
        lines.append(assembler.close())
    except EventStreamError:
        lines.append("!")
    return lines


def events_of(*chunks: bytes, max_length: int = 100) -> list[ServerSentEvent | bool | None]:
    """Every event, and last what `close` gave, or None where an error ended it."""
    assembler = ServerSentEvents(max_length=max_length)
    events: list[ServerSentEvent | bool | None] = []
    try:
        for chunk in chunks:
            events += assembler.feed(chunk)
        events.append(assembler.close())
    except EventStreamError:
        events.append(None)
    return events


def event(data: str, type_: str = "message", id_: str | None = None, retry: int | None = None) -> ServerSentEvent:
    return ServerSentEvent(event=type_, data=data, id=id_, retry=retry)


cuts = st.lists(st.integers(0, 200), max_size=8)
pieces = st.lists(
    st.sampled_from(
        [
            *(b"\n", b"\r", b"\r\n", b"data", b"event", b"id", b"retry", b":", b" ", b"7", b"data: x\n\n"),
            *("✓é𝄞".encode(), b"\xff", b"\xe2", b"\xef\xbb\xbf", b"\0"),
        ]
    ),
    max_size=20,
).map(b"".join)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        pytest.param(b"", [None], id="nothing"),
        pytest.param(b"a\nb\n", ["a", "b", None], id="newlines"),
        pytest.param(b"a\r\nb\r\n", ["a", "b", None], id="carriage returns and newlines"),
        pytest.param(b"a\rb\nc\r", ["a\rb", "c\r"], id="a lone carriage return is text"),
        pytest.param(b"a\r\r\n", ["a\r", None], id="one carriage return belongs to the end"),
        pytest.param(b"\n\r\n\n", ["", "", "", None], id="empty lines"),
        pytest.param(b"a\nlast", ["a", "last"], id="no end"),
        pytest.param("a\x0b\x0c\x1c\x85\u2028b\n".encode(), ["a\x0b\x0c\x1c\x85\u2028b", None], id="other separators"),
        pytest.param("✓ é 𝄞\n".encode(), ["✓ é 𝄞", None], id="several bytes a character"),
        pytest.param(b"\xef\xbb\xbfa\n", ["\ufeffa", None], id="a BOM is text"),
        pytest.param(b"a\n\xff\nb\n", ["a", "!"], id="not UTF-8"),
        pytest.param(b"a\n\xe2\x9c", ["a", "!"], id="an end inside a character"),
        pytest.param(b"a\n\xed\xa0\x80\n", ["a", "!"], id="a surrogate"),
        pytest.param(b"x" * 100 + b"\r\n", ["x" * 100, None], id="the longest"),
        pytest.param(b"x" * 101 + b"\n", ["!"], id="one over"),
        pytest.param(b"x" * 101, ["!"], id="one over without an end"),
        pytest.param(b"x" * 100 + b"\r", ["!"], id="one over at the end"),
    ],
)
def test_lines(data: bytes, lines: list[str | None]) -> None:
    """Bytes give these lines, and then the unfinished one, none or an error, wherever they are cut in two."""
    for at in range(len(data) + 1):
        assert lines_of(data[:at], data[at:]) == lines
    assert lines_of(*(bytes([byte]) for byte in data)) == lines


@given(pieces, cuts)
def test_lines_do_not_depend_on_cuts(data: bytes, at: list[int]) -> None:
    """Any bytes give the same lines, and the same end, however they are cut."""
    assert lines_of(*cut(data, at), max_length=12) == lines_of(data, max_length=12)


@given(st.lists(st.text().filter(lambda line: "\n" not in line and not line.endswith("\r")), max_size=5), cuts)
def test_lines_round_trip(lines: list[str], at: list[int]) -> None:
    """Lines joined with newlines come back as they were."""
    data = "".join(f"{line}\n" for line in lines).encode()
    assembler = LineAssembler()
    assert [line for chunk in cut(data, at) for line in assembler.feed(chunk)] == lines
    assert assembler.close() is None


def test_a_line_without_end_is_refused_while_it_comes() -> None:
    """A line that grows over the limit is refused then, not gathered until its end."""
    assembler = LineAssembler(max_length=10)
    assembler.feed(b"x" * 10)
    with pytest.raises(EventStreamError, match="longer than 10 bytes"):
        assembler.feed(b"x")


def test_lines_before_an_error_are_not_lost() -> None:
    """The lines before a wrong one are returned, and every later call raises the error."""
    assembler = LineAssembler()
    assert assembler.feed(b"a\nb\n\xff\nc\n") == ["a", "b"]
    for _ in range(2):
        with pytest.raises(EventStreamError, match="not UTF-8"):
            assembler.feed(b"d\n")
    with pytest.raises(EventStreamError, match="not UTF-8"):
        assembler.close()


@pytest.mark.parametrize(
    ("data", "events"),
    [
        pytest.param("", [False], id="nothing"),
        pytest.param("data: a\n\n", [event("a"), False], id="newlines"),
        pytest.param("data: a\r\n\r\n", [event("a"), False], id="carriage returns and newlines"),
        pytest.param("data: a\r\r", [event("a"), False], id="carriage returns"),
        pytest.param("data: a\r\ndata: b\r\n\r\n", [event("a\nb"), False], id="one end of two characters"),
        pytest.param("data: a\r\n\rdata: b\n\r\n", [event("a"), event("b"), False], id="mixed ends"),
        pytest.param("data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10"), False], id="several lines"),
        pytest.param("data\n\ndata\ndata\n\ndata:", [event(""), event("\n"), True], id="the standard's empty data"),
        pytest.param("data:test\n\ndata: test\n\n", [event("test"), event("test"), False], id="the optional space"),
        pytest.param("data:  two\n\n", [event(" two"), False], id="one space only"),
        pytest.param("data: a:b: c\n\n", [event("a:b: c"), False], id="colons in data"),
        pytest.param(": ping\n\n:\n\ndata: a\n: pong\ndata: b\n\n", [event("a\nb"), False], id="comments"),
        pytest.param("event: add\ndata: a\n\ndata: b\n\n", [event("a", "add"), event("b"), False], id="a type"),
        pytest.param("event: add\n\ndata: b\n\n", [event("b"), False], id="a type without data is dropped"),
        pytest.param("event: add\nevent:\ndata: b\n\n", [event("b"), False], id="an empty type is message"),
        pytest.param(
            "data: a\nid: 1\n\ndata: b\n\ndata: c\nid\n\n",
            [event("a", id_="1"), event("b", id_="1"), event("c", id_=""), False],
            id="an id lasts until another",
        ),
        pytest.param("id: 1\n\ndata: a\n\n", [event("a", id_="1"), False], id="an id without data"),
        pytest.param("id: 1\nid: 2\0\ndata: a\n\n", [event("a", id_="1"), False], id="an id with NUL is ignored"),
        pytest.param(
            "retry: 30\ndata: a\n\ndata: b\n\n", [event("a", retry=30), event("b"), False], id="a reconnection time"
        ),
        pytest.param("retry: 30\n\ndata: a\n\n", [event("a", retry=30), False], id="a reconnection time without data"),
        pytest.param("retry: 3.0\nretry: -1\nretry: ٣\nretry:\ndata: a\n\n", [event("a"), False], id="no digits"),
        pytest.param(f"retry: {'9' * 60}\ndata: a\n\n", [event("a"), False], id="too many digits"),
        pytest.param("unknown: x\nData: x\n data: x\ndata: a\n\n", [event("a"), False], id="unknown fields"),
        pytest.param("\ufeffdata: a\n\n", [event("a"), False], id="a BOM"),
        pytest.param("\ufeff\ufeffdata: a\n\ndata: b\n\n", [event("b"), False], id="one BOM only"),
        pytest.param("data: ✓ é 𝄞\n\n", [event("✓ é 𝄞"), False], id="several bytes a character"),
        pytest.param("data: a\x0b\x85\u2028b\n\n", [event("a\x0b\x85\u2028b"), False], id="other separators"),
        pytest.param("data: a\n", [True], id="an event without its empty line is dropped"),
        pytest.param("data: a\n\ndat", [event("a"), True], id="half a line is dropped"),
        pytest.param(f"data: {'x' * 94}\n\n", [event("x" * 94), False], id="the longest"),
        pytest.param(f"data: {'x' * 94}\n\n" * 2, [event("x" * 94)] * 2 + [False], id="the longest twice"),
        pytest.param(f"data: a\n\ndata: {'x' * 95}\n\n", [event("a"), None], id="one over"),
        pytest.param("data\n" * 60 + "\n" + "data\n" * 101 + "\n", [event("\n" * 59), None], id="too many lines"),
    ],
)
def test_events(data: str, events: list[ServerSentEvent | bool | None]) -> None:
    """A stream gives these events, and says at its end if one was unfinished, wherever it is cut in two."""
    encoded = data.encode()
    for at in range(len(encoded) + 1):
        assert events_of(encoded[:at], encoded[at:]) == events
    assert events_of(*(bytes([byte]) for byte in encoded)) == events


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff", "\ufffd"),
        (b"a\xe2\x9cb", "a\ufffdb"),
        (b"\xf0\x90\x28\xbc", "\ufffd(\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"\xc0\xaf", "\ufffd\ufffd"),
    ],
)
def test_bytes_that_are_not_utf8_in_an_event(data: bytes, text: str) -> None:
    """Bytes that are not UTF-8 become U+FFFD as the Encoding standard replaces them, wherever they are cut."""
    stream = b"data: " + data + b"\n\n"
    for at in range(len(stream) + 1):
        assert events_of(stream[:at], stream[at:]) == [event(text), False]


@given(pieces, cuts)
def test_events_do_not_depend_on_cuts(data: bytes, at: list[int]) -> None:
    """Any bytes give the same events, and the same end, however they are cut."""
    assert events_of(*cut(data, at), max_length=20) == events_of(data, max_length=20)


def test_an_event_is_not_held_back() -> None:
    """An event that a carriage return ends is returned with it, not when the next byte comes."""
    assembler = ServerSentEvents()
    assert assembler.feed(b"data: a\r\n\r") == [event("a")]
    assert assembler.feed(b"\ndata: b\n\n") == [event("b")]


def test_events_before_an_error_are_not_lost() -> None:
    """The events before one that is too long are returned, and every later call raises the error."""
    assembler = ServerSentEvents(max_length=10)
    assert assembler.feed(b"data: a\n\ndata: more than ten\n\ndata: b\n\n") == [event("a")]
    for _ in range(2):
        with pytest.raises(EventStreamError, match="longer than 10 characters"):
            assembler.feed(b"data: b\n\n")
    with pytest.raises(EventStreamError, match="longer than 10 characters"):
        assembler.close()


def test_events_are_values() -> None:
    """Two events with the same content are equal and hash alike, and neither can be changed."""
    assert len({event("a"), event("a")}) == 1
    with pytest.raises(AttributeError):
        event("a").data = "b"  # type: ignore[misc]
