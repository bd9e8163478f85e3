"""An answer that is kept open, and told of."""

from __future__ import annotations

from typing import Any

import pytest
from yarl import URL

from aiosagemaker._http.contract import TransportRequest
from aiosagemaker._http.opening import OpeningSender, ToldResponse, let_go
from aiosagemaker._protocols.message import HttpResponse
from aiosagemaker._shapes.maps import Headers
from aiosagemaker.config import TimeoutConfig
from aiosagemaker.errors import EventStreamError, ResponseParseError, TransportError

REQUEST = TransportRequest("POST", URL("http://host/"), {}, b"", TimeoutConfig(), dict)


class Answer:
    """An open answer of parts; an exception among them breaks it off."""

    def __init__(self, *parts: Any, status: int = 200, **headers: str) -> None:
        self.head = HttpResponse(status, Headers(headers.items()))
        self.parts = list(parts)
        self.closed = 0

    async def read(self) -> HttpResponse:
        self.close()
        return HttpResponse(self.head.status, self.head.headers, b"".join(self.parts))

    async def chunk(self) -> bytes:
        part = self.parts.pop(0) if self.parts else b""
        if isinstance(part, Exception):
            raise part
        return bytes(part)

    def close(self) -> None:
        self.closed += 1


class Door:
    """A transport with one answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def send(self, request: TransportRequest, /) -> HttpResponse:
        raise AssertionError

    async def open(self, request: TransportRequest, /) -> Answer:
        return self.answer

    async def close(self) -> None: ...


async def test_a_good_answer_is_kept_open() -> None:
    """The head of a 2xx answer is returned, and the answer is the taker's to close."""
    answer = Answer(b"a")
    sender = OpeningSender(Door(answer))
    assert (await sender.send(REQUEST)).status == 200
    assert sender.take() is answer
    sender.close()
    assert answer.closed == 0


async def test_another_answer_is_read() -> None:
    """Any other answer is read to its end, and nothing is left to take."""
    answer = Answer(b"no", status=400)
    sender = OpeningSender(Door(answer))
    assert (await sender.send(REQUEST)).body == b"no"
    assert answer.closed == 1
    with pytest.raises(TransportError):
        sender.take()


async def test_a_coding_is_refused() -> None:
    """A content coding, of which none was asked for, is refused, and the answer can be let go of."""
    answer = Answer(b"a", **{"Content-Encoding": "gzip"})
    sender = OpeningSender(Door(answer))
    with pytest.raises(ResponseParseError, match="gzip"):
        await sender.send(REQUEST)
    sender.close()
    assert answer.closed == 1


@pytest.mark.parametrize("end", ["whole", "closed", "broken"])
async def test_told(end: str) -> None:
    """The first bytes and the end are told of once each, with the number of bytes and what broke the answer off."""
    failure = TransportError("cut")
    said: list[Any] = []
    answer = Answer(b"ab", b"c", *([failure] if end == "broken" else []))
    told = ToldResponse(answer, lambda: said.append("first"), lambda size, error: said.append((size, error)))
    assert [await told.chunk(), await told.chunk()] == [b"ab", b"c"]
    if end == "whole":
        assert await told.chunk() == b""
    elif end == "broken":
        with pytest.raises(TransportError):
            await told.chunk()
    told.close()
    told.close()
    assert said == ["first", (3, failure if end == "broken" else None)]
    assert answer.closed == 2


@pytest.mark.parametrize("failure", [None, EventStreamError("damaged")])
async def test_what_its_reader_found(failure: EventStreamError | None) -> None:
    """An error in what came whole is told of as the end too; an answer of which nobody is told is closed."""
    said: list[Any] = []
    answer = Answer(b"ab")
    told = ToldResponse(answer, lambda: None, lambda size, error: said.append((size, error)))
    assert [await told.chunk(), await told.chunk()] == [b"ab", b""]
    for each in (told, told, answer):
        let_go(each, failure)
    assert said == [(2, failure)]
    assert answer.closed == 3
