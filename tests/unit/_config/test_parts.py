"""How long to wait, and how to connect."""

from __future__ import annotations

import copy
import pickle
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.config import HttpConfig, TimeoutConfig
from aiosagemaker.errors import (
    InvalidConfigError,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["connect", "read", "attempt", "operation"])
@pytest.mark.parametrize("value", [0, -1, True, float("nan"), float("inf"), "5", timedelta(0)])
def test_timeout_refused(name: str, value: Any) -> None:
    """A time limit that is no positive, finite length of time is refused, with the field named."""
    with pytest.raises(InvalidConfigError, match=rf"TimeoutConfig\.{name} must be"):
        TimeoutConfig(**{name: value})


def test_timeouts_are_seconds() -> None:
    """A timedelta is kept as seconds, and None as no limit."""
    timeouts = TimeoutConfig(connect=timedelta(milliseconds=1500), read=3, operation=None)
    assert (timeouts.connect, timeouts.read, timeouts.operation) == (1.5, 3, None)


def test_every_call_is_bounded_by_default() -> None:
    """By default no wait is without a limit, and a model's 60 seconds fit in all of them."""
    timeouts = TimeoutConfig()
    assert timeouts.connect
    assert timeouts.read
    assert timeouts.attempt
    assert timeouts.operation
    assert 60 < timeouts.read < timeouts.attempt < timeouts.operation


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_connections": 0},
        {"max_connections": True},
        {"max_connections": 1.5},
        {"keepalive": -1},
        {"keepalive": None},
        {"proxy": "proxy.example:3128"},
        {"proxy": "ftp://proxy.example"},
        {"proxy": "http://[::1"},
        {"proxy": 1},
        {"trust_env": "yes"},
        {"verify": "/etc/ca.pem"},
        {"ca_bundle": ""},
        {"client_cert": ("a",)},
        {"client_cert": 1},
        {"max_response_size": 0},
        {"max_document_size": 0},
    ],
)
def test_http_refused(wrong: dict[str, Any]) -> None:
    """A value that HttpConfig cannot take is refused, with the field named."""
    with pytest.raises(InvalidConfigError, match=rf"HttpConfig\.{next(iter(wrong))} must be"):
        HttpConfig(**wrong)


def test_http_taken(tmp_path: Path) -> None:
    """Paths, pairs of paths, timedeltas, and None for no bound are taken."""
    http = HttpConfig(
        ca_bundle=tmp_path, client_cert=("c.pem", tmp_path), keepalive=timedelta(seconds=5), max_response_size=None
    )
    assert http.keepalive == 5
    assert HttpConfig(client_cert="c.pem", keepalive=0, proxy="http://[::1]:3128").client_cert == "c.pem"


def test_proxy_password_is_not_shown() -> None:
    """Neither the repr nor a refusal shows the proxy's password."""
    assert "hunter2" not in repr(HttpConfig(proxy="http://me:hunter2@proxy.example:3128"))
    with pytest.raises(InvalidConfigError) as caught:
        HttpConfig(proxy="ftp://me:hunter2@proxy.example")
    assert "hunter2" not in str(caught.value)


def test_proxy_password_is_in_no_pickle() -> None:
    """A pickled HttpConfig has the proxy without its user and password; a copied one is the same."""
    http = HttpConfig(proxy="http://me:hunter2@proxy.example:3128", keepalive=5)
    assert b"hunter2" not in pickle.dumps(http)
    assert pickle.loads(pickle.dumps(http)) == HttpConfig(proxy="http://proxy.example:3128", keepalive=5)
    assert copy.deepcopy(http) is copy.copy(http) is http
