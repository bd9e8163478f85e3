"""`python -m codegen site`."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from aiosagemaker._services import BY_NAME
from aiosagemaker.cli.guide import guides
from codegen.faces import library_pages
from codegen.site import PLACES, ROOT, write_sources

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("sphinx")


class Page(HTMLParser):
    """What a page links to, and the names that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.links.append(value)
            if name == "id" and value is not None:
                self.names.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with the guides and one service, built as the checks build the whole."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "codegen", "site", str(out), "--service", "sagemaker-runtime"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT / "src")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return out


def test_every_link_leads_somewhere(site: Path) -> None:
    """Each link between pages leads to a file, and to a place in it, that there is."""
    found = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    broken: list[str] = []
    for path, page in found.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            named = not parts.fragment or target not in found or unquote(parts.fragment) in found[target].names
            if not target.is_file() or not (named or parts.path == parts.fragment == ""):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert not broken
    assert sum(len(page.links) for page in found.values()) > 500


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
