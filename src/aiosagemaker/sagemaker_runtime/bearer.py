"""Bearer tokens for the OpenAI-compatible route of endpoints.

A token is a presigned `CallWithBearerToken` in base64, made without asking the service; it may do what its credentials
may, until it or they end.
https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-openai-compatible.html
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs

from .._botocore import botocore
from .._clock import seconds
from .._errors import ArgumentError

if TYPE_CHECKING:
    from .._clock import Duration
    from .._credentials.credentials import Credentials

HOST = "sagemaker.amazonaws.com"
PREFIX = "sagemaker-api-key-"
LONGEST = 43_200.0
"""Twelve hours, in seconds: what the service allows."""
_RENEW = 300.0
"""A token this close to its end, in seconds, is not handed out again; of a short one, half of its time."""


def checked_expires(expires: Duration) -> int:
    """The time that a token is to hold, in whole seconds.

    Raises:
        ArgumentError: it is not from 1 s to 12 h.
    """
    given = seconds(expires)
    if not 1 <= given <= LONGEST:
        raise ArgumentError(f"expires must be from 1 s to {LONGEST:g} s (12 h), not {given:g} s")
    return int(given)


def make_token(credentials: Credentials, region: str, *, expires: int, time: float) -> str:
    """A token made at `time` (seconds since the epoch) that holds for `expires` seconds."""
    auth, requests, keys = botocore("auth"), botocore("awsrequest"), botocore("credentials")

    class PresignAt(auth.SigV4QueryAuth):  # type: ignore[misc, name-defined]  # botocore has no types
        """botocore's signer, by our clock."""

        def add_auth(self, request: Any) -> None:
            request.context["timestamp"] = datetime.fromtimestamp(time, UTC).strftime(auth.SIGV4_TIMESTAMP)
            self._modify_request_before_signing(request)
            text = self.string_to_sign(request, self.canonical_request(request))
            self._inject_signature_to_request(request, self.signature(text, request))

    request = requests.AWSRequest(
        method="POST",
        url=f"https://{HOST}/",
        headers={"host": HOST},
        params={"Action": "CallWithBearerToken"},
    )
    signer = PresignAt(
        keys.Credentials(credentials.access_key, credentials.secret_key, credentials.token),
        "sagemaker",
        region,
        expires=expires,
    )
    signer.add_auth(request)
    signed = f"{request.url.removeprefix('https://')}&Version=1"
    return f"{PREFIX}{base64.b64encode(signed.encode()).decode()}"


@attrs.frozen
class _Held:
    token: str = attrs.field(repr=False)
    identity: tuple[str, str | None] = attrs.field(repr=False)
    renew_at: float


class Tokens:
    """The tokens of one client, one for each time that was asked for, renewed ahead of their end."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, int], _Held] = {}

    def get(self, credentials: Credentials, region: str, *, expires: int, now: float) -> str:
        """A token of these credentials that holds for a while yet; `now` is in seconds since the epoch."""
        identity = credentials.access_key, credentials.token
        held = self._held.get((region, expires))
        if held is not None and held.identity == identity and now < held.renew_at:
            return held.token
        end = now + expires
        if credentials.expires_at is not None:
            end = min(end, credentials.expires_at.timestamp())
        renew_at = end - min(_RENEW, (end - now) / 2)
        made = _Held(make_token(credentials, region, expires=expires, time=now), identity, renew_at)
        self._held[region, expires] = made
        return made.token


def tokens_of(client: object) -> Tokens:
    """The tokens that a client holds. Its views hold them too: each is kept with the identity that it was made for."""
    found: Tokens = vars(client).setdefault("_tokens", Tokens())
    return found
