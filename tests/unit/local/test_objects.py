"""What stands for S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from moto.backends import get_backend
from moto.server import ThreadedMotoServer

from aiosagemaker import Credentials
from aiosagemaker.local._objects import EndpointObjects, FolderObjects, ObjectsUnreachable, Place, objects_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from aiosagemaker.local._objects import Objects


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "endpoint"])
async def objects(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Objects]:
    if request.param == "folder":
        yield FolderObjects(tmp_path)
        return
    url = request.getfixturevalue("moto")
    async with aiohttp.ClientSession() as session:
        async with session.put(f"{url}/bucket") as made:
            assert made.status == 200
        yield EndpointObjects(url, Credentials("testing", "testing"), "us-east-1", session)


async def test_objects(objects: Objects) -> None:
    """Objects are kept, read, replaced and listed by the beginning of their URI, odd characters included."""
    for key, content in (("a/1", b"one"), ("a/b c+d=é", b"two"), ("z", b"three")):
        await objects.put(f"s3://bucket/{key}", content)
    assert await objects.get("s3://bucket/a/b c+d=é") == b"two"
    assert await objects.get("s3://bucket/none") is None
    before = await objects.versions("s3://bucket/a/")
    assert sorted(before) == ["s3://bucket/a/1", "s3://bucket/a/b c+d=é"]
    await objects.put("s3://bucket/a/1", b"other")
    after = await objects.versions("s3://bucket/a/")
    assert [uri for uri in before if before[uri] != after[uri]] == ["s3://bucket/a/1"]
    assert await objects.versions("s3://nothing/a") == {}


async def test_many_objects(moto: str) -> None:
    """More objects than a page holds are all listed."""
    async with aiohttp.ClientSession() as session:
        async with session.put(f"{moto}/many"):
            pass
        objects = EndpointObjects(moto, Credentials("testing", "testing"), "us-east-1", session)
        bucket = get_backend("s3")["123456789012"]["aws"]
        for index in range(1001):
            bucket.put_object("many", str(index), b"")
        assert len(await objects.versions("s3://many/")) == 1001


async def test_endpoint_fails() -> None:
    """An endpoint that is not there, or refuses, is an error that says so."""
    async with aiohttp.ClientSession() as session:
        objects = EndpointObjects("http://127.0.0.1:1", Credentials("a", "b"), "us-east-1", session)
        with pytest.raises(ObjectsUnreachable, match=r"http://127.0.0.1:1"):
            await objects.get("s3://bucket/key")


@pytest.mark.parametrize("uri", ["", "bucket/key", "s3://", "https://bucket/key", "s3://b/../../etc", "s3://b/./x"])
def test_no_uri(uri: str, tmp_path: Path) -> None:
    """What names no object, or climbs out of its bucket, is refused."""
    with pytest.raises(ValueError, match="no URI"):
        Place.of(uri)
    with pytest.raises(ValueError, match="no URI"):
        FolderObjects(tmp_path).path(uri)


async def test_where_objects_are(tmp_path: Path) -> None:
    """A URL is an endpoint's; anything else is a folder, which is made where it does not exist."""
    async with aiohttp.ClientSession() as session:
        there = objects_at("http://127.0.0.1:1", Credentials("a", "b"), "us-east-1", session)
        with pytest.raises(ObjectsUnreachable):
            await there.get("s3://bucket/key")
        here = objects_at(tmp_path / "new", Credentials("a", "b"), "us-east-1", session)
        await here.put("s3://bucket/key", b"x")
    assert (tmp_path / "new" / "bucket" / "key").read_bytes() == b"x"
