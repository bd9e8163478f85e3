"""A request's head says what it should and nothing that was smuggled in; an answer's is what came."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from aiosagemaker import errors
from aiosagemaker._http.head import AnswerHeaders, clean, request_head
from aiosagemaker._http.pool import Target
from aiosagemaker._http.surface import Way
from aiosagemaker._shapes.maps import Headers

ORIGIN = URL("http://host.example")
TARGET = Target(Way("key", ORIGIN, None, {}), "/path?query=1", "host.example", "")


def head(headers: Any, *, method: str = "POST", length: int = 0, target: Target = TARGET, close: bool = False) -> str:
    return request_head(method, target, headers, length, close=close).decode()


def test_request() -> None:
    """The lines come in the order that proxies and logs expect, each ended as HTTP has it."""
    assert head({"A": "1", "B-%s": "50 %"}, length=7) == (
        "POST /path?query=1 HTTP/1.1\r\nHost: host.example\r\nA: 1\r\nB-%s: 50 %\r\nContent-Length: 7\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("method", "length", "said"),
    [("POST", 0, True), ("PUT", 0, True), ("DELETE", 0, True), ("GET", 0, False), ("HEAD", 0, False), ("GET", 1, True)],
)
def test_length(method: str, length: int, said: bool) -> None:
    """A length is said where a body is expected, or there."""
    assert (f"Content-Length: {length}" in head({}, method=method, length=length)) is said


def test_host_of_the_caller() -> None:
    """A Host header that was given, and signed, takes the address's place."""
    assert head({"host": "other.example"}).count("ost: ") == 1


def test_what_a_proxy_reads() -> None:
    """A proxy's own headers go with the request, whoever gives its Host."""
    target = TARGET._replace(proxy_lines="Proxy-Authorization: Basic x\r\n")
    for given in ({}, {"Host": "other.example"}):
        assert "\r\nProxy-Authorization: Basic x\r\n" in head(given, target=target)
    assert "Basic" not in repr(target)


def test_closing() -> None:
    """A connection that is not kept says so."""
    assert head({}, close=True).endswith("\r\nConnection: close\r\n\r\n")


SMUGGLED: dict[str, Any] = {
    "a line's end in a value": {"A": "b\nC: d"},
    "a whole line's end in a value": {"A": "b\r\nC: d"},
    "a request in a value": {"A": "b\r\n\r\nGET / HTTP/1.1"},
    "a lone CR in a value": {"A": "b\rC: d"},
    "a NUL in a value": {"A": "b\0"},
    "a line's end in a name": {"A\r\nB": "c"},
    "a colon in a name": {"A: b\r\nC": "d"},
    "a blank in a name": {"A B": "c"},
    "no name": {"": "c"},
    "a name that is not ASCII": {"Ä": "c"},
    "a number for a value": {"A": 7},
    "nothing for a value": {"A": None},
    "bytes for a value": {"A": b"b"},
    "half a character": {"A": "\ud800"},
    "a name twice": {"A": "b", "a": "c"},
    "a length": {"Content-Length": "0"},
    "a transfer coding": {"transfer-encoding": "chunked"},
    "a connection": {"Connection": "upgrade"},
    "an upgrade": {"Upgrade": "websocket"},
    "an expectation": {"Expect": "100-continue"},
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_injection(name: str) -> None:
    """What would change where a request ends, or add to it, is refused, and no header's value is said."""
    with pytest.raises(errors.TransportError, match="the request cannot be sent: ") as caught:
        head({"Authorization": "the-signature", **SMUGGLED[name]})
    assert not caught.value.retryable
    assert not caught.value.maybe_sent
    frames, traceback = "", caught.value.__traceback__
    while traceback is not None:
        if (
            "aiosagemaker" in traceback.tb_frame.f_code.co_filename
            and "tests" not in traceback.tb_frame.f_code.co_filename
        ):
            frames += repr(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next
    assert "reason" in frames
    assert "the-signature" not in frames + str(caught.value)


@pytest.mark.parametrize("method", ["GET /", "GET\r\n", "", "GÄT"])
def test_method(method: str) -> None:
    """A method is a token."""
    with pytest.raises(errors.TransportError):
        head({}, method=method)


def test_answer_headers() -> None:
    """An answer's headers are one mapping, whether looked up or gone through, and it can be pickled."""
    received = CIMultiDictProxy(CIMultiDict([("X-A", "1"), ("Date", "now"), ("x-a", "2"), ("X-Bad", "\udcff")]))
    headers = AnswerHeaders(received)
    expected = {"x-a": "1, 2", "date": "now", "x-bad": "\N{REPLACEMENT CHARACTER}"}
    assert headers["X-a"] == "1, 2"
    assert headers.get("DATE") == "now"
    assert headers.get("none") is None
    assert "x-bad" in headers
    assert 7 not in headers
    with pytest.raises(KeyError):
        headers["none"]
    assert dict(headers) == expected
    assert headers == Headers(expected)
    assert hash(headers) == hash(Headers(expected))
    assert len(headers) == 3
    assert pickle.loads(pickle.dumps(AnswerHeaders(received))) == headers


def test_clean() -> None:
    """Text that was UTF-8 stays as it is, and what was not can be encoded."""
    assert clean("grün") == "grün"
    clean("a\udcffb").encode()
