"""Whose credentials a configuration means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._credentials.cache import CredentialsCache

if TYPE_CHECKING:
    from .config import Config


def credentials_cache(config: Config) -> CredentialsCache:
    """The cache for a resolved configuration. It imports and asks nothing before the first `get`."""
    # botocore passes over the environment's keys for a profile that was asked for in code, and only then.
    profile = config.profile if config.source_of("profile") == "explicit" else None
    return CredentialsCache(config.credentials, clock=config.clock, profile=profile, region=config.region)
