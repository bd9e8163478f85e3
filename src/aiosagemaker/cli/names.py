"""The names that completion offers: profiles, regions, and what the service has. Nothing here fails or blocks long."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

from .._botocore import botocore
from .._cache_files import cache_folder, write_whole
from .._config.config import TimeoutConfig
from .._config.profiles import read_profiles
from .._errors import SdkError
from ..retries import RetryConfig
from .commands import Command
from .connect import client_class, client_settings
from .failures import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from .arguments import Globals

LONGEST = 2.0
"""The most seconds that a person waits for names."""
KEPT_FOR = 20.0
"""Seconds for which names are not asked for again; so is that there were none."""
_FORGOTTEN_AFTER = 3600.0
_PREFIX = "names-"
"""How the names of the files begin; other files stand beside them."""
_ENDPOINT_PREFIX = "api.sagemaker"
_MOST = 100
"""How many names a page has at most."""


def profiles() -> list[str]:
    """The profiles of the AWS configuration files; none where they cannot be read."""
    try:
        return sorted(read_profiles(os.environ).sections)
    except SdkError:
        return []


def regions() -> list[str]:
    """The regions in which the installed botocore knows the service."""
    found: list[str] = []
    # A session would read the configuration files, which may be unreadable.
    resolver = botocore("regions").EndpointResolver(botocore("loaders").Loader().load_data("endpoints"))
    for partition in resolver.get_available_partitions():
        found += resolver.get_available_endpoints(_ENDPOINT_PREFIX, partition)
    return sorted(found)


def resource_names(command: Command, member: str, prefix: str, options: Globals) -> list[str]:
    """The names that begin so of what a member of a request means; none where the service has no list of them.

    `EndpointName` means what `ListEndpoints` lists, and so on, unless the command makes it.
    """
    noun = member.removesuffix("Name").removesuffix("Arn")
    lister = f"List{noun}s"
    if noun == member or lister not in command.namespace.schema.paginators or command.operation == f"Create{noun}":
        return []
    listing = Command(command.service, command.namespace, lister)
    names, complete = _listed(listing, member, "", options)
    if prefix and not complete and "NameContains" in listing.input.members:
        names, _ = _listed(listing, member, prefix, options)
    return names


def _listed(listing: Command, member: str, part: str, options: Globals) -> tuple[list[str], bool]:
    """Names, and whether there are no more."""
    path = _cache_path(listing.operation, member, part, options)
    kept = None if path is None else _read(path)
    if kept is None:
        kept = _ask(listing, member, part, options)
        if path is not None:
            _write(path, kept)
    return kept["names"], kept["complete"]


def _ask(listing: Command, member: str, part: str, options: Globals) -> dict[str, Any]:
    found: dict[str, Any] = {"names": [], "complete": True}

    def ask() -> None:
        with contextlib.suppress(SdkError, UsageError, OSError):
            found.update(asyncio.run(_first_page(listing, member, part, options)))

    # A source of credentials may block, and nothing can end it; what is left of it ends with the process.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(LONGEST)
    return dict(found)


async def _first_page(listing: Command, member: str, part: str, options: Globals) -> dict[str, Any]:
    row = listing.paginator
    assert row is not None
    settings: dict[str, Any] = client_settings(options) | {
        "timeouts": TimeoutConfig(connect=LONGEST / 2, read=LONGEST / 2, attempt=LONGEST, operation=LONGEST),
        "retry": RetryConfig(max_attempts=1),
    }
    given: dict[str, Any] = {"NameContains": part} if part else {}
    if "MaxResults" in listing.input.members:
        given["MaxResults"] = _MOST
    async with client_class(listing.service)(**settings) as client:
        response = await client.send(listing.namespace[listing.row["input"]].from_dict(given))
    items = getattr(response, row["result"]) or ()
    names = (item.to_dict().get(member) for item in items)
    return {"names": [name for name in names if name], "complete": not getattr(response, row["output_token"])}


def _cache_path(operation: str, member: str, part: str, options: Globals) -> Path | None:
    folder = cache_folder()
    identity = (
        *(operation, member, part, options.profile, options.region, options.endpoint_url),
        *sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("AWS_")),
    )
    # A secret of the environment is part of what tells two identities apart, and cannot be read from a digest.
    digest = hashlib.sha256(repr(identity).encode()).hexdigest()[:32]
    return None if folder is None else folder / f"{_PREFIX}{digest}.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        if time.time() - path.stat().st_mtime > KEPT_FOR:
            return None
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept


def _write(path: Path, kept: dict[str, Any]) -> None:
    # Where nothing can be kept, completion is slower and nothing else.
    with contextlib.suppress(OSError):
        write_whole(path, json.dumps(kept))
        for entry in path.parent.glob(f"{_PREFIX}*"):
            if time.time() - entry.stat().st_mtime > _FORGOTTEN_AFTER:
                entry.unlink()
