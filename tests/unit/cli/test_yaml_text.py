"""YAML 1.2, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker.cli.yaml_text import dump, load

if TYPE_CHECKING:
    from pathlib import Path


def test_yaml_goes_in_and_comes_out(server: Server, tmp_path: Path) -> None:
    """YAML input makes the request that its JSON makes, and the answer reads back from YAML as it was."""
    server.reset({"EndpointArn": "arn:é", "Nothing": None})
    path = tmp_path / "in.yaml"
    path.write_text("EndpointName: e\nEndpointConfigName: c\nTags:\n- Key: '2020-01-02'\n  Value: 'no'\n")
    words = ["create-endpoint", "--cli-input-yaml", f"file://{path}", "--endpoint-name", "f"]
    code, out, _ = run_ours([*words, "--output", "yaml", "--endpoint-url", server.url])
    assert code == 0
    assert server.requests[0].body == {
        "EndpointName": "f",
        "EndpointConfigName": "c",
        "Tags": [{"Key": "2020-01-02", "Value": "no"}],
    }
    assert load(out) == {"EndpointArn": "arn:é"}
    assert "é" in out


def test_a_stream_of_yaml_has_an_item_for_each_page(server: Server) -> None:
    """`yaml-stream` prints pages as they come, as items of one list."""
    server.reset({"Endpoints": [{"EndpointName": "a"}], "NextToken": "t"}, {"Endpoints": [{"EndpointName": "b"}]})
    code, out, _ = run_ours(["list-endpoints", "--output", "yaml-stream", "--endpoint-url", server.url])
    assert code == 0
    assert load(out) == [{"Endpoints": [{"EndpointName": name}]} for name in "ab"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("010", 10),
        ("0o10", 8),
        ("1e-3", 0.001),
        ("2020-01-02", "2020-01-02"),
        ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"),
        ("true", True),
        ("null", None),
        ("!!binary aGk=", b"hi"),
    ],
)
def test_scalars_are_read_as_yaml_1_2_says(text: str, value: Any) -> None:
    """Version 1.2 of YAML, not 1.1, says what is a number, a truth or a text; a time stays text."""
    assert load(f"key: {text}") == {"key": value}


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: [", "a: 'x", "- !!python/object:os.system x", "\ta: 1"])
def test_what_is_not_yaml_is_refused_in_one_line(text: str) -> None:
    """A key twice, and what does not end, are told with their place."""
    with pytest.raises(ValueError, match=r"line [12]") as caught:
        load(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["on", "010", "1e-3", "2020-01-02", "null", "é✓😀", "a: b", "- x", "multi\nline\n", "", " x ", "\x1b\x9b"]
)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_texts_survive(text: str, ascii_only: bool) -> None:
    """Whatever the service says is read back as the same text, and no control character is written."""
    written = dump({"key": [text, text]}, ascii_only=ascii_only)
    assert load(written) == {"key": [text, text]}
    assert not {"\x1b", "\x9b"} & set(written)
    assert written.isascii() or not ascii_only
