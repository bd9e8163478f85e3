"""What the fields of a configuration may hold."""

from __future__ import annotations

import inspect
from typing import Any

import attrs
import pytest

from aiosagemaker.config import Config, HttpConfig, TimeoutConfig
from aiosagemaker.errors import ArgumentError, EndpointResolutionError, InvalidConfigError
from aiosagemaker.retries import RetryConfig


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("example.com", "begin with"),
        ("ftp://example.com", "begin with"),
        ("https://", "no host"),
        ("https://:443", "no host"),
        ("https://example.com:0", "no host"),
        ("https://example.com:99999", "ort"),
        ("https://[::1", "IPv6"),
        ("https://example.com?x=1", "query"),
        ("https://example.com?", "query"),
        ("https://example.com#x", "fragment"),
        ("https://me:hunter2@example.com", "user name"),
        ("https://exa mple.com", "characters"),
        ("https://example.com\n", "characters"),
        ("https://exämple.com", "characters"),
    ],
)
def test_endpoint_url_refused(url: str, why: str) -> None:
    """An endpoint URL to which no request can be sent is refused, with the reason and without its password."""
    with pytest.raises(EndpointResolutionError, match=why) as caught:
        Config(endpoint_url=url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://example.com", "http://127.0.0.1:4566/base/", "https://[::1]:8443"])
def test_endpoint_url_taken(url: str) -> None:
    """A scheme and a host make an endpoint URL; a port and a path may follow."""
    assert Config(endpoint_url=url).endpoint_url == url


@pytest.mark.parametrize(
    ("cls", "name", "said"),
    [
        (
            HttpConfig,
            "max_connection",
            "HttpConfig has no field 'max_connection'; did you mean max_connections or connector?",
        ),
        (RetryConfig, "max_attempt", "RetryConfig has no field 'max_attempt'; did you mean max_attempts?"),
        (TimeoutConfig, "reed", "TimeoutConfig has no field 'reed'; did you mean read?"),
        (TimeoutConfig, "read_timeout", "that is boto3's name, here it is timeouts=TimeoutConfig(read=...)"),
        (TimeoutConfig, "colour", "TimeoutConfig has no field 'colour'"),
    ],
)
def test_fields_that_are_meant(cls: Any, name: str, said: str) -> None:
    """A part of a configuration asks of an unknown field which one is meant, and keeps its signature."""
    with pytest.raises(ArgumentError) as caught:
        cls(**{name: 5})
    assert isinstance(caught.value, TypeError)
    assert str(caught.value).endswith(said)
    assert list(inspect.signature(cls).parameters) == [field.name for field in attrs.fields(cls)]


def test_other_errors_of_a_part_stay() -> None:
    """What a known field cannot take, or is not named, is told as ever."""
    make: Any = TimeoutConfig
    with pytest.raises(InvalidConfigError, match=r"TimeoutConfig\.read"):
        make(read=-1)
    with pytest.raises(TypeError, match="positional"):
        make(5)
