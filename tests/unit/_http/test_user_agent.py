"""The User-Agent header."""

from __future__ import annotations

import platform
import re
from typing import Any

import aiohttp
import pytest

from aiosagemaker._http.user_agent import user_agent
from aiosagemaker.config import Config
from aiosagemaker.retries import RetryConfig


def test_form() -> None:
    """The header has the parts of AWS's SDKs, in their order."""
    config = Config(retry=RetryConfig(mode="adaptive"), app_id="shop", user_agent_extra="lib/1.0 (a; b)")
    assert re.fullmatch(
        r"aiosagemaker/0\.1\.0 ua/2\.1 os/[a-z]+(#\S+)? "
        rf"lang/python#{re.escape(platform.python_version())} md/pyimpl#\w+ "
        rf"md/aiohttp#{re.escape(aiohttp.__version__)} "
        r"cfg/retry-mode#adaptive app/shop lib/1\.0 \(a; b\)",
        user_agent("0.1.0", config),
    )


def test_without_options() -> None:
    """What is not set leaves no trace."""
    text = user_agent("0.1.0", Config())
    assert "cfg/" not in text
    assert "app/" not in text
    assert text == text.strip()


@pytest.mark.parametrize("bad", ["a\r\nX-Evil: 1", "a b", "a/b#c", "é", "a\x00", "x\u2028"])
def test_nothing_breaks_out(bad: str) -> None:
    """No value ends the header, nor its own part of it."""
    text = user_agent(bad, Config(app_id=bad, user_agent_extra=f"x{bad}"))
    assert text.isascii()
    assert text.isprintable()
    assert re.search(r" app/[^ #/]+ x", text)
    assert text.startswith("aiosagemaker/")
    assert text.split(" ")[1] == "ua/2.1"


def test_unknown_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot be told is named other, without a version."""

    def unknown(*_: Any) -> str:
        return ""

    monkeypatch.setattr(platform, "system", unknown)
    monkeypatch.setattr(platform, "release", unknown)
    assert " os/other lang/" in user_agent("0.1.0", Config())
