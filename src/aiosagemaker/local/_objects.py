"""What stands for S3: a folder, or an endpoint that speaks its protocol."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree as ET

import attrs
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

if TYPE_CHECKING:
    import os

    import aiohttp

    from .._credentials.credentials import Credentials


class ObjectsUnreachable(Exception):
    """The endpoint that stands for S3 gave no good answer."""


class Objects(Protocol):
    """Objects by URI, `s3://bucket/key`."""

    async def get(self, uri: str) -> bytes | None:
        """An object's content, or None for one that does not exist."""
        ...

    async def put(self, uri: str, content: bytes) -> None:
        """Keep an object."""
        ...

    async def versions(self, prefix: str) -> dict[str, str]:
        """The URIs that begin with a prefix, each with what changes when its content does."""
        ...


@attrs.frozen
class Place:
    """A URI's parts."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> Place:
        """Raises ValueError for what is no object's URI."""
        parts = urlsplit(uri)
        key = uri.removeprefix(f"s3://{parts.netloc}").lstrip("/")
        if parts.scheme != "s3" or not parts.netloc or any(part in ("..", ".") for part in key.split("/")):
            raise ValueError(f"no URI of an object in S3: {uri!r}")
        return cls(parts.netloc, key)


@attrs.frozen
class FolderObjects:
    """A folder: the object `s3://bucket/key` is its file `bucket/key`."""

    root: Path

    def path(self, uri: str) -> Path:
        """The file that stands for an object."""
        place = Place.of(uri)
        return self.root / place.bucket / place.key

    async def get(self, uri: str) -> bytes | None:
        """The file's content."""
        path = self.path(uri)
        return path.read_bytes() if path.is_file() else None

    async def put(self, uri: str, content: bytes) -> None:
        """Write the file, at once whole."""
        path = self.path(uri)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        part.replace(path)

    async def versions(self, prefix: str) -> dict[str, str]:
        """The files that begin so, each with its time and size."""
        place = Place.of(prefix)
        bucket = self.root / place.bucket
        found: dict[str, str] = {}
        for path in bucket.rglob("*"):
            key = path.relative_to(bucket).as_posix()
            if key.startswith(place.key) and path.is_file():
                stat = path.stat()
                found[f"s3://{place.bucket}/{key}"] = f"{stat.st_mtime_ns}-{stat.st_size}"
        return found


@attrs.frozen
class EndpointObjects:
    """An endpoint that speaks S3's protocol: of moto, LocalStack, MinIO or S3 itself."""

    url: str
    credentials: Credentials
    region: str
    session: aiohttp.ClientSession

    async def get(self, uri: str) -> bytes | None:
        """GetObject."""
        place = Place.of(uri)
        status, content = await self._ask("GET", place.bucket, place.key)
        if status == 404:
            return None
        return self._good(status, content)

    async def put(self, uri: str, content: bytes) -> None:
        """PutObject."""
        place = Place.of(uri)
        self._good(*await self._ask("PUT", place.bucket, place.key, content=content))

    async def versions(self, prefix: str) -> dict[str, str]:
        """ListObjectsV2, page by page: each object's ETag."""
        place = Place.of(prefix)
        found: dict[str, str] = {}
        query = {"list-type": "2", "prefix": place.key}
        while True:
            status, content = await self._ask("GET", place.bucket, "", query)
            if status == 404:
                return {}
            # A page of the service that the user named as S3; Python's parser expands no external entities.
            page = ET.fromstring(self._good(status, content))
            space = page.tag.partition("}")[0] + "}" if page.tag.startswith("{") else ""
            for entry in page.iter(f"{space}Contents"):
                uri = f"s3://{place.bucket}/{entry.findtext(f'{space}Key', '')}"
                found[uri] = entry.findtext(f"{space}ETag", "")
            token = page.findtext(f"{space}NextContinuationToken")
            if not token:
                return found
            query["continuation-token"] = token

    def _good(self, status: int, content: bytes) -> bytes:
        if status != 200:
            raise ObjectsUnreachable(f"{self.url} answered {status}: {content[:300].decode(errors='replace')}")
        return content

    async def _ask(
        self, method: str, bucket: str, key: str, query: dict[str, str] | None = None, *, content: bytes = b""
    ) -> tuple[int, bytes]:
        import aiohttp
        from yarl import URL

        url = f"{self.url.rstrip('/')}/{bucket}/{quote(key, safe='/~')}"
        if query:
            url += f"?{urlencode(query, quote_via=quote, safe='~')}"
        keys = BotocoreCredentials(self.credentials.access_key, self.credentials.secret_key, self.credentials.token)
        request = AWSRequest(
            method, url, headers={"X-Amz-Content-SHA256": hashlib.sha256(content).hexdigest()}, data=content
        )
        signer: Any = S3SigV4Auth(keys, "s3", self.region)  # botocore has no types
        signer.add_auth(request)
        try:
            async with self.session.request(
                method, URL(url, encoded=True), headers=dict(request.headers.items()), data=content or None
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, OSError) as error:
            raise ObjectsUnreachable(f"{self.url}: {error}") from error


def objects_at(
    place: str | os.PathLike[str], credentials: Credentials, region: str, session: aiohttp.ClientSession
) -> Objects:
    """The objects at an endpoint's URL, or in a folder, which is made."""
    if isinstance(place, str) and place.startswith(("http://", "https://")):
        return EndpointObjects(place, credentials, region, session)
    root = Path(place)
    root.mkdir(exist_ok=True)
    return FolderObjects(root)
