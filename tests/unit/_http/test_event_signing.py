"""The chain of signatures over the events that a request streams."""

from __future__ import annotations

import pytest
from tests.event_verifier import SignatureError, Verifier

from aiosagemaker import Credentials
from aiosagemaker._http.event_signing import PAYLOAD_HASH, EventSigner
from aiosagemaker._http.signing import sign
from aiosagemaker._protocols.event_stream import encode_message

NOW = 1_600_000_000.123
KEYS = Credentials("AKIDEXAMPLE", "a-secret", "a-token")
EVENT = encode_message({":message-type": "event", ":event-type": "PayloadPart"}, b"hello")


def begin() -> tuple[EventSigner, Verifier]:
    """A signed request's two sides."""
    url = "https://runtime.sagemaker.us-east-1.amazonaws.com:8443/endpoints/e/invocations-bidirectional-stream"
    headers = sign(
        "POST",
        url,
        {"X-Amz-Content-SHA256": PAYLOAD_HASH},
        b"",
        credentials=KEYS,
        region="us-east-1",
        signing_name="sagemaker",
        time=NOW,
    )
    received = {name.lower(): value for name, value in headers.items()}
    received |= {
        ":method": "POST",
        ":authority": "runtime.sagemaker.us-east-1.amazonaws.com:8443",
        ":path": "/endpoints/e/invocations-bidirectional-stream",
    }
    return EventSigner(headers["Authorization"], KEYS, "us-east-1", "sagemaker"), Verifier("a-secret", received)


def test_a_chain() -> None:
    """A verifier that was written apart accepts each frame in its order, and the empty one that ends it."""
    signer, verifier = begin()
    for number in range(100):
        opened = verifier.open(signer.frame(EVENT, NOW + number))
        assert opened is not None
        assert (opened.headers[":event-type"], opened.payload) == ("PayloadPart", b"hello")
    assert verifier.open(signer.frame(b"", NOW)) is None
    assert verifier.ended


def test_over_midnight() -> None:
    """A stream that outlives its day goes on with the next day's key."""
    signer, verifier = begin()
    assert verifier.open(signer.frame(EVENT, NOW))
    assert verifier.open(signer.frame(EVENT, NOW + 86_400))


def test_order_counts() -> None:
    """A frame that was left out breaks the chain."""
    signer, verifier = begin()
    signer.frame(EVENT, NOW)
    with pytest.raises(SignatureError):
        verifier.open(signer.frame(EVENT, NOW))


def test_every_byte_counts() -> None:
    """No byte of a frame can be changed unnoticed."""
    signer, _ = begin()
    frame = signer.frame(EVENT, NOW)
    for at in range(len(frame)):
        _, verifier = begin()
        damaged = frame[:at] + bytes([frame[at] ^ 1]) + frame[at + 1 :]
        with pytest.raises((SignatureError, ValueError)):
            verifier.open(damaged)
