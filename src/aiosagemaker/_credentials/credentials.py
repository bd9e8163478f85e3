"""What requests are signed with, and what a user may give for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

import attrs

from .._errors import REDACTED, InvalidConfigError


def _check_key(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    # The message never has the value, which may be a secret.
    if value is None and attribute.default is None:
        return
    if not isinstance(value, str) or not value:
        raise InvalidConfigError(f"Credentials.{attribute.name} must be text that is not empty")
    if not (value.isascii() and value.isprintable()) or value != value.strip():
        raise InvalidConfigError(
            f"Credentials.{attribute.name} must be printable ASCII text: it has other characters, such as a newline, "
            "or spaces around it"
        )


def _check_time(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, datetime) or value.utcoffset() is None):
        raise InvalidConfigError(f"Credentials.{attribute.name} must be an aware datetime or None, got {value!r}")


def _show_access_key(access_key: str) -> str:
    return f"'...{access_key[-4:]}'" if len(access_key) > 8 else REDACTED


def _show_secret(secret: str | None) -> str:
    return "None" if secret is None else REDACTED


@attrs.frozen
class Credentials:
    """What requests are signed with. Its repr has no secrets.

    Raises:
        InvalidConfigError: a key is empty or has control characters, or `expires_at` is naive.
    """

    access_key: str = attrs.field(repr=_show_access_key, validator=_check_key)
    """The access key id."""
    secret_key: str = attrs.field(repr=_show_secret, validator=_check_key)
    """The secret access key."""
    token: str | None = attrs.field(default=None, repr=_show_secret, validator=_check_key)
    """The session token of temporary credentials. Default None."""
    expires_at: datetime | None = attrs.field(default=None, validator=_check_time)
    """When they end: an aware datetime, or None (default) if they do not."""


CredentialsProvider = Callable[[], Awaitable[Credentials]]
"""An async callable that returns Credentials.

Those with `expires_at` are kept, and asked for again ahead of it. Those without are asked for at each attempt: the
callable then does its own keeping, and new keys count at once. It raises NoCredentialsError to say that asking again
would not help.
"""


class BotocoreSession(Protocol):
    """A botocore or boto3 session, or whatever else has its `get_credentials`."""

    def get_credentials(self) -> Any:
        """botocore's Credentials, or None."""
        ...


CredentialsSource = Credentials | CredentialsProvider | BotocoreSession
"""What `Config.credentials` takes."""
