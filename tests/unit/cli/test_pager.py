"""Long texts on a terminal."""

from __future__ import annotations

import io
import sys

import pytest

from aiosagemaker.cli import pager
from aiosagemaker.cli.arguments import Globals


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "options", "wanted"),
    [
        ({}, {}, "less"),
        ({"PAGER": "more -d"}, {}, "more -d"),
        ({"PAGER": "more", "AWS_PAGER": "cat -u"}, {}, "cat -u"),
        ({"PAGER": "more", "AWS_PAGER": ""}, {}, ""),
    ],
)
def test_the_pager_is_the_one_that_was_chosen(
    environ: dict[str, str], options: dict[str, object], wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS_PAGER wins over PAGER; an empty one is none."""
    monkeypatch.delenv("PAGER", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert " ".join(pager._pager(Globals(**options))) == wanted  # type: ignore[arg-type]  # no options here


@pytest.mark.parametrize(
    ("stream", "options", "command"),
    [
        (io.StringIO, {}, "false"),
        (Terminal, {"no_cli_pager": True}, "false"),
        (Terminal, {}, "no-such-pager"),
        (Terminal, {}, ""),
    ],
)
def test_without_a_pager_the_text_is_printed(
    stream: type[io.StringIO], options: dict[str, bool], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No terminal, `--no-cli-pager`, a pager that is not there: the text goes out at once."""
    monkeypatch.setenv("AWS_PAGER", command)
    out = stream()
    monkeypatch.setattr(sys, "stdout", out)
    pager.show("é\n", Globals(**options))  # type: ignore[arg-type]  # only this option
    assert out.getvalue() == "é\n"


def test_the_pager_gets_the_text(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the text goes through the pager, as UTF-8."""
    monkeypatch.setenv("AWS_PAGER", "sed s/^/paged:/")
    monkeypatch.setattr(sys, "stdout", Terminal())
    pager.show("é\n", Globals())
    assert capfd.readouterr().out == "paged:é\n"
