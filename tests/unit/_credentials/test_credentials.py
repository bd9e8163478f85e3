"""What requests are signed with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from aiosagemaker.credentials import Credentials
from aiosagemaker.errors import ConfigError, InvalidConfigError


def test_repr_has_no_secrets() -> None:
    """The repr shows the access key's last four characters and neither secret nor token."""
    text = repr(Credentials("AKIDEXAMPLE00001234", "the-secret", "the-token"))
    assert "1234" in text
    assert "AKID" not in text
    assert "the-" not in text
    assert text.count("<redacted>") == 2
    assert "short" not in repr(Credentials("short", "the-secret"))


@pytest.mark.parametrize("field", ["access_key", "secret_key", "token"])
@pytest.mark.parametrize("value", ["", "key\n", "k\x00ey", "\tkey", " key", "schlüssel", 5, b"key"])
def test_refused(field: str, value: Any) -> None:
    """A key that is empty or no printable ASCII text is refused, and the message does not have it."""
    with pytest.raises(InvalidConfigError, match=rf"Credentials\.{field}") as caught:
        Credentials(**{"access_key": "a", "secret_key": "s", field: value})
    assert not value or str(value) not in str(caught.value)
    assert isinstance(caught.value, ConfigError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("field", ["access_key", "secret_key"])
def test_missing_key_refused(field: str) -> None:
    """The keys cannot be None, as they are when they come from an environment that does not have them."""
    keys: dict[str, Any] = {"access_key": "a", "secret_key": "s", field: None}
    with pytest.raises(InvalidConfigError):
        Credentials(**keys)


@pytest.mark.parametrize("value", [datetime(2030, 1, 1), 5, "2030-01-01T00:00:00Z"])
def test_expires_at_refused(value: Any) -> None:
    """An end that is not an aware datetime is refused."""
    with pytest.raises(InvalidConfigError, match="expires_at"):
        Credentials("a", "s", expires_at=value)
