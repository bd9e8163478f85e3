"""A proxy is what the configuration says, or the environment where it is trusted."""

from __future__ import annotations

import pytest
from yarl import URL

from aiosagemaker import errors
from aiosagemaker._http.proxies import Proxies
from aiosagemaker.config import HttpConfig

TARGET = URL("https://api.sagemaker.us-east-1.amazonaws.com/")


def test_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trust the environment does not count."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert Proxies(HttpConfig(trust_env=False)).find(TARGET) == (None, {})


def test_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A configured proxy wins over the environment's, and its credentials become a header."""
    monkeypatch.setenv("HTTPS_PROXY", "http://other.example")
    http = HttpConfig(proxy="http://me:p%3Aw@proxy.example:3128")
    assert Proxies(http).find(TARGET) == (
        URL("http://proxy.example:3128"),
        {"Proxy-Authorization": "Basic bWU6cDp3"},
    )


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's proxy goes by scheme, with exceptions by host."""
    monkeypatch.setenv("HTTPS_PROXY", "http://one.example")
    monkeypatch.setenv("ALL_PROXY", "http://all.example")
    monkeypatch.setenv("NO_PROXY", "localhost,.internal.example")
    proxies = Proxies(HttpConfig())
    assert proxies.find(TARGET) == (URL("http://one.example"), {})
    assert proxies.find(URL("http://api.example/")) == (URL("http://all.example"), {})
    assert proxies.find(URL("https://localhost:8080/")) == (None, {})
    assert proxies.find(URL("https://a.internal.example/")) == (None, {})


def test_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment that is no URL is a ConfigError without its password."""
    monkeypatch.setenv("HTTPS_PROXY", "socks5://me:hidden@proxy.example")
    with pytest.raises(errors.ConfigError, match="https_proxy") as caught:
        Proxies(HttpConfig()).find(TARGET)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("address", ["proxy.example:3128", "//proxy.example:3128"])
def test_without_a_scheme(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """A proxy without a scheme is an HTTP proxy, as it is for boto3."""
    monkeypatch.setenv("HTTPS_PROXY", address)
    assert Proxies(HttpConfig()).find(TARGET) == (URL("http://proxy.example:3128"), {})


def test_a_proxy_for_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy for everything that is not HTTP's is passed over, as boto3 passes over all of them."""
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.example:1080")
    assert Proxies(HttpConfig()).find(TARGET) == (None, {})
