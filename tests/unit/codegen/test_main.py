"""`python -m codegen`."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import botocore
import pytest

from aiosagemaker._services import BY_NAME, SERVICES, Service
from codegen.__main__ import BOTOCORE, MODULES, ROOT, load_schema, load_schemas, main, render

pytestmark = pytest.mark.skipif(
    botocore.__version__ != BOTOCORE, reason=f"the files are generated from botocore {BOTOCORE}"
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of two small services, with nothing generated yet."""
    for module in MODULES:
        written = Path("src", "aiosagemaker", f"{module}.py")
        (tmp_path / written).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / written, tmp_path / written)
    few = (BY_NAME["sagemaker-metrics"], BY_NAME["sagemaker-gateway-runtime"])
    monkeypatch.setattr("codegen.__main__.SERVICES", few)
    return tmp_path


def test_writes_and_checks(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It writes what is missing, is then content, and tells of every file that differs without touching it."""
    assert main(["--root", str(checkout), "--check"]) == 1
    assert not list(checkout.rglob("schema.json"))
    assert main(["--root", str(checkout)]) == 0
    out = capsys.readouterr().out
    assert "sagemaker-metrics: new, with 2 operations\n" in out
    assert "wrote src/aiosagemaker/sagemaker_metrics/schema.json\n" in out
    assert main(["--root", str(checkout), "--check"]) == 0
    assert main(["--root", str(checkout)]) == 0
    assert capsys.readouterr().out == ""
    path = checkout / "src/aiosagemaker/sagemaker_metrics/schema.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("BatchPutMetrics", "BatchPutMetrix", 1), encoding="utf-8")
    assert main(["--root", str(checkout), "--check"]) == 1
    assert "schema.json" in capsys.readouterr().err
    assert "BatchPutMetrix" in path.read_text(encoding="utf-8")


def test_the_committed_files_are_current() -> None:
    """Every generated file of this checkout is what the generator writes now, and every module of them is Python."""
    for path, text in render(ROOT, load_schemas()).items():
        assert path.read_text(encoding="utf-8") == text, f"run python -m codegen: {path}"
        if path.suffix in (".py", ".pyi"):
            ast.parse(text)


def test_what_came_and_went(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Writing over tables of another release says which operations, members and values came, and which went."""
    assert main(["--root", str(checkout)]) == 0
    path = checkout / "src/aiosagemaker/sagemaker_metrics/schema.json"
    old = path.read_text(encoding="utf-8").replace('"BatchGetMetrics":', '"BatchFetchMetrics":', 1)
    path.write_text(old.replace('"ONE_HOUR":"OneHour"', '"ONE_DAY":"OneDay"'), encoding="utf-8")
    capsys.readouterr()
    changes = [
        "sagemaker-metrics: + operation BatchGetMetrics",
        "sagemaker-metrics: + value Period 'OneHour'",
        "sagemaker-metrics: - operation BatchFetchMetrics",
        "sagemaker-metrics: - value Period 'OneDay'",
    ]
    assert main(["--root", str(checkout), "--news"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"botocore {BOTOCORE} has 4 changes since {BOTOCORE}", *changes]
    assert main(["--root", str(checkout)]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == changes


def test_news_of_another_botocore(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The news can be had of any botocore, and an older one that lacks a service is no failure."""
    monkeypatch.setattr(botocore, "__version__", "1.0.0")
    monkeypatch.setattr("codegen.__main__.SERVICES", (Service("nonesuch", "nonesuch", "C", "T", "P"), *SERVICES[-1:]))
    assert main(["--news"]) == 0
    assert capsys.readouterr().out == f"botocore 1.0.0 has 0 changes since {BOTOCORE}\n"


def test_deterministic() -> None:
    """The same model gives the same text."""
    assert json.dumps(load_schema("sagemaker-runtime")) == json.dumps(load_schema("sagemaker-runtime"))


def test_another_botocore(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With another botocore nothing is written, for the files would not be reproducible."""
    monkeypatch.setattr(botocore, "__version__", "1.0.0")
    assert main([]) == 2
    assert BOTOCORE in capsys.readouterr().err


def test_unchecked_patterns_stop_it(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    """A pattern of ours that would go unchecked stops the generator: it is to be translated, not passed over."""
    monkeypatch.setattr("aiosagemaker._model.schema_table.to_python", refuse)
    with pytest.raises(ValueError, match=r"sagemaker-metrics that would go unchecked: .*MetricName"):
        main(["--root", str(checkout)])


def refuse(pattern: str) -> str:
    raise ValueError(pattern)


@pytest.mark.parametrize(
    "service",
    ["athena", "autoscaling-plans", "bedrock-runtime", "dynamodb", "ecs", "fsx", "kinesis", "lambda", "quicksight"],
)
def test_other_services(service: str) -> None:
    """Models of other JSON services go through the generator too, those with odd patterns and paginators included."""
    table = load_schema(service)
    assert table["operations"]
    assert table["metadata"]["protocol"] in ("json", "rest-json")
