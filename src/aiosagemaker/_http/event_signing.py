"""The signatures of the events that a request streams: a chain that begins with the request's own.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html describes such a chain for chunks; of events, the
frame's `:date` header and its payload are hashed.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from .._protocols.event_stream import encode_header, encode_message
from .signing import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._credentials.credentials import Credentials
    from .signing import Signer

ALGORITHM = "AWS4-HMAC-SHA256-PAYLOAD"
PAYLOAD_HASH = "STREAMING-AWS4-HMAC-SHA256-EVENTS"
"""What the request's `X-Amz-Content-SHA256` says in place of a hash."""


class EventSigner:
    """Signs the events of one request, in their order."""

    def __init__(self, authorization: str, credentials: Credentials, region: str, signing_name: str) -> None:
        """`authorization` is the request's header of that name."""
        from .sigv4 import CachingSigV4Auth

        self._signer: Any = CachingSigV4Auth(credentials, signing_name, region)
        self._previous = authorization.rpartition("Signature=")[2]
        self._scope = f"{region}/{signing_name}/aws4_request"

    def frame(self, payload: bytes, time: float) -> bytes:
        """The frame around an event's own, or around nothing for the end; `time` is in seconds since the epoch."""
        date = datetime.fromtimestamp(time, UTC)
        stamp = timestamp(int(time))
        text = "\n".join(
            (
                ALGORITHM,
                stamp,
                f"{stamp[:8]}/{self._scope}",
                self._previous,
                hashlib.sha256(encode_header(":date", date)).hexdigest(),
                hashlib.sha256(payload).hexdigest(),
            )
        )
        self._previous = self._signer.signature(text, SimpleNamespace(context={"timestamp": stamp}))
        return encode_message({":date": date, ":chunk-signature": bytes.fromhex(self._previous)}, payload)


class EventStreamSigner:
    """Signs one request and begins the chain of its events, which are signed if the request is. A Signer."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.needs_credentials = signer.needs_credentials
        self.events: EventSigner | None = None
        """The chain of what was signed last, or None for a request that is not signed."""

    def prepare(self) -> None:
        """Import what signing takes."""
        self._signer.prepare()

    def sign(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Any,
        *,
        credentials: Credentials | None,
        region: str,
        signing_name: str,
        time: float,
    ) -> dict[str, str]:
        """All headers to send."""
        signed = self._signer.sign(
            method,
            url,
            {**headers, "X-Amz-Content-SHA256": PAYLOAD_HASH} if credentials is not None else headers,
            body,
            credentials=credentials,
            region=region,
            signing_name=signing_name,
            time=time,
        )
        if credentials is not None:
            self.events = EventSigner(signed["Authorization"], credentials, region, signing_name)
        return signed
