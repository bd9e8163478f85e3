"""Whatever the server does, a call ends inside its bound: with the right answer or with a typed error."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import socket
import time
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path  # noqa: TC003 - pytest reads the annotations
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from tests.integration.fault_server import (
    GOOD,
    FaultServer,
    Peer,
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
from aiosagemaker.hooks import Attempt, Call, Hooks, Outcome

ARN = json.loads(GOOD)["EndpointArn"]
CREDENTIALS = Credentials("AKIDEXAMPLE", "a-secret-key", "a-session-token")
TIMEOUTS = TimeoutConfig(connect=0.2, read=0.1, attempt=0.25, operation=2)
BOUND = 1.5
"""Three attempts of 0.25 s, and as much again for a machine that is busy."""

Make = Callable[..., SageMakerClient]
ON_EVERY_EVENT_LOOP = True


@pytest_asyncio.fixture
async def make(faults: FaultServer, clock: Any) -> AsyncIterator[Make]:
    """Clients of the fault server with short timeouts, closed at the end, when hooks were told of every attempt."""
    made: list[SageMakerClient] = []
    order = Order()

    def make(**overrides: Any) -> SageMakerClient:
        settings = {
            "region": "us-east-1",
            "endpoint_url": faults.url,
            "credentials": CREDENTIALS,
            "clock": clock,
            "timeouts": TIMEOUTS,
            **overrides,
            "hooks": [order, *overrides.get("hooks", ())],
        }
        made.append(SageMakerClient(**settings))
        return made[-1]

    yield make
    for client in made:
        await client.close()
    await asyncio.sleep(0)  # a call that a test left cancelled
    order.check(len(faults.requests))


async def call(client: SageMakerClient) -> Any:
    """An operation with one required output member. Nothing but an SdkError may leave it, and only in time."""
    started = time.monotonic()
    try:
        return await client.update_endpoint(endpoint_name="churn", endpoint_config_name="churn-v2")
    finally:
        assert time.monotonic() - started < BOUND


class Order(Hooks):
    """Holds what hooks are told of any call to its order."""

    def __init__(self) -> None:
        self.told: dict[Call, list[str]] = {}

    def call_started(self, call: Call) -> None:
        assert call not in self.told
        self.told[call] = ["it begins"]

    def attempt_started(self, attempt: Attempt) -> None:
        self.told[attempt.call].append(f"{attempt.number} begins")

    def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
        self.told[attempt.call].append(f"{attempt.number} ends")

    def call_ended(self, call: Call, outcome: Outcome) -> None:
        self.told[call].append(f"it ends after {outcome.attempts}")

    def check(self, requests: int) -> None:
        """Attempts count from 1, each ends before the next begins, and no request came but of one of them."""
        attempts = 0
        for told in self.told.values():
            count = sum(line.endswith(" begins") for line in told[1:])
            each = (f"{number} {what}" for number in range(1, count + 1) for what in ("begins", "ends"))
            assert told == ["it begins", *each, f"it ends after {count}"]
            attempts += count
        assert attempts >= requests


class Seen(Hooks):
    """What hooks are told of each attempt: its number, and the error's class or nothing."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[tuple[int, str]] = []
        self.outcome: Outcome | None = None

    def attempt_started(self, attempt: Attempt) -> None:
        self.begun.append(attempt.number)

    def attempt_ended(self, attempt: Attempt, outcome: Outcome, delay: float | None) -> None:
        self.ended.append((attempt.number, type(outcome.error).__name__ if outcome.error else ""))

    def call_ended(self, call: Call, outcome: Outcome) -> None:
        self.outcome = outcome


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
    hooks = Seen()
    with pytest.raises(expected) as caught:
        await call(make(hooks=[hooks]))
    assert caught.value.maybe_sent is maybe_sent
    assert len(faults.requests) == seen
    assert faults.connections == 3
    assert hooks.begun == [1, 2, 3]
    assert hooks.ended == [(number, type(caught.value).__name__) for number in (1, 2, 3)]
    assert hooks.outcome is not None
    assert hooks.outcome.error is caught.value


@pytest.mark.parametrize("name", TRANSPORT_FAULTS)
async def test_transport_fault_then_an_answer(faults: FaultServer, make: Make, name: str) -> None:
    """After a fault below HTTP the next attempt, on a new connection, gets the right answer."""
    script, _, _, seen = TRANSPORT_FAULTS[name]
    faults.plan = [script, serves()]
    hooks = Seen()
    response = await call(make(hooks=[hooks]))
    assert response.endpoint_arn == ARN
    assert response.response_metadata.attempts == 2
    assert [number for number, error in hooks.ended if not error] == [2]
    assert hooks.begun == [1, 2]
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
    hooks = Seen()
    with pytest.raises(errors.ResponseParseError, match=text) as caught:
        await call(make(http=HttpConfig(max_response_size=limit), hooks=[hooks]))
    assert hooks.ended == [(1, "ResponseParseError")]
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


THROTTLE = b'{"__type":"ThrottlingException","message":"Rate exceeded"}'

# A refusal, the error's class and code, and the waits before the retries with chance at 0.5.
REFUSALS: dict[str, tuple[bytes, type[errors.SdkError], str, list[float]]] = {
    "a throttle with a code": (
        answer(THROTTLE, status="400 Bad Request"),
        errors.ThrottlingException,
        "ThrottlingException",
        [0.5, 1.0],
    ),
    "a throttle without a code": (answer(b"", status="429 Too Many"), errors.ServiceError, "429", [0.5, 1.0]),
    "a throttle in HTML": (answer(b"<h1>429</h1>", status="429 Too Many"), errors.ServiceError, "429", [0.5, 1.0]),
    "a throttle that names its wait": (
        answer(THROTTLE, status="400 Bad Request", headers=["x-amz-retry-after: 3000"]),
        errors.ThrottlingException,
        "ThrottlingException",
        [3.0, 3.0],
    ),
    "a throttle that names a wait too long": (
        answer(THROTTLE, status="400 Bad Request", headers=["X-Amz-Retry-After: 9000000"]),
        errors.ThrottlingException,
        "ThrottlingException",
        [5.5, 6.0],
    ),
    "a throttle that names no wait": (
        answer(THROTTLE, status="400 Bad Request", headers=["x-amz-retry-after: soon"]),
        errors.ThrottlingException,
        "ThrottlingException",
        [0.5, 1.0],
    ),
    # Only x-amz-retry-after counts: proxies send Retry-After too, for themselves, and AWS's SDKs pass it over.
    "a throttle with HTTP's Retry-After": (
        answer(b"", status="429 Too Many", headers=["Retry-After: 120"]),
        errors.ServiceError,
        "429",
        [0.5, 1.0],
    ),
    "500 without a body": (answer(b"", status="500 Oops"), errors.ServiceError, "500", [0.025, 0.05]),
    "502 from a proxy": (answer(b"<html>", status="502 Bad Gateway"), errors.ServiceError, "502", [0.025, 0.05]),
    "503 with a wait": (
        answer(b"{}", status="503 Slow", headers=["x-amz-retry-after: 100"]),
        errors.ServiceError,
        "503",
        [0.1, 0.1],
    ),
    "504 over the size limit": (answer(b"x" * 70_000, status="504 Late"), errors.ServiceError, "504", [0.025, 0.05]),
    "500 in a bomb": (
        answer(gzip.compress(bytes(10**7)), status="500 Oops", headers=["Content-Encoding: gzip"]),
        errors.ServiceError,
        "500",
        [0.025, 0.05],
    ),
    "501": (answer(b"", status="501 Never"), errors.ServiceError, "501", []),
    "a refusal that is not JSON": (answer(b"no", status="400 Bad Request"), errors.ServiceError, "400", []),
    "a refusal 100,000 levels deep": (answer(DEEP[:65_000], status="400 Bad"), errors.ServiceError, "400", []),
    "a status of no class": (answer(b"", status="700 What"), errors.ServiceError, "700", []),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusal(faults: FaultServer, make: Make, clock: Any, name: str) -> None:
    """An error answer of any form is a ServiceError, retried as its code and status say, after the right waits."""
    data, expected, code, waits = REFUSALS[name]
    faults.plan = [sends(data, repeat=True)]
    hooks = Seen()
    with pytest.raises(expected) as caught:
        await call(make(http=HttpConfig(max_response_size=65_536), hooks=[hooks]))
    error = caught.value
    assert hooks.ended == [(number, type(error).__name__) for number in range(1, len(waits) + 2)]
    assert isinstance(error, errors.ServiceError)
    assert error.code == code
    assert clock.slept == pytest.approx(waits)
    assert len(faults.requests) == error.attempts == len(waits) + 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"message":"elsewhere"}'])
async def test_redirect(faults: FaultServer, make: Make, status: str, body: bytes) -> None:
    """A redirect is never followed: the other origin sees nothing, and the error says why."""
    other = FaultServer()
    other.plan = [serves()]
    await other.start()
    faults.plan = [sends(answer(body, status=status, headers=[f"Location: {other.url}/"]), repeat=True)]
    with pytest.raises(errors.ServiceError, match="redirects are never followed") as caught:
        await call(make())
    await other.stop()
    assert caught.value.http_status == int(status[:3])
    assert len(faults.requests) == 1
    assert other.connections == 0


async def test_connection_after_a_failing_status(faults: FaultServer, make: Make) -> None:
    """The attempt after a 500 goes out on a new connection; the one after a refusal keeps the connection."""
    failing = answer(b"", status="500 Oops")
    faults.plan = [sends(failing, repeat=True), serves(answer(b"{}", status="400 Bad Request")), serves()]
    client = make()
    for _ in range(3):
        with pytest.raises(errors.ServiceError, match="400"):
            await call(client)
    assert faults.connections == 2
    assert len(faults.requests) == 4


@pytest.mark.parametrize("wait", [0.0, 0.05])
async def test_stale_connection(faults: FaultServer, make: Make, wait: float) -> None:
    """A connection that the server closed while it was idle is replaced unseen, and nothing is sent twice."""
    faults.plan = [sends(answer())]
    client = make()
    for _ in range(5):
        response = await call(client)
        assert response.endpoint_arn == ARN
        assert response.response_metadata.attempts == 1
        await asyncio.sleep(wait)
        if not wait:
            # The close arrives, and the event loop is too busy to see it before the next call.
            time.sleep(0.01)  # noqa: ASYNC251
    assert len(faults.requests) == faults.connections == 5


async def test_stale_connection_in_the_race(faults: FaultServer, make: Make) -> None:
    """A kept connection that ends once the request is out is an attempt: the service may have had the request."""

    async def answers_once(peer: Peer) -> None:
        await peer.request()
        await peer.write(answer())
        await peer.request()

    faults.plan = [answers_once, serves()]
    client = make()
    await call(client)
    response = await call(client)
    assert response.response_metadata.attempts == 2
    assert len(faults.requests) == 3


async def test_kept_connection(faults: FaultServer, make: Make) -> None:
    """Sound answers, whatever their framing, leave a connection for the next call."""
    faults.plan = [sends(answer(), repeat=True)]
    client = make()
    for _ in range(5):
        await call(client)
    assert faults.connections == 1
    faults.plan = [serves(chunked(GOOD))]
    for _ in range(5):
        await call(client)
    assert faults.connections == 1


async def test_keepalive_of_zero(faults: FaultServer, make: Make) -> None:
    """Without keep-alive every call has its own connection."""
    faults.plan = [serves()]
    client = make(http=HttpConfig(keepalive=0))
    for _ in range(3):
        await call(client)
    assert faults.connections == 3


async def test_cookies(faults: FaultServer, make: Make) -> None:
    """A cookie is neither kept nor sent back."""
    faults.plan = [serves(answer(headers=["Set-Cookie: a=b; Path=/", "Set-Cookie: =;;;"]))]
    client = make()
    for _ in range(2):
        assert (await call(client)).endpoint_arn == ARN
    assert all(request.header("Cookie") is None for request in faults.requests)


async def test_waiting_for_a_connection(faults: FaultServer, make: Make) -> None:
    """Waiting for a free connection is no part of an attempt: each call has its turn, with the attempt's whole time."""

    async def takes_its_time(peer: Peer) -> None:
        while await peer.request() is not None:
            await asyncio.sleep(0.1)
            await peer.write(answer())

    faults.plan = [takes_its_time]
    client = make(http=HttpConfig(max_connections=2), timeouts=TimeoutConfig(attempt=0.2))
    answers = await asyncio.gather(*(call(client) for _ in range(12)))
    assert [response.response_metadata.attempts for response in answers] == [1] * 12
    assert len(faults.requests) == 12
    assert faults.connections == 2


async def test_waiting_for_a_connection_in_vain(faults: FaultServer, make: Make) -> None:
    """A call that never had a connection says that nothing was sent, and which setting it waited for."""
    faults.plan = [is_silent]
    client = make(http=HttpConfig(max_connections=1), timeouts=TimeoutConfig())
    holding = asyncio.create_task(call(client))
    await asyncio.sleep(0.05)
    hasty = client.with_config(timeouts=TimeoutConfig(operation=0.1))
    outcomes = await asyncio.gather(*(call(hasty) for _ in range(3)), return_exceptions=True)
    holding.cancel()
    assert [type(outcome) for outcome in outcomes] == [errors.OperationTimeout] * 3
    assert not any(outcome.maybe_sent for outcome in outcomes if isinstance(outcome, errors.SdkError))
    assert all("max_connections" in str(outcome) for outcome in outcomes)
    assert len(faults.requests) == 1


async def test_never_accepting(make: Make) -> None:
    """A server that accepts nothing costs the time to connect, and nothing was sent."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
        with pytest.raises(errors.ConnectTimeout) as caught:
            await call(make(endpoint_url=f"http://127.0.0.1:{deaf.getsockname()[1]}"))
        assert not caught.value.maybe_sent
        for filler in fillers:
            filler.close()


async def test_connection_refused(make: Make) -> None:
    """A port that nobody listens on is a ConnectError, and the operating system's error is its cause."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(errors.ConnectError) as caught:
        await call(make(endpoint_url=f"http://127.0.0.1:{port}"))
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert not caught.value.maybe_sent


@pytest.mark.parametrize(
    ("code", "expected", "attempts"),
    [
        (socket.EAI_NONAME, errors.NameResolutionError, 1),
        (socket.EAI_AGAIN, errors.ConnectError, 3),
        (socket.EAI_FAIL, errors.ConnectError, 3),
    ],
)
async def test_name_resolution(
    make: Make, monkeypatch: pytest.MonkeyPatch, code: int, expected: type[Exception], attempts: int
) -> None:
    """A host that does not exist is not asked for again; a resolver that does not know for now is."""
    asked: list[object] = []

    async def getaddrinfo(*args: object, **options: object) -> Any:
        asked.append(args)
        raise socket.gaierror(code, "no")

    monkeypatch.setattr("aiohttp.connector.DefaultResolver", aiohttp.ThreadedResolver)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    with pytest.raises(expected) as caught:
        await call(make(endpoint_url="https://nowhere.example"))
    assert type(caught.value) is expected
    assert len(asked) == attempts


async def test_slow_name_resolution(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that never answers costs the time to connect."""

    async def getaddrinfo(*args: object, **options: object) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr("aiohttp.connector.DefaultResolver", aiohttp.ThreadedResolver)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    with pytest.raises(errors.ConnectTimeout):
        await call(make(endpoint_url="https://nowhere.example"))


async def test_operation_timeout(faults: FaultServer, make: Make) -> None:
    """The operation's time bounds all its attempts and waits."""
    faults.plan = [is_silent]
    timeouts = TimeoutConfig(read=None, attempt=None, operation=0.2)
    with pytest.raises(errors.OperationTimeout) as caught:
        await call(make(timeouts=timeouts))
    assert caught.value.maybe_sent
    assert len(faults.requests) == 1


@pytest.mark.parametrize("script", [is_silent, keeps(HEAD), keeps(HEAD + b"\r\n{"), drips(HEAD, b"X: x\r\n")])
async def test_cancellation(faults: FaultServer, make: Make, script: Script) -> None:
    """A call that is cancelled or timed out from outside closes its connection and leaves the pool usable."""
    faults.plan = [script, script, serves()]
    client = make(http=HttpConfig(max_connections=1), timeouts=TimeoutConfig())
    task = asyncio.create_task(call(client))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await call(client)
    response = await call(client)
    assert response.endpoint_arn == ARN
    assert response.response_metadata.attempts == 1
    assert faults.connections == 3
    await asyncio.sleep(0.02)
    assert faults.open == (3 if script.__qualname__.startswith("drips") else 1)


async def test_close_during_a_call(faults: FaultServer, make: Make) -> None:
    """A client that is closed under a call ends it with a typed error, and the server is not asked again."""
    faults.plan = [is_silent]
    client = make(timeouts=TimeoutConfig())
    task = asyncio.create_task(call(client))
    await asyncio.sleep(0.05)
    await client.close()
    with pytest.raises(errors.SdkError):
        await task
    assert len(faults.requests) == 1


async def test_environment_proxy(faults: FaultServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's proxy is used, and its credentials are sent to it, unless the client does not trust it."""
    proxy = FaultServer()
    proxy.plan = [serves()]
    await proxy.start()
    faults.plan = [serves()]
    monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("://", "://user:p%40ss@"))
    await call(make(http=HttpConfig(trust_env=False)))
    assert len(proxy.requests) == 0
    await call(make())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    await call(make())
    await proxy.stop()
    assert len(faults.requests) == 2
    (request,) = proxy.requests
    assert request.header("Proxy-Authorization") == f"Basic {base64.b64encode(b'user:p@ss').decode()}"


async def test_netrc(faults: FaultServer, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A ~/.netrc that knows the host neither replaces the signature nor stops the call."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    faults.plan = [serves()]
    await call(make())
    assert (faults.requests[0].header("Authorization") or "").startswith("AWS4-HMAC-SHA256 ")


@pytest.mark.parametrize("hours", [-3, 3])
async def test_skewed_clock(faults: FaultServer, make: Make, clock: Any, hours: int) -> None:
    """A refusal because of the client's clock is answered with the service's time, once, and remembered."""
    date = format_datetime(datetime.fromtimestamp(clock.time() + hours * 3600, UTC), usegmt=True)
    refusal = b'{"__type":"InvalidSignatureException","message":"Signature expired"}'

    async def wants_its_time(peer: Peer) -> None:
        while (request := await peer.request()) is not None:
            sent = datetime.strptime(request.header("X-Amz-Date") or "", "%Y%m%dT%H%M%S%z").timestamp()
            right = abs(sent - clock.time() - hours * 3600) < 300
            headers = [f"Date: {date}"]
            await peer.write(answer(headers=headers) if right else answer(refusal, status="400 No", headers=headers))

    faults.plan = [wants_its_time]
    client = make()
    assert [(await call(client)).response_metadata.attempts for _ in range(2)] == [2, 1]
    assert len(faults.requests) == 3
