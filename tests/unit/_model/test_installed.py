"""The tables of the installed botocore's models: how they are found, kept and trusted."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import pytest

from aiosagemaker._model import installed
from aiosagemaker._model.installed import installed_schema
from aiosagemaker.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL: dict[str, Any] = {
    "version": "2.0",
    "metadata": {"protocol": "json", "apiVersion": "2020-01-01", "jsonVersion": "1.0", "serviceId": "Toy"},
    "operations": {"Make": {"name": "Make", "input": {"shape": "In"}, "http": {"method": "POST", "requestUri": "/"}}},
    "shapes": {"In": {"type": "structure", "members": {"Name": {"shape": "Text"}}}, "Text": {"type": "string"}},
}


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty cache folder, and nothing remembered."""
    if sys.platform in ("win32", "darwin"):
        monkeypatch.setattr(installed, "cache_folder", lambda: tmp_path / "cache" / "aiosagemaker")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    installed_schema.cache_clear()
    yield tmp_path / "cache" / "aiosagemaker"
    installed_schema.cache_clear()


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that botocore looks for models in."""
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))
    return tmp_path / "models"


def write(models: Path, name: str, model: dict[str, Any], version: str = "2020-01-01", kind: str = "service-2") -> Path:
    path = models / name / version / f"{kind}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(model), encoding="utf-8")
    return path


def forget_and_read(service: str) -> installed.Schema:
    installed_schema.cache_clear()
    return installed_schema(service)


def test_a_table_is_made_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second process reads what the first one kept: no model is parsed for it, and it is the same table."""
    made = installed_schema("sagemaker-metrics")
    (kept,) = cache.iterdir()
    assert botocore.__version__ in kept.name
    monkeypatch.setattr(installed, "load_model", None)
    again = forget_and_read("sagemaker-metrics")
    assert again is not made
    assert {**again.shapes} == {**made.shapes}
    assert again.metadata == made.metadata


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("BatchPutMetrics", "BatchPutMetrix"),
        lambda text: text.replace("aiosagemaker ", "aiosagemaker 0", 1),
        lambda text: "",
        lambda text: "\udc80",
    ],
    ids=["cut", "changed", "of another model", "empty", "not text"],
)
def test_what_does_not_fit_is_made_anew(cache: Path, damage: Any) -> None:
    """A kept table that is cut, changed or of something else is not read, and is replaced."""
    installed_schema("sagemaker-metrics")
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole.decode()).encode("utf-8", "surrogateescape"))
    assert "BatchPutMetrics" in forget_and_read("sagemaker-metrics").operations
    assert kept.read_bytes() == whole


def test_a_model_that_changed_is_read_anew(models: Path) -> None:
    """A kept table does not outlive the model that it was made of."""
    path = write(models, "toy", MODEL)
    assert list(installed_schema("toy").operations) == ["Make"]
    operations = {**MODEL["operations"], "Break": {**MODEL["operations"]["Make"], "name": "Break"}}
    path.write_text(json.dumps({**MODEL, "operations": operations}), encoding="utf-8")
    assert list(forget_and_read("toy").operations) == ["Break", "Make"]


@pytest.mark.models
def test_the_newest_of_several_versions(models: Path) -> None:
    """As for boto3, the latest version of a model counts, and a folder of one's own goes before botocore's."""
    newer = {**MODEL, "metadata": {**MODEL["metadata"], "apiVersion": "2024-12-31"}}
    write(models, "toy", newer, "2024-12-31")
    write(models, "toy", MODEL)
    assert installed_schema("toy").metadata.get("api_version") == "2024-12-31"
    own = Path(botocore.__file__).parent / "data" / "sagemaker-metrics"
    (packed,) = own.glob("*/service-2.json.gz")
    model = json.loads(gzip.decompress(packed.read_bytes()))
    model["metadata"]["serviceId"] = "Mine"
    write(models, "sagemaker-metrics", model, packed.parent.name)
    assert installed_schema("sagemaker-metrics").metadata.get("service_id") == "Mine"


def test_no_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a folder to keep tables in, or with one that cannot be written, they are made each time."""
    (tmp_path / "a file").write_text("", encoding="utf-8")
    monkeypatch.setattr(installed, "cache_folder", lambda: tmp_path / "a file" / "aiosagemaker")
    assert installed_schema("sagemaker-metrics").operations
    monkeypatch.setattr(installed, "cache_folder", lambda: None)
    assert forget_and_read("sagemaker-metrics").operations


@pytest.mark.parametrize("name", ["nonesuch", "", "..", "../sagemaker", "sagemaker/2017-07-24"])
def test_no_such_service(name: str) -> None:
    """A name that is no service's, or a path, is an error that says what is installed."""
    with pytest.raises(ArgumentError, match=rf"botocore {botocore.__version__} has no service"):
        installed_schema(name)


def test_a_name_that_is_nearly_right() -> None:
    """The error for a wrong name has the names that are like it."""
    with pytest.raises(ArgumentError, match="did you mean sagemaker-metrics"):
        installed_schema("sagemaker-metric")


@pytest.mark.parametrize(("service", "protocol"), [("s3", "rest-xml"), ("sts", "query"), ("ec2", "ec2")])
def test_a_service_of_another_protocol(service: str, protocol: str, cache: Path) -> None:
    """A service that speaks no JSON protocol is refused with its name and its protocol, and nothing is kept."""
    with pytest.raises(ArgumentError, match=f"{service} speaks {protocol}:"):
        installed_schema(service)
    assert not cache.exists()


def test_processes_at_once(cache: Path) -> None:
    """Processes that make the same table at once all have it, and leave one whole file and nothing else."""
    code = (
        "from aiosagemaker._model.installed import installed_schema as s; print(len(s('sagemaker-geospatial').shapes))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({process.communicate()[0] for process in running}) == 1
    assert [process.returncode for process in running] == [0, 0, 0]
    (kept,) = cache.iterdir()
    assert kept.suffix == ".json"
