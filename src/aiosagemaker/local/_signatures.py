"""Signatures, checked as the service checks them: made again with the secret key, and compared."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

import attrs
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from .._credentials.credentials import Credentials
from ..errors import AuthenticationError

if TYPE_CHECKING:
    from .._shapes.maps import Headers

PAYLOAD_HASH = "x-amz-content-sha256"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^/, ]+)/(\d{8})/([^/, ]+)/([^/, ]+)/aws4_request, *"
    r"SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})"
)


@attrs.frozen(kw_only=True)
class Authority:
    """Whose requests are answered."""

    credentials: Credentials
    region: str
    anyone: bool = False
    """Whether any credentials, of any region, will do. The form of a signature is still asked for."""

    def refusal(self, code: str, message: str, status: int) -> AuthenticationError:
        """The service's refusal."""
        return AuthenticationError(message, code=code, http_status=status)

    def claim(self, headers: Headers, *, signing_name: str, now: float, status: int) -> Claim:
        """What a request's head says of its signature.

        Raises AuthenticationError with the HTTP `status` unless it is well-formed, for this service, about now.
        """
        authorization = headers.get("authorization")
        if authorization is None:
            raise self.refusal("MissingAuthenticationTokenException", "Missing Authentication Token", status)
        parts = _AUTHORIZATION.fullmatch(authorization)
        date = headers.get("x-amz-date", "")
        time = time_of(date)
        if parts is None or time is None:
            raise self.refusal(
                "IncompleteSignatureException",
                "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and the "
                "request an 'X-Amz-Date' header.",
                status,
            )
        access_key, day, region, service, signed, signature = parts.groups()
        claim = Claim(self, date, region, service, frozenset(signed.split(";")), signature, status)
        if self.anyone:
            return claim
        if access_key != self.credentials.access_key or headers.get("x-amz-security-token") != self.credentials.token:
            raise self.refusal(
                "UnrecognizedClientException", "The security token included in the request is invalid.", status
            )
        for name, given, wanted in (("region", region, self.region), ("service", service, signing_name)):
            if given != wanted:
                raise claim.invalid(f"Credential should be scoped to a valid {name}, not '{given}'.")
        if abs(now - time) > Claim.SKEW or not date.startswith(day):
            raise claim.invalid(f"Signature expired: {date} is too far from the service's time.")
        # What changes a request's meaning must be signed: https://docs.aws.amazon.com/IAM/latest/UserGuide/
        # reference_sigv-create-signed-request.html, "all x-amz-* headers" and the host.
        needed = {name for name in map(str.lower, headers) if name == "host" or name.startswith("x-amz-")}
        if not needed <= claim.signed:
            raise claim.invalid(f"Headers that must be signed are not: {', '.join(sorted(needed - claim.signed))}.")
        return claim


@attrs.frozen
class Claim:
    """A signature as the request says it is, to be held against the request."""

    SKEW: ClassVar[int] = 300
    """The seconds by which a request's date and the service's may differ."""
    authority: Authority
    date: str
    region: str
    service: str
    signed: frozenset[str]
    signature: str
    status: int

    def invalid(self, message: str) -> AuthenticationError:
        """The refusal of a signature that is not this request's."""
        return self.authority.refusal("InvalidSignatureException", message, self.status)

    def verify(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> None:
        """Raises AuthenticationError unless the signature is over this request, with the credentials' secret."""
        if self.authority.anyone:
            return
        hashed = hashlib.sha256(body).hexdigest()
        # What the client says of the body's hash counts only if it is true.
        self.verify_hash(method, path, query, headers, hashed, honest=headers.get(PAYLOAD_HASH, hashed) == hashed)

    def verify_hash(
        self, method: str, path: str, query: str, headers: Headers, hashed: str, *, honest: bool = True
    ) -> None:
        """The same for a body known by its hash, or by what stands for one. Raises AuthenticationError."""
        if self.authority.anyone:
            return
        signer = Signer(self.authority.credentials, self.service, self.region, self.signed)
        url = f"http://{headers.get('host', '')}{path}{f'?{query}' if query else ''}"
        made = signer.signature_of(method, url, headers, hashed, self.date)
        if not (honest and hmac.compare_digest(made, self.signature)):
            raise self.invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                "Access Key and signing method. Consult the service documentation for details."
            )


class Signer:
    """botocore's algorithm over exactly the headers that a request says it signed."""

    def __init__(self, credentials: Credentials, service: str, region: str, signed: frozenset[str]) -> None:

        def chosen(request: Any) -> _Listed:
            return _Listed({name.lower(): value for name, value in request.headers.items() if name.lower() in signed})

        known = BotocoreCredentials(credentials.access_key, credentials.secret_key, credentials.token)
        self._auth = cast("Any", SigV4Auth(known, service, region))  # botocore has no types
        self._auth.headers_to_sign = chosen

    def signature_of(self, method: str, url: str, headers: Headers, body_hash: str, date: str) -> str:
        """The signature of a request, in hexadecimal digits."""
        request = cast("Any", AWSRequest(method=method, url=url, headers={**headers, PAYLOAD_HASH: body_hash}))
        request.context["timestamp"] = date
        canonical = self._auth.canonical_request(request)
        text: str = self._auth.signature(self._auth.string_to_sign(request, canonical), request)
        return text


class _Listed(dict[str, str]):
    """Headers as botocore asks for them."""

    def get_all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [self[name]]


def time_of(date: str) -> float | None:
    """A timestamp in seconds since the epoch, or None for what no calendar has."""
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def random_credentials() -> Credentials:
    """Credentials that nobody can guess."""
    return Credentials(f"AKIALOCAL{secrets.token_hex(6).upper()[:11]}", secrets.token_urlsafe(30))
