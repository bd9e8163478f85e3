"""Signatures, as they are held against a request."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from aiosagemaker import Credentials
from aiosagemaker._shapes.maps import Headers
from aiosagemaker.errors import AuthenticationError
from aiosagemaker.local._signatures import Authority, time_of

KEYS = Credentials("AKIA", "secret", "token")
AUTHORITY = Authority(credentials=KEYS, region="us-east-1")


def signed(path: str = "/endpoints/a%20b/invocations?x=1&a=2", body: bytes = b"1", **headers: str) -> Headers:
    """A POST's headers, signed by botocore itself."""
    request = AWSRequest("POST", f"http://127.0.0.1:4600{path}", headers=headers, data=body)
    SigV4Auth(BotocoreCredentials(KEYS.access_key, KEYS.secret_key, KEYS.token), "sagemaker", "us-east-1").add_auth(
        request
    )
    return Headers({**dict(request.headers.items()), "Host": "127.0.0.1:4600"})


def check(
    headers: Headers, path: str = "/endpoints/a%20b/invocations", query: str = "x=1&a=2", body: bytes = b"1"
) -> None:
    claim = AUTHORITY.claim(headers, signing_name="sagemaker", now=time.time(), status=403)
    claim.verify("POST", path, query, headers, body)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Amz-Target": "SageMaker.ListModels", "Content-Type": "application/x-amz-json-1.1"},
        {"X-Amz-Content-SHA256": hashlib.sha256(b"1").hexdigest()},
        {"X-Amzn-SageMaker-Custom-Attributes": "a   b", "User-Agent": "someone"},
    ],
)
def test_good(headers: dict[str, str]) -> None:
    """What botocore signs is taken, paths and queries that are escaped included."""
    check(signed(**headers))


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/endpoints/b/invocations"},
        {"query": "x=2&a=2"},
        {"body": b"2"},
    ],
)
def test_changed(changed: dict[str, Any]) -> None:
    """A signature over another path, query or body is refused."""
    with pytest.raises(AuthenticationError, match="does not match"):
        check(signed(), **changed)


def test_hash_that_is_not_the_bodys() -> None:
    """A hash that is signed and is not the body's does not count, nor does leaving the body unsigned."""
    for claimed in (hashlib.sha256(b"2").hexdigest(), "UNSIGNED-PAYLOAD"):
        with pytest.raises(AuthenticationError, match="does not match"):
            check(signed(**{"X-Amz-Content-SHA256": claimed}))


def test_unsigned_header() -> None:
    """A header that changes what is asked for and is not signed is refused."""
    with pytest.raises(AuthenticationError, match="must be signed are not: x-amz-target"):
        check(Headers({**signed(), "X-Amz-Target": "SageMaker.DeleteModel"}))


def test_times() -> None:
    """A timestamp is read, and what no calendar has is none."""
    assert time_of("20260101T000000Z") == 1767225600
    assert [time_of(text) for text in ("", "20260230T000000Z", "2026-01-01", "99999999T999999Z")] == [None] * 4
