"""The models of the installed botocore as tables: made once, kept in the user's cache folder, checked when read.

Models are looked for where boto3 looks: the folders of AWS_DATA_PATH, `~/.aws/models`, botocore's own.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from .. import __version__
from .._botocore import botocore, botocore_version
from .._cache_files import cache_folder, write_whole
from .._errors import ArgumentError
from .._shapes.schema import Schema

_KINDS = ("service-2", "waiters-2", "paginators-1")
_EXTRAS = "service-2.sdk-extras"
"""What botocore itself adds to a model; it is read with it."""


@functools.cache
def installed_schema(service: str) -> Schema:
    """The table of a service of the installed botocore, by botocore's name.

    Raises:
        ArgumentError: there is no such service, or it speaks no JSON protocol.
    """
    kept, key = _cached(service), _key(service)
    if kept is not None and (text := _read(kept, key)) is not None:
        return Schema.parse(text.splitlines())
    text = _build(service)
    if kept is not None:
        # A folder that cannot be written costs the time of building anew, and nothing else.
        with contextlib.suppress(OSError):
            write_whole(kept, f"{_head(key, text)}\n{text}")
    return Schema.parse(text.splitlines())


def has_service(service: str) -> bool:
    """Whether the installed botocore has a model of that name, of any protocol."""
    return bool(_files(service))


def is_botocores_own(service: str) -> bool:
    """Whether all of the service's model is botocore's, and nothing of it from a folder of the user's."""
    own = _folders()[-1]
    return all(path.is_relative_to(own) for path in _files(service))


def load_table(service: str) -> dict[str, Any]:
    """The table of a service of the installed botocore, made anew. Raises ArgumentError."""
    from .schema_table import PROTOCOLS, build_schema

    model, waiters, paginators = load_model(service)
    metadata = model["metadata"]
    if not set(PROTOCOLS).intersection(metadata.get("protocols", [metadata["protocol"]])):
        raise ArgumentError(
            f"{service} speaks {metadata['protocol']}: a client is made for services of the JSON protocols alone"
        )
    if metadata.get("signatureVersion") == "bearer":
        raise ArgumentError(f"{service} takes bearer tokens alone, and requests are signed here")
    table = build_schema(model, waiters, paginators, name=service, botocore=botocore_version())
    table["metadata"]["installed"] = True
    return table


def _build(service: str) -> str:
    from .schema_table import dumps

    return dumps(
        load_table(service), f"Made by aiosagemaker {__version__} from botocore {botocore_version()} ({service})."
    )


def load_model(service: str) -> tuple[Any, Any, Any]:
    """botocore's model of a service, its waiters and its paginators (None where it has none). Raises ArgumentError."""
    loader = model_loader()
    missing = botocore("exceptions").DataNotFoundError, botocore("exceptions").UnknownServiceError
    if not has_service(service):
        known: list[str] = loader.list_available_services(_KINDS[0])
        near = difflib.get_close_matches(service, known, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise ArgumentError(f"botocore {botocore_version()} has no service {service!r}{hint}")

    def load(kind: str) -> Any:
        with contextlib.suppress(*missing):
            return loader.load_service_model(service, kind)
        return None

    model, waiters, paginators = map(load, _KINDS)
    return model, waiters, paginators


def model_loader() -> Any:
    """botocore's loader, which looks where boto3's does."""
    paths = [str(path) for path in _folders()]
    return botocore("loaders").Loader(extra_search_paths=paths, include_default_search_paths=False)


def _folders() -> list[Path]:
    own = Path(botocore().__file__).parent / "data"
    given = [Path(part).expanduser() for part in os.environ.get("AWS_DATA_PATH", "").split(os.pathsep) if part]
    with contextlib.suppress(RuntimeError):  # nobody's home
        given.append(Path.home() / ".aws" / "models")
    return [*given, own]


def _files(service: str) -> list[Path]:
    """What a table of the service is made of, without reading it: of each kind the latest version, first come."""
    found: list[Path] = []
    if not service or Path(service).name != service:
        return found
    for kind in (*_KINDS, _EXTRAS):
        paths = [
            path
            for folder in _folders()
            for suffix in (".json", ".json.gz")
            for path in sorted((folder / service).glob(f"*/{kind}{suffix}"))
        ]
        if paths:
            latest = max(path.parent.name for path in paths)
            found.append(next(path for path in paths if path.parent.name == latest))
    return found


def _key(service: str) -> str:
    """What a kept table must have been made of and by."""
    digest = hashlib.sha256(f"{__version__}\0{botocore_version()}\0{service}\0{sys.version_info[:2]}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for path in _files(service):
        status = path.stat()
        digest.update(f"\0{path}\0{status.st_size}\0{status.st_mtime_ns}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _cached(service: str) -> Path | None:
    """Where the table is kept; None where a user has no cache folder."""
    if Path(service).name != service:
        return None
    folder = cache_folder()
    return None if folder is None else folder / f"{service}-{botocore_version()}.json"


def _read(path: Path, key: str) -> str | None:
    """The table, if it is whole and was made of the same model by the same code."""
    try:
        head, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if head == _head(key, text) else None


def _head(key: str, text: str) -> str:
    return f"aiosagemaker {key} {hashlib.sha256(text.encode()).hexdigest()}"
