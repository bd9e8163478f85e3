"""How a request says who sends it: signed with credentials, or not at all. A signer is a value of the pipeline.

The signature is botocore's (`sigv4`), which is imported when it is first needed: models alone have no use for it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import functools
import importlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._credentials.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"


class Signer(Protocol):
    """What turns a request's headers into those that are sent."""

    @property
    def needs_credentials(self) -> bool:
        """Whether credentials are fetched before a request is sent."""
        ...

    def prepare(self) -> None:
        """Import what signing takes. Called once, off the event loop."""
        ...

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
        """All headers to send; see `sign` for the arguments."""
        ...


@functools.cache
def _sigv4() -> Any:
    return importlib.import_module(".sigv4", __package__)


class _SigV4:
    """Signature Version 4 in the Authorization header."""

    needs_credentials = True

    def prepare(self) -> None:
        _sigv4()

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
        assert credentials is not None
        sigv4, signed = _sigv4(), dict(headers)
        request = sigv4.SignableRequest(method, url, signed, body, timestamp(int(time)))
        sigv4.CachingSigV4Auth(credentials, signing_name, region).sign(request)
        return signed


class _Unsigned:
    """Nothing is added, and no credentials are looked for."""

    needs_credentials = False

    def prepare(self) -> None:
        """Nothing to import."""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: Any, **_: Any) -> dict[str, str]:
        return dict(headers)


SIGNED: Signer = _SigV4()
UNSIGNED: Signer = _Unsigned()


def sign(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | bytearray | memoryview,
    *,
    credentials: Credentials,
    region: str,
    signing_name: str,
    time: float,
) -> dict[str, str]:
    """The headers to send: those given, the date, the session token if there is one, and the signature over all of it.

    `url` is absolute and percent-encoded; `time` is in seconds since the epoch. A header `X-Amz-Content-SHA256` among
    `headers` stands for the body's hash.
    """
    return SIGNED.sign(
        method, url, headers, body, credentials=credentials, region=region, signing_name=signing_name, time=time
    )


@functools.lru_cache(maxsize=8)
def timestamp(time: int) -> str:
    """As `X-Amz-Date` has it, from seconds since the epoch."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y%m%dT%H%M%SZ")
