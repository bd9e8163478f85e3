"""Whatever the server does, a call ends inside its bound: with the right answer or with a typed error."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from tests.integration.fault_server import (
    GOOD,
    FaultServer,
    Script,
    answer,
    chunked,
    closes_at_once,
    drips,
    is_silent,
    keeps,
    resets,
    resets_at_once,
    sends,
    serves,
)

from aiosagemaker import SageMakerClient, errors
from aiosagemaker.config import HttpConfig, TimeoutConfig
from aiosagemaker.credentials import Credentials

ARN = json.loads(GOOD)["EndpointArn"]
CREDENTIALS = Credentials("AKIDEXAMPLE", "a-secret-key", "a-session-token")
TIMEOUTS = TimeoutConfig(connect=0.2, read=0.1, attempt=0.25, operation=2)
BOUND = 1.5
"""Three attempts of 0.25 s, and as much again for a machine that is busy."""

Make = Callable[..., SageMakerClient]
Outcome = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture
async def faults() -> AsyncIterator[FaultServer]:
    """A fault server without a plan yet."""
    server = FaultServer()
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def make(faults: FaultServer, clock: Any) -> AsyncIterator[Make]:
    """Clients of the fault server with short timeouts, closed at the end."""
    made: list[SageMakerClient] = []

    def make(**overrides: Any) -> SageMakerClient:
        settings = {
            "region": "us-east-1",
            "endpoint_url": faults.url,
            "credentials": CREDENTIALS,
            "clock": clock,
            "timeouts": TIMEOUTS,
            **overrides,
        }
        made.append(SageMakerClient(**settings))
        return made[-1]

    yield make
    for client in made:
        await client.close()


async def call(client: SageMakerClient) -> Any:
    """An operation with one required output member. Nothing but an SdkError may leave it, and only in time."""
    started = time.monotonic()
    try:
        return await client.update_endpoint(endpoint_name="churn", endpoint_config_name="churn-v2")
    finally:
        assert time.monotonic() - started < BOUND


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n"
SHORT = answer(length=len(GOOD) - 10).partition(b"\r\n\r\n")
JUNK = b"\x00\x01\x02 this is not HTTP\r\n\r\n"
DEEP = b'{"EndpointArn":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

# What each script does to every attempt, the error the call ends with, whether the service may have acted, and how
# many requests it saw.
TRANSPORT_FAULTS: dict[str, tuple[Script, type[errors.SdkError], bool, int]] = {
    "close on accept": (closes_at_once, errors.ConnectionClosed, True, 0),
    "reset on accept": (resets_at_once, errors.ConnectionClosed, True, 0),
    "close before the answer": (sends(), errors.ConnectionClosed, True, 3),
    "reset before the answer": (resets(), errors.ConnectionClosed, True, 3),
    "close inside the status line": (sends(b"HTTP/1.1 20"), errors.ConnectionClosed, True, 3),
    "close inside the header": (sends(HEAD), errors.ConnectionClosed, True, 3),
    "reset inside the header": (resets(HEAD), errors.ConnectionClosed, True, 3),
    "close before the body": (sends(HEAD + b"\r\n"), errors.ConnectionClosed, True, 3),
    "close inside the body": (sends(answer(GOOD[:20], length=len(GOOD))), errors.ConnectionClosed, True, 3),
    "reset inside the body": (resets(answer(GOOD[:20], length=len(GOOD))), errors.ConnectionClosed, True, 3),
    "length too long": (sends(answer(length=len(GOOD) + 10)), errors.ConnectionClosed, True, 3),
    "length too long, kept open": (keeps(answer(length=len(GOOD) + 10)), errors.ReadTimeout, True, 3),
    "length too short": (sends(answer(length=len(GOOD) - 10)), errors.TransportError, True, 3),
    "length too short, in two parts": (
        sends(SHORT[0] + SHORT[1], SHORT[2], pause=0.01),
        errors.TransportError,
        True,
        3,
    ),
    "length is no number": (sends(answer(headers=["Content-Length: many"])), errors.TransportError, True, 3),
    "length is negative": (sends(answer(length=-1)), errors.TransportError, True, 3),
    "two lengths": (sends(answer(headers=["Content-Length: 7"])), errors.TransportError, True, 3),
    "chunks cut between": (sends(chunked(GOOD, end=b"")), errors.ConnectionClosed, True, 3),
    "chunks cut inside": (sends(chunked(end=b"40\r\n" + GOOD[:20])), errors.ConnectionClosed, True, 3),
    "chunks cut before the end": (sends(chunked(GOOD, end=b"0\r\n")), errors.ConnectionClosed, True, 3),
    "chunk size is no number": (sends(chunked(end=b"xyz\r\n" + GOOD)), errors.TransportError, True, 3),
    "junk with the answer": (sends(answer() + JUNK), errors.TransportError, True, 3),
    "not HTTP": (sends(JUNK), errors.TransportError, True, 3),
    "another protocol": (sends(b"SSH-2.0-OpenSSH_9.6\r\n"), errors.TransportError, True, 3),
    "a switch of protocols": (keeps(answer(b"", status="101 Switching Protocols")), errors.SdkError, True, 3),
    "a megabyte header": (sends(answer(headers=["X-Big: " + "x" * 2**20])), errors.TransportError, True, 3),
    "a megabyte status line": (sends(answer(status="200 " + "x" * 2**20)), errors.TransportError, True, 3),
    "20,000 headers": (sends(answer(headers=[f"X-{n}: {n}" for n in range(20_000)])), errors.TransportError, True, 3),
    "never answering": (is_silent, errors.ReadTimeout, True, 3),
    "silence in the header": (keeps(HEAD), errors.ReadTimeout, True, 3),
    "silence in the body": (keeps(HEAD + b"\r\n{"), errors.ReadTimeout, True, 3),
    "a status line drip": (drips(b"HTTP/1.1 200 ", b"x"), errors.AttemptTimeout, True, 3),
    "a header drip": (drips(HEAD + b"X-Drip: ", b"x"), errors.AttemptTimeout, True, 3),
    "a drip of headers": (drips(HEAD, b"X-Drip: x\r\n"), errors.AttemptTimeout, True, 3),
    "a body drip": (drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "), errors.AttemptTimeout, True, 3),
    "a chunk drip": (drips(chunked(end=b""), b"1\r\n \r\n"), errors.AttemptTimeout, True, 3),
    "103 for ever": (drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), errors.AttemptTimeout, True, 3),
    "crc32 mismatch": (sends(answer(headers=["x-amz-crc32: 1"])), errors.TransportError, True, 3),
    "crc32 is no number": (sends(answer(headers=["x-amz-crc32: none"])), errors.TransportError, True, 3),
}


@pytest.mark.parametrize("name", TRANSPORT_FAULTS)
async def test_transport_fault(faults: FaultServer, make: Make, name: str) -> None:
    """A fault below HTTP is a typed error, after the attempts that the retry policy gives, each on a new connection."""
    script, expected, maybe_sent, seen = TRANSPORT_FAULTS[name]
    faults.plan = [script]
    with pytest.raises(expected) as caught:
        await call(make())
    assert caught.value.maybe_sent is maybe_sent
    assert len(faults.requests) == seen
    assert faults.connections == 3


@pytest.mark.parametrize("name", TRANSPORT_FAULTS)
async def test_transport_fault_then_an_answer(faults: FaultServer, make: Make, name: str) -> None:
    """After a fault below HTTP the next attempt, on a new connection, gets the right answer."""
    script, _, _, seen = TRANSPORT_FAULTS[name]
    faults.plan = [script, serves()]
    response = await call(make())
    assert response.endpoint_arn == ARN
    assert response.response_metadata.attempts == 2
    assert len(faults.requests) == seen // 3 + 1
    assert faults.connections == 2


# What a complete 2xx answer says that the model does not.
WRONG_ANSWERS = {
    "an empty body": (answer(b""), "not JSON"),
    "no content": (answer(b"", status="204 No Content"), "not JSON"),
    "a body of blanks": (answer(b"   "), "not JSON"),
    "HTML": (answer(b"<html>It works!</html>"), "not JSON"),
    "JSON that is cut": (answer(GOOD[:-5]), "not JSON"),
    "JSON with junk after it": (answer(GOOD + b" and more"), "not JSON"),
    "a body that ends with the connection": (b"HTTP/1.1 200 OK\r\n\r\n" + GOOD[:-5], "not JSON"),
    "not UTF-8": (answer(b'{"EndpointArn":"\xff\xfe"}'), "not JSON"),
    "UTF-16": (answer(GOOD.decode().encode("utf-16")), "not JSON"),
    "null": (answer(b"null"), "not an object"),
    "a list": (answer(b"[]"), "not an object"),
    "a string": (answer(b'"ok"'), "not an object"),
    "NaN": (answer(b"NaN"), "not JSON"),
    "NaN for a member": (answer(b'{"EndpointArn":NaN}'), "not JSON"),
    "minus Infinity": (answer(b'{"EndpointArn":-Infinity}'), "not JSON"),
    "a number for a string": (answer(b'{"EndpointArn":7}'), "endpoint_arn: expected a string"),
    "an object for a string": (answer(b'{"EndpointArn":{}}'), "endpoint_arn: expected a string"),
    "a number of 6,000 digits": (answer(b'{"EndpointArn":' + b"9" * 6000 + b"}"), "not JSON"),
    "100,000 levels": (answer(DEEP), "not JSON"),
    "a body over the limit": (answer(b" " * 70_000 + GOOD), "larger than 65536 bytes"),
    "chunks over the limit": (chunked(*[b" " * 10_000] * 7, GOOD), "larger than 65536 bytes"),
    "a length far over the limit": (answer(GOOD, length=10**15), "larger than 65536 bytes"),
    "a gzip bomb": (answer(gzip.compress(bytes(10**7)), headers=["Content-Encoding: gzip"]), "once decoded"),
    "a gzip bomb in gzip": (
        answer(gzip.compress(gzip.compress(bytes(10**8), 9), 9), headers=["Content-Encoding: gzip, gzip"]),
        "once decoded",
    ),
    "gzip that is not": (answer(headers=["Content-Encoding: gzip"]), "not gzip"),
    "gzip that is cut": (answer(gzip.compress(GOOD)[:-9], headers=["Content-Encoding: gzip"]), "not gzip"),
    "an unknown coding": (answer(headers=["Content-Encoding: br"]), "'br'"),
}


@pytest.mark.parametrize("name", WRONG_ANSWERS)
async def test_wrong_answer(faults: FaultServer, make: Make, name: str) -> None:
    """A complete 2xx answer that is not what the model says is a ResponseParseError, and nothing is sent twice."""
    data, text = WRONG_ANSWERS[name]
    faults.plan = [sends(data)]
    limit = 2**20 if data.endswith(DEEP) else 65_536
    with pytest.raises(errors.ResponseParseError, match=text) as caught:
        await call(make(http=HttpConfig(max_response_size=limit)))
    head, _, body = data.partition(b"\r\n\r\n")
    assert caught.value.status == int(head.split()[1])
    assert {name.lower() for name in caught.value.headers} == {
        line.partition(b":")[0].decode().lower() for line in head.splitlines()[1:]
    }
    if b"ncoding" not in head:
        assert caught.value.body == body[:1024]
    assert caught.value.maybe_sent
    assert len(faults.requests) == 1


RIGHT_ANSWERS = {
    "a plain answer": answer(),
    "chunks": chunked(GOOD[:10], GOOD[10:]),
    "chunks with a trailer": chunked(GOOD, end=b"0\r\nX-Trailer: 1\r\n\r\n"),
    "a body that ends with the connection": b"HTTP/1.1 200 OK\r\n\r\n" + GOOD,
    "103 before 200": b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" + answer(),
    "100 before 200": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(),
    "HTTP/1.0": answer().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "gzip": answer(gzip.compress(GOOD), headers=["Content-Encoding: gzip"]),
    "two gzip members": answer(gzip.compress(GOOD[:9]) + gzip.compress(GOOD[9:]), headers=["Content-Encoding: x-gzip"]),
    "deflate": answer(zlib.compress(GOOD), headers=["Content-Encoding: deflate"]),
    "raw deflate": answer(zlib.compress(GOOD, wbits=-15), headers=["Content-Encoding: deflate"]),
    "identity": answer(headers=["Content-Encoding: identity"]),
    "a true crc32": answer(headers=[f"x-amz-crc32: {zlib.crc32(GOOD)}"]),
    "a crc32 of the compressed body": answer(
        gzip.compress(GOOD, mtime=0),
        headers=["Content-Encoding: gzip", f"X-Amz-Crc32: {zlib.crc32(gzip.compress(GOOD, mtime=0))}"],
    ),
    "unknown members": answer(GOOD[:-1] + b',"Novel":{"deep":[1,null]}}'),
    "a header that is not UTF-8": answer(headers=["x-amzn-RequestId: \udcff\udcfe"]),
    "a body of the limit": answer(GOOD + b" " * (65_536 - len(GOOD))),
}


@pytest.mark.parametrize("name", RIGHT_ANSWERS)
@pytest.mark.parametrize("cut", [0, 1, 7])
async def test_right_answer(faults: FaultServer, make: Make, name: str, cut: int) -> None:
    """An unusual answer that is right is taken at the first attempt, in whatever pieces it arrives."""
    data = RIGHT_ANSWERS[name]
    pieces = (
        [data[start : start + len(data) // cut] for start in range(0, len(data), len(data) // cut)] if cut else [data]
    )
    faults.plan = [sends(*pieces, pause=0.002)]
    response = await call(make(http=HttpConfig(max_response_size=65_536)))
    assert response.endpoint_arn == ARN
    assert response.response_metadata.attempts == 1
    str(response.response_metadata).encode()
    assert len(faults.requests) == 1


@pytest.mark.parametrize("ending", [resets(answer()), sends(answer()), keeps(answer(), JUNK, pause=0.02)])
async def test_trouble_after_the_answer(faults: FaultServer, make: Make, ending: Script) -> None:
    """What happens to a connection after its answer harms neither that call nor the next, which goes elsewhere."""
    faults.plan = [ending, serves()]
    client = make()
    assert (await call(client)).endpoint_arn == ARN
    await asyncio.sleep(0.05)
    second = await call(client)
    assert second.endpoint_arn == ARN
    assert second.response_metadata.attempts == 1
    assert len(faults.requests) == 2
    assert faults.connections == 2
