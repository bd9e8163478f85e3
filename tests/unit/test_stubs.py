"""`python -m aiosagemaker stubs DIR [SERVICE...]`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from aiosagemaker import stubs
from aiosagemaker._services import SERVICES
from aiosagemaker.cli import main as command_line
from aiosagemaker.stubs import main, render

pytestmark = pytest.mark.models

STUBS = Path(__file__).parents[2] / "stubs" / "aiosagemaker"


def test_the_shipped_services_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the botocore of the release the stubs are those that are shipped, but for their first line."""
    # As in the wheel, which has the interfaces beside their modules.
    monkeypatch.setattr(stubs, "__file__", str(STUBS / "stubs.py"))
    files = render()
    shipped = {f"aiosagemaker-stubs/{path.relative_to(STUBS).as_posix()}": path for path in STUBS.rglob("*.pyi")}
    assert files.pop("aiosagemaker-stubs/py.typed") == "partial\n"
    assert files.keys() == shipped.keys()
    for name, text in files.items():
        assert text.partition("\n")[2] == shipped[name].read_text(encoding="utf-8").partition("\n")[2]


def test_further_services(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another service's stubs lie below `client_for`'s own, which returns its client for its name."""
    assert command_line(["stubs", str(tmp_path), "rds-data", "sagemaker"]) == 0
    below = tmp_path / "aiosagemaker-stubs" / "_client_for"
    assert {path.name for path in (below / "rds_data").iterdir()} == {
        "__init__.pyi", "client.pyi", "errors.pyi", "models.pyi", "shapes.pyi",
    }  # fmt: skip
    for path in below.rglob("*.pyi"):
        ast.parse(path.read_text(encoding="utf-8"))
    face = (below / "__init__.pyi").read_text(encoding="utf-8")
    assert (
        'def client_for(service: Literal["rds-data"], config: Config | None = None, **overrides: Any) -> RdsDataClient'
        in face
    )
    assert f"wrote {len(list(tmp_path.rglob('*.*')))} files" in capsys.readouterr().out.replace("py.typed", "")
    assert len(SERVICES) == len([path for path in below.parent.iterdir() if path.is_dir()]) - 1


@pytest.mark.parametrize(("service", "words"), [("s3", "s3 speaks rest-xml"), ("nonesuch", "has no service")])
def test_no_such_service(service: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A service that there can be no stubs of ends the command with 2 and a reason, and nothing is written."""
    assert main([str(tmp_path), service]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
