"""What the clients of other people share: a service that holds its answers until things have settled."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from aiosagemaker.local import LocalSageMaker

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
SERVER = Path(__file__).with_name("chat_server.py")


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LocalSageMaker]:
    """The service, and its variables in the environment: what users of any SDK set. One image is a chat server."""
    images = {"*": [sys.executable, "-S", str(SERVER)]}
    with LocalSageMaker(images=images, settle=True, strict=False) as local:
        # Its default session keeps the keys of the test before.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        for name, value in local.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        archive = local.folder / "s3/bucket/model.tar.gz"
        archive.parent.mkdir(parents=True)
        with tarfile.open(archive, mode="w:gz") as made:
            info = tarfile.TarInfo("weights")
            info.size = 1
            made.addfile(info, io.BytesIO(b"1"))
        yield local
