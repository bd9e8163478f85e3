"""What an option leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.arguments import Globals
from aiosagemaker.cli.failures import UsageError
from aiosagemaker.cli.settings import setting

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration file with two profiles."""
    path = tmp_path / "config"
    path.write_text("[default]\noutput = text\n[profile other]\noutput = yaml\ncli_pager =\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    return path


def test_the_nearest_source_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The option, then the environment, then the profile in use, then the default."""
    assert setting("output", Globals(profile="missing")) == "json"
    assert setting("output", Globals()) == "text"
    assert setting("output", Globals(profile="other")) == "yaml"
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert setting("output", Globals()) == "yaml"
    monkeypatch.setenv("AWS_DEFAULT_OUTPUT", "table")
    assert setting("output", Globals()) == "table"
    assert setting("output", Globals(output="json")) == "json"


def test_an_empty_variable_counts_for_free_text_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pager at all is a choice; an empty format is none."""
    monkeypatch.setenv("AWS_DEFAULT_OUTPUT", "")
    monkeypatch.setenv("AWS_PAGER", "")
    assert setting("output", Globals()) == "text"
    assert setting("pager", Globals()) == ""


def test_a_bad_value_is_told_with_its_place(config: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the setting, the profile and the file, or the variable, and nothing is sent."""
    config.write_text("[default]\noutput = jsno\n")
    server.reset({})
    words = ["delete-endpoint", "--endpoint-name", "e", "--endpoint-url", server.url]
    code, _, err = run_ours(words)
    assert (code, server.requests) == (252, [])
    assert "'jsno'" in err
    assert f"output of the profile default in {config}" in err
    monkeypatch.setenv("AWS_DEFAULT_OUTPUT", "xml")
    with pytest.raises(UsageError, match="AWS_DEFAULT_OUTPUT in the environment"):
        setting("output", Globals())


def test_the_profile_says_what_a_blob_is(config: Path, server: Server) -> None:
    """`cli_binary_format` counts where the option is not given."""
    config.write_text("[default]\ncli_binary_format = base64\n")
    server.reset({})
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "aGk=", "/dev/null", "--endpoint-url", server.url]
    assert run_ours(words)[0] == 0
    assert run_ours([*words, "--cli-binary-format", "raw-in-base64-out"])[0] == 0
    assert [request.body for request in server.requests] == [b"hi", b"aGk="]
