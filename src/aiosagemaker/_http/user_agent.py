"""The User-Agent header: who calls, in the form that AWS's SDKs share."""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._config.config import Config

_NOT_TOKEN = re.compile(r"[^!$%&'*+.^_`|~0-9A-Za-z-]")
"""What a part cannot have: RFC 9110, section 5.6.2, less `#`, which stands between name and value."""
_NOT_VISIBLE = re.compile(r"[^ -~]+")

_SYSTEMS = {"Linux": "linux", "Darwin": "macos", "Windows": "windows", "Android": "android", "iOS": "ios"}


def user_agent(version: str, config: Config, model: str = "") -> str:
    """`aiosagemaker/<version> ua/2.1 os/... lang/python#... md/aiohttp#... cfg/retry-mode#... app/<app_id> <extra>`.

    `model` is the installed botocore's release if the client is built from its model: `md/botocore#...`.
    A character that would end its part of the header becomes `-`; one that no header has becomes a space in
    `user_agent_extra`.
    """
    import aiohttp

    parts = [
        f"aiosagemaker/{_token(version)}",
        "ua/2.1",
        _pair("os", _SYSTEMS.get(platform.system(), "other"), platform.release()),
        _pair("lang", "python", platform.python_version()),
        _pair("md", "pyimpl", platform.python_implementation()),
        _pair("md", "aiohttp", aiohttp.__version__),
    ]
    if model:
        parts.append(_pair("md", "botocore", model))
    if config.retry is not None:
        parts.append(_pair("cfg", "retry-mode", config.retry.mode))
    if config.app_id is not None:
        parts.append(f"app/{_token(config.app_id)}")
    if config.user_agent_extra is not None:
        parts.append(_NOT_VISIBLE.sub(" ", config.user_agent_extra).strip())
    return " ".join(filter(None, parts))


def _token(text: str) -> str:
    return _NOT_TOKEN.sub("-", text)


def _pair(kind: str, name: str, value: str) -> str:
    return f"{kind}/{name}#{_token(value)}" if value else f"{kind}/{name}"
