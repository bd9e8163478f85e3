"""Errors on standard error, in each form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.yaml_text import load

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["invoke-endpoint", "--endpoint-name", "e", "--body", "x", "/dev/null", "--endpoint-url"]
REFUSAL = {"__type": "ModelError", "Message": "é \x9bno", "OriginalStatusCode": 500, "OriginalMessage": "boom"}
WANTED = {"Code": "ModelError", "Message": "é \x9bno", "OriginalStatusCode": 500, "OriginalMessage": "boom"}


def refused(server: Server, *words: str) -> str:
    server.reset(REFUSAL, status=424)
    code, out, err = run_ours([*WORDS, server.url, *words])
    assert (code, out) == (254, "")
    return err


def test_machines_get_every_field(server: Server) -> None:
    """JSON and YAML have the code, the message and what the model says of the error."""
    assert json.loads(refused(server, "--cli-error-format", "json")) == WANTED
    assert load(refused(server, "--cli-error-format", "yaml")) == WANTED


def test_people_get_a_line_or_a_table(server: Server) -> None:
    """The usual line is the AWS CLI's; `enhanced` adds the details; text and table hold the same."""
    line = "An error occurred (ModelError) when calling the InvokeEndpoint operation: é \\x9bno"
    assert refused(server) == refused(server, "--cli-error-format", "legacy") == f"{line}\n"
    enhanced = refused(server, "--cli-error-format", "enhanced")
    assert enhanced == f"{line} Additional error details: OriginalStatusCode: 500, OriginalMessage: boom\n"
    for kind in ("text", "table"):
        text = refused(server, "--cli-error-format", kind)
        assert all(str(value) in text for name, value in WANTED.items() if name != "Message")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["describe-endpoint"], "ParamValidation"),
        (["list-endpoints", "--profile", "missing"], "ProfileNotFound"),
        (["list-endpoints", "--endpoint-url", "http://127.0.0.1:1"], "EndpointConnection"),
    ],
)
def test_what_is_no_refusal_has_a_code_too(words: list[str], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of failure is told apart by its code."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_CLI_ERROR_FORMAT", "json")
    content = json.loads(run_ours(words)[2])
    assert content["Code"] == name
    assert content["Message"]


def test_the_profile_can_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`cli_error_format` counts; one that there is not is told beside the error."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text("[default]\ncli_error_format = json\n")
    assert json.loads(run_ours(["describe-endpoint"])[2])["Code"] == "ParamValidation"
    (tmp_path / "config").write_text("[default]\ncli_error_format = xml\n")
    err = run_ours(["describe-endpoint"])[2]
    assert "'xml'" in err
    assert "--endpoint-name" in err
