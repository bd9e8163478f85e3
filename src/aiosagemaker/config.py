"""What a user may set: `Config` and its parts."""

from __future__ import annotations

from ._config.config import Config, ParameterValidation
from ._config.parts import HttpConfig, TimeoutConfig
from ._config.seams import TransportLike
from ._config.source import ConfigSource

__all__ = ["Config", "ConfigSource", "HttpConfig", "ParameterValidation", "TimeoutConfig", "TransportLike"]
