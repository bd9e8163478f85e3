"""Signature Version 4: the only contact with botocore's signer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"


def sign(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | bytearray,
    *,
    credentials: Credentials,
    region: str,
    signing_name: str,
    time: float,
) -> dict[str, str]:
    """The headers to add to a request: its date, its session token if there is one, and the signature over all of it.

    `url` is absolute and percent-encoded; `time` is in seconds since the epoch.
    """
    timestamp = datetime.fromtimestamp(time, UTC).strftime(SIGV4_TIMESTAMP)
    added = {"X-Amz-Date": timestamp}
    if credentials.token:
        added["X-Amz-Security-Token"] = credentials.token
    request = AWSRequest(method=method, url=url, headers={**headers, **added}, data=body)
    request.context["timestamp"] = timestamp
    auth = SigV4Auth(
        ReadOnlyCredentials(credentials.access_key, credentials.secret_key, credentials.token), signing_name, region
    )
    text = auth.string_to_sign(request, auth.canonical_request(request))
    signed = auth.signed_headers(auth.headers_to_sign(request))
    added["Authorization"] = (
        f"{ALGORITHM} Credential={auth.scope(request)}, SignedHeaders={signed}, "
        f"Signature={auth.signature(text, request)}"
    )
    return added
