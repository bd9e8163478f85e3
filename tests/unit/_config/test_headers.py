"""Headers that a user adds to every request."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from aiosagemaker._config.headers import GivenHeaders, as_headers
from aiosagemaker.errors import InvalidConfigError


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ([("a", "b")], "must be a map"),
        ({"X Team": "a"}, "'X Team' is not the name"),
        ({"": "a"}, "'' is not the name"),
        ({1: "a"}, "1 is not the name"),
        ({"X-Team": "a\r\nHost: evil"}, "value of X-Team"),
        ({"X-Team": " a"}, "value of X-Team"),
        ({"X-Team": "ä"}, "value of X-Team"),
        ({"X-Team": None}, "value of X-Team"),
        ({"X-Team": "a", "x-team": "b"}, "x-team is there twice"),
        ({"authorization": "a"}, "authorization is written by the library"),
        ({"X-Amz-Date": "a"}, "X-Amz-Date is written by the library"),
    ],
)
def test_refused(headers: Any, text: str) -> None:
    """What HTTP does not allow, and what the library writes itself, is refused; the message has no value."""
    with pytest.raises(InvalidConfigError, match=text) as caught:
        as_headers(headers)
    assert "evil" not in str(caught.value)


def test_read_only_and_hashable() -> None:
    """Headers equal any map of the same items, do not change with what they were made of, and can be part of a key."""
    given = {"X-Team": "growth"}
    headers = as_headers(given)
    given["X-Team"] = "other"
    assert headers == {"X-Team": "growth"}
    assert hash(headers) == hash(GivenHeaders({"X-Team": "growth"}))
    assert as_headers(headers) is headers
    assert as_headers(None) == {}


def test_secrets() -> None:
    """A header with a secret, by its name, is shown without its value and stays out of a pickle."""
    headers = GivenHeaders({"X-Api-Key": "hunter2", "X-Gateway-Token": "hunter2", "X-Team": "growth"})
    assert "hunter2" not in repr(headers)
    assert "growth" in repr(headers)
    assert pickle.loads(pickle.dumps(headers)) == {"X-Team": "growth"}
