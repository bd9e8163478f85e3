"""What type checkers see of the installed wheel."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import ROOT, Installed

if TYPE_CHECKING:
    import subprocess

TYPING = ROOT / "tests" / "typing"
CONFIG = TYPING / "mypy.ini"
_NO_CACHE = shutil.ignore_patterns("__pycache__")
_MARKER = re.compile(r"\s*# mypy (?P<mypy>.+); pyright (?P<pyright>.+)")

Reports = Mapping[tuple[str, int], set[str]]
"""The rules that a checker reports, by file and line."""


def expected(file: str, checker: str) -> Reports:
    """What the comments of a file say that a checker reports."""
    reports: dict[tuple[str, int], set[str]] = {}
    for number, line in enumerate((TYPING / file).read_text(encoding="utf-8").splitlines(), 1):
        if (marker := _MARKER.fullmatch(line)) and marker[checker] != "-":
            reports[file, number + 1] = set(marker[checker].split(", "))
    return reports


@pytest.fixture(scope="session")
def uses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The typing examples, away from the checkout, so that only the wheel can be found."""
    folder = tmp_path_factory.mktemp("typing")
    for path in TYPING.glob("*.py"):
        shutil.copy(path, folder)
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    return folder


def pyright(installed: Installed, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # From this environment, because it needs nothing of the other but its Python, which it finds on the path.
    return installed.run(sys.executable, "-m", "pyright", *arguments, cwd=cwd)


@pytest.fixture(scope="session")
def mypy_reports(installed: Installed, uses: Path) -> Reports:
    ran = installed.run(
        installed.python, "-m", "mypy", "--config-file", CONFIG, "--output=json", *sorted(uses.glob("*.py")), cwd=uses
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    reports: dict[tuple[str, int], set[str]] = defaultdict(set)
    for report in map(json.loads, ran.stdout.splitlines()):
        if report["severity"] == "error":
            reports[Path(report["file"]).name, report["line"]].add(report["code"])
    return reports


@pytest.fixture(scope="session")
def pyright_reports(installed: Installed, uses: Path) -> Reports:
    ran = pyright(installed, uses, "--outputjson")
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    reports: dict[tuple[str, int], set[str]] = defaultdict(set)
    for report in json.loads(ran.stdout)["generalDiagnostics"]:
        line = report["range"]["start"]["line"] + 1
        reports[Path(report["file"]).name, line].add(report.get("rule", report["message"]))
    return reports


@pytest.mark.parametrize("file", ["api.py", "mistakes.py"])
def test_mypy_reports_the_mistakes_and_nothing_else(file: str, mypy_reports: Reports) -> None:
    """`mypy --strict` accepts every correct use and reports every mistake on its line."""
    assert {place: rules for place, rules in mypy_reports.items() if place[0] == file} == expected(file, "mypy")


@pytest.mark.parametrize("file", ["api.py", "mistakes.py"])
def test_pyright_reports_the_mistakes_and_nothing_else(file: str, pyright_reports: Reports) -> None:
    """Pyright's strict mode accepts every correct use and reports every mistake on its line."""
    assert {place: rules for place, rules in pyright_reports.items() if place[0] == file} == expected(file, "pyright")


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_code_itself_is_strict(checker: str, installed: Installed, tmp_path: Path) -> None:
    """Both checkers accept every line of the package and the generator, with the stubs beside what they describe."""
    for package in ("src/aiosagemaker", "stubs/aiosagemaker", "src/codegen"):
        shutil.copytree(ROOT / package, tmp_path / Path(package).name, dirs_exist_ok=True)
    if checker == "mypy":
        ran = installed.run(
            sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--python-executable",
            sys.executable, "-p", "aiosagemaker", "-p", "codegen", cwd=tmp_path,
        )  # fmt: skip
        assert ran.returncode == 0, (ran.stdout + ran.stderr)[-3000:]
        return
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pyright"]
    settings |= {"include": ["aiosagemaker", "codegen"], "ignore": ["aiosagemaker/**/*.pyi"]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    ran = pyright(installed, tmp_path, "--pythonpath", sys.executable, "--outputjson")
    reports = json.loads(ran.stdout)["generalDiagnostics"]
    assert [f"{report['file']}: {report['message']}" for report in reports] == []


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_users_tests_are_strict(checker: str, installed: Installed, tmp_path: Path) -> None:
    """Both checkers accept a user's service and its tests: with a stub, a recording, the local service and mocks."""
    shutil.copytree(ROOT / "tests" / "examples", tmp_path / "tests" / "examples", ignore=_NO_CACHE)
    if checker == "mypy":
        ran = installed.run(
            installed.python, "-m", "mypy", "--config-file", CONFIG, "--explicit-package-bases",
            "--allow-untyped-decorators", "--allow-subclassing-any",
            *sorted((tmp_path / "tests" / "examples").glob("*.py")), cwd=tmp_path,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return
    settings = {"typeCheckingMode": "strict", "reportMissingImports": False, "reportUntypedFunctionDecorator": False}
    # What the examples use beside the library is not installed there.
    unknown = ["MemberType", "VariableType", "ArgumentType", "ParameterType"]
    settings |= {f"reportUnknown{name}": False for name in unknown} | {"reportUntypedBaseClass": False}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    ran = pyright(installed, tmp_path, "--outputjson")
    reports = [r for r in json.loads(ran.stdout)["generalDiagnostics"] if r["severity"] == "error"]
    assert [f"{report['file']}: {report['message']}" for report in reports] == []


def test_every_mistake_is_reported() -> None:
    """Each statement of the mistakes that stands for one carries a comment, and both checkers have many to find."""
    assert len(expected("mistakes.py", "mypy")) > 80
    assert len(expected("mistakes.py", "pyright")) > 80
    assert not expected("api.py", "mypy")


def test_stubs_agree_with_the_running_code(installed: Installed, tmp_path: Path) -> None:
    """`mypy.stubtest` finds no difference between the stubs and what they describe."""
    allowlist = TYPING / "stubtest-allowlist.txt"
    ran = installed.run(
        installed.python, Path(__file__).with_name("stubtest_either.py"), "aiosagemaker", "--concise",
        "--mypy-config-file", CONFIG, "--allowlist", allowlist, "--ignore-unused-allowlist", cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[:5000]


def test_every_public_type_is_known(installed: Installed, tmp_path: Path) -> None:
    """`pyright --verifytypes` finds a complete type for every public name, what other packages' own lack apart."""
    ran = pyright(installed, tmp_path, "--verifytypes", "aiosagemaker", "--ignoreexternal", "--outputjson")
    found = json.loads(ran.stdout)["typeCompleteness"]
    unknown = [s["name"] for s in found["symbols"] if s["isExported"] and not s["isTypeKnown"]]
    assert unknown == []
    assert found["completenessScore"] == 1.0
    assert str(installed.folder.resolve()) in str(Path(found["packageRootDirectory"]).resolve())
