"""What `--version` says."""

from __future__ import annotations

import re

from tests.integration.cli_side_by_side import run_ours

from aiosagemaker.cli.version import version


def test_the_version_is_said_wherever_it_is_asked_for() -> None:
    """Alone and beside other words it is one line."""
    assert re.fullmatch(r"aiosagemaker/\S+ Python/3\.\d+\.\S+ \w+", version())
    for words in (["--version"], ["--version", "list-endpoints"]):
        assert run_ours(words) == (0, f"{version()}\n", "")
