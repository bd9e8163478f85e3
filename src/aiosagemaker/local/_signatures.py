"""Signatures, checked as the service checks them: made again with the secret key, and compared."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .._http.signing import ALGORITHM, sign
from ..errors import AuthenticationError

if TYPE_CHECKING:
    from .._credentials.credentials import Credentials
    from ._protocol import ReceivedRequest

SIGNING_NAME = "sagemaker"
SKEW = 300
"""The seconds by which a request's date and the service's may differ."""
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +Credential=([^/, ]+)/(\d{{8}})/([^/, ]+)/([^/, ]+)/aws4_request, *"
    r"SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})"
)


def verify(request: ReceivedRequest, *, credentials: Credentials, region: str, now: float, refusal_status: int) -> None:
    """Raises AuthenticationError unless the request is signed with the credentials, for the region, about now."""

    def refusal(code: str, message: str) -> AuthenticationError:
        return AuthenticationError(message, code=code, http_status=refusal_status)

    authorization = request.headers.get("authorization")
    if authorization is None:
        raise refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
    parts = _AUTHORIZATION.fullmatch(authorization)
    date = request.headers.get("x-amz-date", "")
    if parts is None or not re.fullmatch(r"\d{8}T\d{6}Z", date):
        raise refusal(
            "IncompleteSignatureException",
            "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and the request "
            "an 'X-Amz-Date' header.",
        )
    access_key, day, scope_region, service, signed, _ = parts.groups()
    if access_key != credentials.access_key or request.headers.get("x-amz-security-token") != credentials.token:
        raise refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
    for name, given, wanted in (("region", scope_region, region), ("service", service, SIGNING_NAME)):
        if given != wanted:
            raise refusal("InvalidSignatureException", f"Credential should be scoped to a valid {name}, not '{given}'.")
    time = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    if abs(now - time) > SKEW or not date.startswith(day):
        raise refusal("InvalidSignatureException", f"Signature expired: {date} is too far from the service's time.")
    if not hmac.compare_digest(_authorization(request, signed.split(";"), credentials, region, time), authorization):
        raise refusal(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.",
        )


def _authorization(
    request: ReceivedRequest, signed: list[str], credentials: Credentials, region: str, time: float
) -> str:
    # The signer adds these itself; what the client says of the body's hash counts only if it is true.
    added = ("host", "x-amz-date", "x-amz-security-token")
    headers = {name: request.headers.get(name, "") for name in signed if name not in added}
    if "x-amz-content-sha256" in headers:
        headers["x-amz-content-sha256"] = hashlib.sha256(request.body).hexdigest()
    query = f"?{request.query}" if request.query else ""
    url = f"http://{request.headers.get('host', '')}{request.path}{query}"
    return sign(
        request.method,
        url,
        headers,
        request.body,
        credentials=credentials,
        region=region,
        signing_name=SIGNING_NAME,
        time=time,
    )["Authorization"]
