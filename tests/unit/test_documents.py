"""What the README and the guides say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.deployed import deployed
from tests.documents import README, ROOT, RUN, blocks, documents

from aiosagemaker.cli.guide import guides

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = {path.stem: path for path in documents()}
SHOWN = ("json", "yaml", "ini", "toml", "text")
"""What is shown and not run."""
ELSEWHERE = {"deploying": "tests/integration/test_hosting_guide.py"}
"""Guides whose blocks are a session of a shell, with its output: run by a test of their own."""


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables for a process that finds a service with the endpoints that the documents speak of."""
    with deployed(tmp_path) as variables:
        yield variables


@pytest.mark.models
@pytest.mark.parametrize("name", sorted(DOCUMENTS.keys() - ELSEWHERE))
def test_every_block_runs(name: str, environ: dict[str, str], tmp_path: Path) -> None:
    """Every block of Python and of shell runs as written, in the document's order, and warns of nothing."""
    command = [sys.executable, "-W", "error", str(ROOT / "tests" / "documents.py"), str(DOCUMENTS[name])]
    folder = tmp_path / "work"
    folder.mkdir()
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr + done.stdout


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_block_says_what_it_is(name: str) -> None:
    """A block is one that is run or one that is shown; none is indented, or passed over without a reason."""
    text = DOCUMENTS[name].read_text(encoding="utf-8")
    assert {block.language for block in blocks(DOCUMENTS[name])} <= {*RUN, *SHOWN}
    assert text.count("<!-- not run") == sum(bool(block.reason) for block in blocks(DOCUMENTS[name]))
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"^\n    \S", outside, re.MULTILINE), "an indented block"


def links(path: Path) -> list[tuple[str, str]]:
    """The links of a document to files: what each names, and the heading in it."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [(target.partition("#")[0], target.partition("#")[2]) for target in targets if "://" not in target]


def anchors(path: Path) -> set[str]:
    """The headings of a document, as code hosts name them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    """Every file and every heading that a document links to is there."""
    for target, heading in links(DOCUMENTS[name]):
        path = (DOCUMENTS[name].parent / target).resolve() if target else DOCUMENTS[name]
        assert path.exists(), target
        assert not heading or heading in anchors(path), f"{target}#{heading}"


def test_what_is_run_elsewhere_is_run() -> None:
    """A guide that another test runs is read by that test."""
    for name, test in ELSEWHERE.items():
        assert f"{name}.md" in (ROOT / test).read_text(encoding="utf-8")


def test_the_readme_names_every_guide() -> None:
    """The README links to each guide, and no guide is missing."""
    linked = {Path(target).stem for target, _ in links(README) if target.startswith("src/aiosagemaker/guides/")}
    assert linked == DOCUMENTS.keys() - {"README"} == set(guides())


def test_the_commands_set_up_what_they_need() -> None:
    """There are two commands for a checkout, each with a virtual environment of its own: the demo's and the tests'."""
    text = "\n".join(block.text for block in blocks(README) if block.language == "sh")
    demo, tests = re.findall(r"^python3 -m venv .*$", text, re.MULTILINE)
    for command in (demo, tests):
        assert re.match(r"python3 -m venv (\.venv-\w+) && \1/bin/pip install .* && \1/bin/python -m ", command)
    assert demo.endswith("-m aiosagemaker demo")
    assert "-m pytest" in tests


def test_the_readme_is_short() -> None:
    """The README is read in one sitting."""
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150
