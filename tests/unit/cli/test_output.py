"""Answers in print."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from aiosagemaker.cli.arguments import Globals
from aiosagemaker.cli.failures import AnswerKept, UsageError
from aiosagemaker.cli.output import Printer, write_text
from aiosagemaker.cli.yaml_text import load

ANSWER: dict[str, Any] = {"Name": "é✓", "Items": [{"A": "1"}, {"B": "2"}], "None": None}


def printed(monkeypatch: pytest.MonkeyPatch, value: Any, encoding: str = "utf-8", **options: Any) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", out)
    Printer(Globals(**options), "Title").print(value)
    out.seek(0)
    return out.read()


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
@pytest.mark.parametrize("output", ["json", "yaml", "yaml-stream", "text", "table"])
def test_every_format_goes_into_every_encoding(output: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the encoding lacks is escaped; JSON and YAML still read back as the answer."""
    text = printed(monkeypatch, ANSWER, encoding, output=output)
    if output == "json":
        assert json.loads(text) == ANSWER
    elif output.startswith("yaml"):
        assert load(text) == ([ANSWER] if output == "yaml-stream" else ANSWER)
    else:
        assert ("é✓" if encoding == "utf-8" else "\\u2713") in text


def test_a_query_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the expression yields is printed."""
    assert printed(monkeypatch, ANSWER, query="Items[].A", output="text") == "1\n"
    with pytest.raises(AnswerKept, match="cannot be applied") as caught:
        printed(monkeypatch, ANSWER, query="Items[0].A > abs(Name)")
    assert json.loads(caught.value.answer) == ANSWER


@pytest.mark.parametrize(
    "query", ["nope(@)", "length()", "length(a, b)", "[?nope(@)]", "{a: b.nope(@)}", "sort_by(@)", "&nope(@)", "a["]
)
def test_a_query_is_checked_when_the_printer_is_made(query: str) -> None:
    """Functions that do not exist, or take another number, are found however deep they stand."""
    with pytest.raises(UsageError, match="Bad value for --query"):
        Printer(Globals(query=query), "")


@pytest.mark.parametrize("query", ["merge(a, b, c)", "not_null(a)", "sort_by(@, &a)", "map(&length(@), @)", "@"])
def test_a_good_query_passes(query: str) -> None:
    """Functions that take any number, and expressions as arguments, are no mistakes."""
    assert Printer(Globals(query=query), "") is not None


@pytest.mark.parametrize(
    ("output", "module"), [("yaml", "ruamel.yaml"), ("yaml-stream", "ruamel.yaml"), ("table", "rich")]
)
def test_what_a_format_needs_is_looked_for_first(output: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is missing, making the printer says what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match="pip install 'aiosagemaker\\[cli\\]'"):
        Printer(Globals(output=output), "")


def test_text_is_lines_of_columns() -> None:
    """Scalars stand in one line, sorted by key; what is nested follows, led by its key."""
    out = io.StringIO()
    write_text({"b": 1, "a": "x", "C": [{"k": 1}, {"l": 2}], "D": [1, 2]}, out)
    assert out.getvalue() == "x\t1\nC\t1\t\nC\t\t2\nD\t1\nD\t2\n"
