"""Tokens for the OpenAI-compatible route."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from aiosagemaker import Credentials
from aiosagemaker.errors import ArgumentError
from aiosagemaker.sagemaker_runtime.bearer import PREFIX, Tokens, checked_expires, make_token

if TYPE_CHECKING:
    from aiosagemaker._clock import Duration

NOW = 1_600_000_000.0
KEYS = Credentials("AKIDEXAMPLE", "secret", "session/token+with=signs")


def presigned(token: str) -> str:
    """The address in a token."""
    return "https://" + base64.b64decode(token.removeprefix(PREFIX), validate=True).decode()


def test_says_what_is_allowed() -> None:
    """A token is a presigned CallWithBearerToken for the service `sagemaker`, with the keys' session token."""
    token = make_token(KEYS, "eu-west-1", expires=900, time=NOW)
    assert token.startswith("sagemaker-api-key-")
    parts = urlsplit(presigned(token))
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    assert (parts.hostname, parts.path) == ("sagemaker.amazonaws.com", "/")
    assert query.pop("X-Amz-Signature")
    assert query == {
        "Action": "CallWithBearerToken",
        "Version": "1",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "AKIDEXAMPLE/20200913/eu-west-1/sagemaker/aws4_request",
        "X-Amz-Date": "20200913T122640Z",
        "X-Amz-Expires": "900",
        "X-Amz-Security-Token": KEYS.token,
        "X-Amz-SignedHeaders": "host",
    }


@pytest.mark.parametrize("keys", [KEYS, Credentials("AKIDEXAMPLE", "secret")])
def test_signed_as_by_botocore(keys: Credentials) -> None:
    """The signature is the one that botocore's own signer makes at the same time."""
    host = "sagemaker.amazonaws.com"
    request = botocore.awsrequest.AWSRequest(
        "POST", f"https://{host}/", {"host": host}, params={"Action": "CallWithBearerToken"}
    )
    signer = botocore.auth.SigV4QueryAuth(
        botocore.credentials.Credentials(keys.access_key, keys.secret_key, keys.token), "sagemaker", "us-east-1", 43200
    )
    signer.add_auth(request)
    (date,) = parse_qs(urlsplit(request.url).query)["X-Amz-Date"]
    time = datetime.strptime(f"{date}+0000", "%Y%m%dT%H%M%SZ%z").timestamp()
    assert presigned(make_token(keys, "us-east-1", expires=43200, time=time)) == f"{request.url}&Version=1"


@pytest.mark.parametrize("expires", [1, 43200, timedelta(hours=12), timedelta(minutes=1)])
def test_times_that_hold(expires: Duration) -> None:
    """From a second to twelve hours is allowed, in seconds or as a timedelta."""
    assert 1 <= checked_expires(expires) <= 43200


@pytest.mark.parametrize("expires", [0, 0.5, -1, 43201, timedelta(days=1), float("nan")])
def test_times_that_do_not(expires: Duration) -> None:
    """What the service would not take is refused before a token is made."""
    with pytest.raises(ArgumentError, match="12 h"):
        checked_expires(expires)


def test_kept_until_shortly_before_its_end() -> None:
    """The same token is given until five minutes before its end, and then another."""
    tokens = Tokens()
    first = tokens.get(KEYS, "us-east-1", expires=3600, now=NOW)
    assert tokens.get(KEYS, "us-east-1", expires=3600, now=NOW + 3299) == first
    assert tokens.get(KEYS, "us-east-1", expires=3600, now=NOW + 3301) != first


def test_short_ones_are_used_for_half_their_time() -> None:
    """A token of seconds is renewed half-way, so that it still holds when it arrives."""
    tokens = Tokens()
    first = tokens.get(KEYS, "us-east-1", expires=10, now=NOW)
    assert tokens.get(KEYS, "us-east-1", expires=10, now=NOW + 4) == first
    assert tokens.get(KEYS, "us-east-1", expires=10, now=NOW + 6) != first


def test_ends_with_its_credentials() -> None:
    """A token is renewed before the credentials end that signed it."""
    keys = Credentials("AKIDEXAMPLE", "secret", "token", datetime.fromtimestamp(NOW + 1000, UTC))
    tokens = Tokens()
    first = tokens.get(keys, "us-east-1", expires=3600, now=NOW)
    assert tokens.get(keys, "us-east-1", expires=3600, now=NOW + 699) == first
    assert tokens.get(keys, "us-east-1", expires=3600, now=NOW + 701) != first


def test_other_credentials_other_token() -> None:
    """A token is never given for credentials, a region or a time that it was not made for."""
    tokens = Tokens()
    made = {
        tokens.get(KEYS, "us-east-1", expires=3600, now=NOW),
        tokens.get(KEYS, "us-east-1", expires=60, now=NOW),
        tokens.get(KEYS, "us-west-2", expires=3600, now=NOW),
        tokens.get(Credentials("AKIDOTHER", "secret"), "us-east-1", expires=3600, now=NOW),
    }
    assert len(made) == 4


def test_tokens_are_not_shown() -> None:
    """Nothing that keeps a token shows it."""
    tokens = Tokens()
    token = tokens.get(KEYS, "us-east-1", expires=3600, now=NOW)
    assert token not in repr(tokens)
    assert token not in repr(vars(tokens))


def test_a_token_is_of_its_session() -> None:
    """The same key with another session token has a token of its own."""
    tokens = Tokens()
    first = tokens.get(KEYS, "us-east-1", expires=3600, now=NOW)
    other = Credentials(KEYS.access_key, KEYS.secret_key, "another-session")
    assert tokens.get(other, "us-east-1", expires=3600, now=NOW) != first
