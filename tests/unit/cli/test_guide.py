"""The guides that come with the package."""

from __future__ import annotations

from tests.integration.cli_side_by_side import run_ours

from aiosagemaker.cli.guide import guides


def test_guides_are_listed_with_their_titles() -> None:
    """`guide` alone says which there are."""
    code, out, err = run_ours(["guide"])
    assert (code, err) == (0, "")
    assert [line.partition(":")[0] for line in out.splitlines()] == list(guides())
    assert "command-line: " in out
    assert "#" not in out


def test_a_guide_is_printed_whole() -> None:
    """`guide NAME` prints the file."""
    for name, file in guides().items():
        assert run_ours(["guide", name]) == (0, file.read_text(encoding="utf-8"), "")


def test_a_guide_that_there_is_not_is_told() -> None:
    """The nearest is named."""
    code, _, err = run_ours(["guide", "comand-line"])
    assert code == 252
    assert "* command-line" in err
