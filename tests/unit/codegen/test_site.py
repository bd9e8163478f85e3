"""`python -m codegen site`."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from aiosagemaker._services import BY_NAME
from aiosagemaker.cli.guide import guides
from codegen.faces import library_pages
from codegen.site import PLACES, ROOT, main, write_sources

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("sphinx")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with the guides and one service, built as the checks build the whole: no warning, no broken link."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "codegen", "site", str(out), "--service", "sagemaker-runtime"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT / "src")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return out


def test_a_broken_link_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Links are checked once the pages are there, and one that leads nowhere is named."""

    def build(words: list[str]) -> int:
        (tmp_path / "index.html").write_text('<a href="gone.html">', encoding="utf-8")
        return 0

    monkeypatch.setattr("sphinx.cmd.build.build_main", build)
    assert main([str(tmp_path), "--service", "sagemaker-edge"]) == 1
    assert capsys.readouterr().err == "broken link in index.html: gone.html\n"


def test_it_has_every_guide_and_what_a_service_has(site: Path) -> None:
    """Each guide is a page; what the service has is in its reference, and what is written by hand in the library's."""
    assert {path.stem for path in (site / "guides").glob("*.html")} == set(guides())
    text = "".join(path.read_text(encoding="utf-8") for path in (site / "reference").rglob("*.html"))
    for name in ("SageMakerRuntimeClient.invoke_endpoint", "InvokeEndpointRequest", "ModelNotReadyException"):
        assert f'id="aiosagemaker.{name}"' in text or f'id="aiosagemaker.sagemaker_runtime.{name}"' in text
    library = "".join(path.read_text(encoding="utf-8") for path in (site / "library").glob("*.html"))
    for name in ("hosting.deploy", "testing.Stub", "hooks.Hooks", "local.LocalSageMaker", "SizedStream"):
        assert f'id="aiosagemaker.{name}"' in library
    assert 'id="aiosagemaker.SageMakerRuntimeClient.invoke_many"' in text


def test_it_is_made_of_what_there_is(tmp_path: Path) -> None:
    """Every file of the checkout that has a place on the site is there, and each service that is asked for."""
    write_sources(ROOT, tmp_path, [BY_NAME["sagemaker-metrics"], BY_NAME["sagemaker-edge"]])
    assert all((tmp_path / place).is_file() for place in PLACES.values())
    assert {path.name for path in (tmp_path / "reference").iterdir()} == {"sagemaker_metrics", "sagemaker_edge"}
    assert {path.name for path in (tmp_path / "library").iterdir()} == set(library_pages(ROOT))
