"""What a user may set: `Config` and its parts."""

from __future__ import annotations

from ._config.config import Config, ConfigSource, HttpConfig, ParameterValidation, TimeoutConfig

__all__ = ["Config", "ConfigSource", "HttpConfig", "ParameterValidation", "TimeoutConfig"]
