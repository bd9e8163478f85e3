"""Requests made of options and whole inputs."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

if TYPE_CHECKING:
    from pathlib import Path


def test_only_one_whole_input_is_taken() -> None:
    """JSON and YAML at once are a usage error."""
    code, _, err = run_ours(["create-endpoint", "--cli-input-json", "{}", "--cli-input-yaml", "{}"])
    assert code == 252
    assert "Only one of" in err


WORDS = ["create-endpoint", "--endpoint-url"]
REQUEST = '{"EndpointName": "é", "EndpointConfigName": "c"}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-32"])
def test_a_whole_input_may_be_in_any_unicode(encoding: str, server: Server, tmp_path: Path) -> None:
    """A byte order mark, as editors on Windows write one, says how the file is encoded."""
    data = b"\xff\xfe" + REQUEST.encode("utf-16-le") if encoding.endswith("bom") else REQUEST.encode(encoding)
    path = tmp_path / "in.json"
    path.write_bytes(data)
    for option in ("--cli-input-json", "--cli-input-yaml"):
        for prefix in ("file://", "fileb://"):
            server.reset({})
            assert run_ours([*WORDS, server.url, option, f"{prefix}{path}"])[0] == 0
            assert server.requests[0].body == json.loads(REQUEST)


@pytest.mark.parametrize("named", ["-", "/dev/stdin", "file://-", "file:///dev/stdin"])
def test_a_whole_input_may_come_from_standard_input(
    named: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` and /dev/stdin stand for standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(REQUEST.encode())))
    server.reset({})
    code, _, err = run_ours([*WORDS, server.url, "--cli-input-json", named])
    assert (code, err) == (0, "")
    assert server.requests[0].body == json.loads(REQUEST)


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("--cli-input-json", "in.json", "did you mean file://in.json?"),
        ("--cli-input-yaml", "in.yaml", "did you mean file://in.yaml?"),
        ("--cli-input-json", "[]", "expected an object with the request's members, got []"),
        ("--cli-input-yaml", "", "got null"),
        ("--cli-input-yaml", "a: 1\na: 2", 'found duplicate key "a"'),
        ("--cli-input-json", '{"EndpointName": null}', "Invalid type for parameter EndpointName, value: null"),
        ("--cli-input-json", '{"EndpointName": true}', "value: true, expected: a string"),
        ("--cli-input-json", '{"Endpointname": "e"}', '"Endpointname", must be one of: EndpointName, EndpointConfig'),
        ("--cli-input-json", '{"Endpointname": "e"}', "did you mean EndpointName?"),
    ],
)
def test_a_wrong_input_is_named_in_the_words_that_were_typed(option: str, given: str, said: str) -> None:
    """What is wrong, where, and what would be right, in the names of the model and the types of JSON."""
    code, _, err = run_ours(["create-endpoint", option, given])
    assert code == 252
    assert said in err
    assert not [word for word in ("NoneType", "True", "dict", "Request", "endpoint_name") if word in err]


def test_options_win_over_the_whole_input(server: Server) -> None:
    """A member that an option gives is not taken from the input."""
    server.reset({})
    assert run_ours([*WORDS, server.url, "--cli-input-json", REQUEST, "--endpoint-name", "mine"])[0] == 0
    assert server.requests[0].body == {"EndpointName": "mine", "EndpointConfigName": "c"}
