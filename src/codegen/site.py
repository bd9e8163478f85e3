"""`python -m codegen site OUT`: the guides and the reference of library and services as pages for a browser.

The guides are taken as they are, the reference from stubs and source; Sphinx makes the pages. A warning is a failure.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from aiosagemaker._services import BY_NAME, SERVICES

from .faces import beside_operations, library_pages
from .links import broken_links
from .reference import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aiosagemaker._services import Service

ROOT = Path(__file__).parents[2]
PLACES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    ".github/CONTRIBUTING.md": "contributing.md",
    ".github/SECURITY.md": "security.md",
    "LICENSE": "license.md",
    "tests/benchmarks/growth.svg": "guides/growth.svg",
}
"""Where the files of a checkout that documents link to are on the site, beside the guides."""
GUIDES = "src/aiosagemaker/guides"
CONF = """
project = "aiosagemaker"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "aiosagemaker"
html_show_copyright = False
myst_heading_anchors = 4
python_display_short_literal_types = True
python_maximum_signature_line_length = 88
toc_object_entries = False
"""


def main(words: Sequence[str]) -> int:
    """Write the site. The exit status: Sphinx's, 1 for a link that leads nowhere, 2 without Sphinx."""
    parser = argparse.ArgumentParser(prog="python -m codegen site", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder of the pages")
    parser.add_argument(
        "--service", action="append", choices=list(BY_NAME), help="a service of the reference (default: all)"
    )
    options = parser.parse_args(words)
    try:
        from sphinx.cmd.build import build_main
    except ImportError as error:
        print(f"the site needs the extra `dev`: {error}", file=sys.stderr)
        return 2
    services = [BY_NAME[name] for name in options.service] if options.service else list(SERVICES)
    with tempfile.TemporaryDirectory() as folder:
        write_sources(ROOT, Path(folder), services)
        status = build_main(["-q", "-W", "--keep-going", "-j", "auto", "-b", "html", folder, str(options.out)])
    broken = list(broken_links(options.out))
    print(*(f"broken link in {each}" for each in broken), sep="\n", end="\n" * bool(broken), file=sys.stderr)
    return status or (1 if broken else 0)


def write_sources(root: Path, folder: Path, services: Iterable[Service]) -> None:
    """Write what Sphinx makes the pages of."""
    places = PLACES | {
        file.relative_to(root).as_posix(): f"guides/{file.name}" for file in sorted((root / GUIDES).glob("*.md"))
    }
    (folder / "guides").mkdir()
    for name, place in places.items():
        if place.endswith(".svg"):
            shutil.copy(root / name, folder / place)
            continue
        text = (root / name).read_text(encoding="utf-8")
        if name == "LICENSE":
            text = f"# License\n\n```text\n{text}```\n"
        (folder / place).write_text(_with_links(text, name, place, places), encoding="utf-8")
    library = {f"library/{name}": text for name, text in library_pages(root).items()}
    reference: dict[str, str] = {}
    for service in services:
        stubs = root / "stubs" / "aiosagemaker" / service.package
        found = pages(stubs, service, beside_operations(root, service))
        reference |= {f"reference/{name}": text for name, text in found.items()}
    for name, text in (library | reference).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    guides = [
        place.removesuffix(".md") for place in places.values() if place.startswith("guides/") and "svg" not in place
    ]
    indexes = [name.removesuffix(".rst") for name in reference if name.endswith("/index.rst")]
    with (folder / "index.md").open("a", encoding="utf-8") as index:
        index.write(_toctree("Guides", guides))
        index.write(_toctree("Library", [name.removesuffix(".rst") for name in library]))
        index.write(_toctree("Services", indexes))
        index.write(_toctree("Project", ["changelog", "contributing", "security", "license"]))


def _toctree(caption: str, names: Iterable[str]) -> str:
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *names, "```", ""])


def _with_links(text: str, name: str, place: str, places: Mapping[str, str]) -> str:
    """A document whose links to files of the checkout lead to where these are on the site."""
    here, there = Path(name).parent, Path(place).parent

    def moved(match: re.Match[str]) -> str:
        target, mark, heading = match[1].partition("#")
        if "://" in target or not target:
            return match[0]
        file = Path(os.path.normpath(here / target)).as_posix()
        return f"]({os.path.relpath(places.get(file, file), there)}{mark}{heading})"

    return re.sub(r"\]\(([^)\s]+)\)", moved, text)
