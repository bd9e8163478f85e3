"""Model data: found, fetched, unpacked, and refused where it is not there."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from aiosagemaker.errors import ValidationException
from aiosagemaker.local._instances import StartFailed
from aiosagemaker.local._model_data import ModelData, Source
from aiosagemaker.local._objects import FolderObjects
from aiosagemaker.sagemaker import ContainerDefinition, ModelDataSource, S3ModelDataSource


def archive(**files: bytes) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as made:
        for name, data in files.items():
            info = tarfile.TarInfo(name.replace("__", "/").replace("DOT", "."))
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return content.getvalue()


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def objects(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path / "s3")


@pytest.fixture
def data(tmp_path: Path, objects: FolderObjects) -> ModelData:
    root = tmp_path / "data"
    root.mkdir()
    return ModelData({"s3://given/model": str(tmp_path / "given")}, objects, root)


@pytest.mark.parametrize(
    ("container", "source"),
    [
        (ContainerDefinition(image="i"), None),
        (ContainerDefinition(image="i", model_data_url="s3://b/m.tar.gz"), Source("s3://b/m.tar.gz")),
        (ContainerDefinition(image="i", mode="MultiModel", model_data_url="s3://b/m/"), Source("s3://b/m/", True)),
        (
            ContainerDefinition(
                image="i",
                model_data_source=ModelDataSource(
                    s3_data_source=S3ModelDataSource(
                        s3_uri="s3://b/m/", s3_data_type="S3Prefix", compression_type="None"
                    )
                ),
            ),
            Source("s3://b/m/", True),
        ),
    ],
)
def test_source(container: ContainerDefinition, source: Source | None) -> None:
    """A container definition says where its data is in either of two ways."""
    assert Source.of(container) == source


async def test_archive(data: ModelData, objects: FolderObjects) -> None:
    """An archive is unpacked, once while it stays the same."""
    await objects.put("s3://b/m.tar.gz", archive(weights=b"1", code__x=b"2"))
    folder = Path(await data.folder(Source("s3://b/m.tar.gz")))
    assert ((folder / "weights").read_bytes(), (folder / "code/x").read_bytes()) == (b"1", b"2")
    assert await data.folder(Source("s3://b/m.tar.gz")) == str(folder)
    await objects.put("s3://b/m.tar.gz", archive(weights=b"33"))
    again = Path(await data.folder(Source("s3://b/m.tar.gz")))
    assert (again / "weights").read_bytes() == b"33"


async def test_prefix(data: ModelData, objects: FolderObjects) -> None:
    """Uncompressed data is every object behind a prefix."""
    await objects.put("s3://b/m/config.json", b"{}")
    await objects.put("s3://b/m/parts/1", b"1")
    await objects.put("s3://b/other", b"")
    folder = Path(await data.folder(Source("s3://b/m/", True)))
    assert files(folder) == ["config.json", "parts/1"]


async def test_folders(data: ModelData, tmp_path: Path) -> None:
    """A folder that was given stands for its source; a container without data has an empty one."""
    assert await data.folder(Source("s3://given/model")) == str(tmp_path / "given")
    assert files(Path(await data.folder(None))) == []


@pytest.mark.parametrize("content", [b"", b"no archive", archive(DOTDOT__escaped=b"x")])
async def test_bad_archives(data: ModelData, objects: FolderObjects, content: bytes, tmp_path: Path) -> None:
    """What is no archive, or would write outside its folder, fails in the service's words, and leaves nothing."""
    await objects.put("s3://b/m.tar.gz", content)
    with pytest.raises(StartFailed, match="Failed to download model data"):
        await data.folder(Source("s3://b/m.tar.gz"))
    assert not [file for file in files(tmp_path) if "escaped" in file]


async def test_missing(data: ModelData) -> None:
    """Data that is not there does not exist."""
    assert not await data.exists(Source("s3://b/m.tar.gz"))
    with pytest.raises(StartFailed, match=r'Failed to download model data from URL: "s3://b/m.tar.gz"'):
        await data.folder(Source("s3://b/m.tar.gz"))


async def test_refused_by_create_model(hosting: Any) -> None:
    """A model whose data is not there is refused when it is made; one whose data goes later fails its endpoint."""
    container = ContainerDefinition(image="a", model_data_url="s3://b/m.tar.gz")
    with pytest.raises(ValidationException, match=r"Could not find model data at s3://b/m.tar.gz\."):
        await hosting.sm.create_model(model_name="a", primary_container=container)
    path = hosting.local.folder / "s3/b/m.tar.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(archive(weights=b"1"))
    await hosting.sm.create_model(model_name="a", primary_container=container)
    await hosting.config("a", hosting.variant("a"))
    await hosting.endpoint("a", "good")
    await hosting.started("good")
    await hosting.rt.invoke_endpoint(endpoint_name="good", body=b"")
    folder = Path(hosting.models["a"].asked[0].environment["SM_MODEL_DIR"])
    assert (folder / "weights").read_bytes() == b"1"
    path.unlink()
    await hosting.endpoint("a")
    await hosting.started()
    described = await hosting.sm.describe_endpoint(endpoint_name="e")
    assert described.endpoint_status == "Failed"
    assert "Failed to download model data" in described.failure_reason
