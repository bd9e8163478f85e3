"""Bearer tokens of the OpenAI-compatible route, checked: a presigned `CallWithBearerToken` in base64.

https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-openai-compatible.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from .._shapes.maps import Headers
from ._signatures import Claim, Signer, time_of

if TYPE_CHECKING:
    from ._signatures import Authority

PREFIX = "sagemaker-api-key-"
LONGEST = 12 * 3600
"""The seconds that a token may hold."""
_EMPTY = hashlib.sha256(b"").hexdigest()


def check_token(headers: Headers, authority: Authority, *, now: float) -> None:
    """Raises AuthenticationError unless the request bears a token of the credentials that holds now."""

    def refusal(message: str) -> Exception:
        return authority.refusal("AccessDeniedException", message, 403)

    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.startswith(PREFIX):
        raise refusal("A bearer token is required.")
    if authority.anyone:
        return
    try:
        url = base64.b64decode(token.removeprefix(PREFIX), validate=True).decode()
    except ValueError as error:
        raise refusal("The bearer token is malformed.") from error
    host, _, query = url.partition("/?")
    said = dict(parse_qsl(query, keep_blank_values=True))
    access_key, _, scope = said.get("X-Amz-Credential", "").partition("/")
    date, signature, expires = (said.get(f"X-Amz-{name}", "") for name in ("Date", "Signature", "Expires"))
    made = time_of(date)
    if said.get("Action") != "CallWithBearerToken" or made is None or not expires.isdigit():
        raise refusal("The bearer token is malformed.")
    wanted = f"{date[:8]}/{authority.region}/sagemaker/aws4_request"
    keys = authority.credentials
    if (access_key, scope, said.get("X-Amz-Security-Token")) != (keys.access_key, wanted, keys.token):
        raise refusal("The security token included in the request is invalid.")
    if not made - Claim.SKEW <= now < made + min(int(expires), LONGEST):
        raise refusal("The bearer token has expired.")
    pairs = [pair for pair in query.split("&") if pair.partition("=")[0] not in ("X-Amz-Signature", "Version")]
    signer = Signer(keys, "sagemaker", authority.region, frozenset({"host"}))
    again = signer.signature_of("POST", f"https://{host}/?{'&'.join(pairs)}", Headers({"host": host}), _EMPTY, date)
    if not hmac.compare_digest(again, signature):
        raise refusal("The bearer token's signature does not match.")
