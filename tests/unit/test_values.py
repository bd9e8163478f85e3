"""What the fields of a configuration may hold."""

from __future__ import annotations

import pytest

from aiosagemaker.config import Config
from aiosagemaker.errors import (
    EndpointResolutionError,
)


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
