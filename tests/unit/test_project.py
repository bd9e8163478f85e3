"""What the project says of itself: versions, extras, workflows."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.documents import README, ROOT, pretend_to_install

from aiosagemaker import __version__

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
CHECKS = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.", "conda" + ".anaconda", "crates" + ".io")


def load(name: str) -> Any:
    """A file of YAML below `.github`."""
    return YAML(typ="safe").load((ROOT / ".github" / name).read_text(encoding="utf-8"))


def pythons() -> list[str]:
    """The Pythons of the classifiers."""
    found = (re.fullmatch(r"Programming Language :: Python :: (\d\.\d+)", each) for each in PROJECT["classifiers"])
    return [match[1] for match in found if match]


def test_every_python_of_the_classifiers_is_tested() -> None:
    """The checks and the release run the tests with each, and the oldest is what the package asks for."""
    assert PROJECT["requires-python"] == f">={pythons()[0]}"
    further = re.search(r"for version in ([\d. ]+); do", CHECKS)
    assert further is not None
    assert [pythons()[0], *further[1].split()] == pythons()
    assert load("workflows/release.yml")["jobs"]["test"]["strategy"]["matrix"]["python"] == pythons()
    installed = load("workflows/ci.yml")["jobs"]["checks"]["steps"][1]["with"]["python-version"].split()
    assert sorted(installed) == sorted(pythons())


def test_every_system_of_the_classifiers_is_tested() -> None:
    """Linux, macOS and Windows run the unit tests, as the package says that it knows no system."""
    assert "Operating System :: OS Independent" in PROJECT["classifiers"]
    jobs = load("workflows/ci.yml")["jobs"]
    systems = [jobs["checks"]["runs-on"], *jobs["systems"]["strategy"]["matrix"]["os"]]
    assert {each.partition("-")[0] for each in systems} == {"ubuntu", "macos", "windows"}


def test_a_release_is_built_once_and_published_as_tested() -> None:
    """One job builds; the others take what it built; only the last may ask for trust, and has no secret."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    jobs = load("workflows/release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "python -m build" in str(job)] == ["build"]
    assert (jobs["test"]["needs"], jobs["publish"]["needs"]) == ("build", "test")
    assert [name for name, job in jobs.items() if "permissions" in job] == ["publish"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in text


def test_what_builds_a_release_is_pinned() -> None:
    """Each tool has one version, and the back end that the package asks for is among them."""
    text = (ROOT / ".github" / "build-constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) for line in lines)
    assert {"build", "hatchling"} <= {line.partition("==")[0] for line in lines}


@pytest.mark.parametrize("name", ["ISSUE_TEMPLATE/bug.yml", "ISSUE_TEMPLATE/idea.yml"])
def test_forms_ask_for_what_is_needed(name: str) -> None:
    """A form has a name, a description and questions with different ids, one of which must be answered."""
    form = load(name)
    assert form["name"]
    assert form["description"]
    ids = [each["id"] for each in form["body"]]
    assert len(set(ids)) == len(ids)
    assert any(each.get("validations", {}).get("required") for each in form["body"])


def test_the_latest_release_is_this_version() -> None:
    """The newest dated section of the changelog is the package's version."""
    latest = re.search(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", CHANGELOG, re.MULTILINE)
    assert latest is not None
    assert latest[1] == __version__


def test_the_policy_names_the_bounds_that_there_are() -> None:
    """The oldest botocore, aiohttp and Python of the policy are those of the package."""
    bounds = dict(re.findall(r"^([\w-]+)>=([\d.]+)$", "\n".join(PROJECT["dependencies"]), re.MULTILINE))
    policy = CHANGELOG.partition("## Versions")[2]
    for name in ("botocore", "aiohttp"):
        assert f"{name} {bounds[name]}" in policy
    assert f"Python {pythons()[0]}" in policy


def test_every_extra_for_users_is_in_the_readme() -> None:
    """The table of extras has each, but for those of this project's own checks."""
    table = README.read_text(encoding="utf-8").partition("## Extras")[2].partition("\n## ")[0]
    named = {
        name
        for line in table.splitlines()
        for name in re.findall(r"`([a-z0-9]+)`", line.split("|")[1] if "|" in line else "")
    }
    assert named == set(PROJECT["optional-dependencies"]) - {"parity"}


def test_no_registry_is_named() -> None:
    """No file of the repository has the host name of a package registry: indexes are the installer's to choose."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout")
    for name in filter(None, listed.stdout.split("\0")):
        text = (ROOT / name).read_bytes().lower()
        assert not [host for host in REGISTRIES if host.encode() in text], name


def test_what_stands_for_pip_knows_the_extras() -> None:
    """An extra that there is not is refused, and another package too."""
    assert pretend_to_install(["aiosagemaker[cli,local]"]) == 0
    assert pretend_to_install(["aiosagemaker[cil]"]) == 1
    assert pretend_to_install(["boto3"]) == 1
