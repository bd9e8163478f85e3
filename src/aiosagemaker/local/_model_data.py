"""Model data: what /opt/ml/model holds, fetched from what stands for S3 and unpacked."""

from __future__ import annotations

import asyncio
import hashlib
import io
import shutil
import tarfile
from typing import TYPE_CHECKING

import attrs

from ._instances import StartFailed
from ._objects import ObjectsUnreachable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..sagemaker import ContainerDefinition
    from ._objects import Objects


@attrs.frozen
class Source:
    """Where a container's model data is."""

    uri: str
    prefix: bool = False
    """Whether every object that begins so is meant, rather than one archive."""

    @classmethod
    def of(cls, container: ContainerDefinition) -> Source | None:
        """What a container definition says; None for no data."""
        source = container.model_data_source.s3_data_source if container.model_data_source else None
        if source is not None:
            return cls(source.s3_uri, source.compression_type != "Gzip")
        if container.model_data_url is not None:
            return cls(container.model_data_url, container.mode == "MultiModel")
        return None


class ModelData:
    """Folders with model data. What does not change is fetched once."""

    def __init__(self, folders: Mapping[str, str], objects: Objects, root: Path) -> None:
        self.folders = dict(folders)
        """Folders of this machine that stand for sources, by URI."""
        self._objects = objects
        self._root = root
        self._empty = root / "empty"
        self._empty.mkdir()
        self._locks: dict[str, asyncio.Lock] = {}

    async def exists(self, source: Source) -> bool:
        """Whether there is anything at a source."""
        if source.uri in self.folders:
            return True
        try:
            return bool(await self._versions(source))
        except (ObjectsUnreachable, ValueError):
            return False

    async def folder(self, source: Source | None) -> str:
        """The folder that holds a source's data. Raises StartFailed if there is none, in the service's words."""
        if source is None:
            return str(self._empty)
        if source.uri in self.folders:
            return self.folders[source.uri]
        async with self._locks.setdefault(source.uri, asyncio.Lock()):
            try:
                versions = await self._versions(source)
                if not versions:
                    raise StartFailed(failed_download(source.uri))
                return str(await self._fetched(source, versions))
            except (ObjectsUnreachable, ValueError, OSError, tarfile.TarError) as error:
                raise StartFailed(f"{failed_download(source.uri)} {error}") from error

    async def _versions(self, source: Source) -> dict[str, str]:
        found = await self._objects.versions(source.uri)
        return found if source.prefix else {uri: version for uri, version in found.items() if uri == source.uri}

    async def _fetched(self, source: Source, versions: dict[str, str]) -> Path:
        digest = hashlib.sha256(repr((source, sorted(versions.items()))).encode()).hexdigest()[:20]
        folder = self._root / digest
        if folder.exists():
            return folder
        part = self._root / f"{digest}.part"
        shutil.rmtree(part, ignore_errors=True)  # what a failure left
        part.mkdir()
        for uri in versions:
            content = await self._objects.get(uri) or b""
            if source.prefix:
                path = part / uri.removeprefix(source.uri).lstrip("/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            else:
                await asyncio.to_thread(_unpack, content, part)
        part.rename(folder)
        return folder


def _unpack(content: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as archive:
        # "data": nothing of it may lie outside the folder, be a device, or belong to somebody.
        archive.extractall(folder, filter="data")


def failed_download(uri: str) -> str:
    """The service's words for model data that it cannot have."""
    return (
        f'Failed to download model data from URL: "{uri}". Please ensure that there is an object located at the URL '
        "and that the role passed to CreateModel has permissions to download the object."
    )
