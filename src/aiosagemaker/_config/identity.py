"""Whose credentials a configuration means."""

from __future__ import annotations

import hashlib
import os
import re
from types import MethodType
from typing import TYPE_CHECKING

from .._credentials.cache import CredentialsCache
from .._credentials.chain import ChainSettings, ChainSource
from .._credentials.credentials import Credentials
from .._credentials.sharing import SHARED
from .profiles import profile_files

if TYPE_CHECKING:
    from collections.abc import Hashable

    from .config import Config

_PARTITION = re.compile(r"cn-|eusc-|us-gov-|[a-z]+-iso[a-z]?-")
"""How the regions begin that have identities of their own (botocore/data/partitions.json)."""


def credentials_cache(config: Config) -> CredentialsCache:
    """The cache for a resolved configuration. It imports and asks nothing before the first `get`.

    What was given as credentials is shared by its identity; botocore's chain by whatever it reads: the profile, the
    environment, the files as they are now. The clients' regions do not tell identities apart, but for the partition:
    the chain's own calls, to STS, go to the region of the first of them.
    """
    given, clock = config.credentials, config.clock
    if isinstance(given, Credentials):
        return CredentialsCache(given, clock=clock)
    if given is not None:
        # A method is a new object each time that it is asked for.
        parts = (given.__self__, given.__func__) if isinstance(given, MethodType) else (given,)
        identity: Hashable = ("given", *map(id, parts), id(clock))
        return SHARED.get(identity, lambda: CredentialsCache(given, clock=clock))
    http = config.http
    # botocore passes over the environment's keys for a profile that was asked for in code, and only then.
    profile = config.profile if config.source_of("profile") == "explicit" else None
    partition = _PARTITION.match(config.region or "")
    chain = ChainSettings(profile=profile, region=config.region, proxy=http.proxy, trust_env=http.trust_env)
    identity = ("chain", profile, partition and partition[0], http.proxy, http.trust_env, id(clock), _surroundings())
    return SHARED.get(identity, lambda: CredentialsCache(ChainSource(chain), clock=clock))


def _surroundings() -> str:
    """A digest of what the chain reads."""
    read = [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]
    variables = [(name, os.environ[name]) for name in sorted(read)]
    files = [(path, _stamp(path)) for path in profile_files(os.environ)]
    return hashlib.sha256(repr((variables, files)).encode(errors="surrogateescape")).hexdigest()


def _stamp(path: str) -> tuple[int, ...] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
