"""Requests sent, and where their answers go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

if TYPE_CHECKING:
    from pathlib import Path


def test_a_stream_of_a_models_answer_is_written_as_it_comes(server: Server, tmp_path: Path) -> None:
    """The parts of `invoke-endpoint-with-response-stream` end up in the file, or on standard output for `-`."""
    body = b"".join(_event(part) for part in (b"one ", b"\xff", b" three"))
    out = tmp_path / "out"
    words = ["invoke-endpoint-with-response-stream", "--endpoint-name", "e", "--body", "x", "--endpoint-url"]
    server.reset()
    server.answers = [(200, {"Content-Type": "application/vnd.amazon.eventstream"}, body)]
    assert run_ours([*words, server.url, str(out)]) == (0, "", "")
    assert out.read_bytes() == b"one \xff three"
    server.answers = [(200, {"Content-Type": "application/vnd.amazon.eventstream"}, _event(b"to the screen"))]
    assert run_ours([*words, server.url, "-"]) == (0, "to the screen", "")


def _event(payload: bytes) -> bytes:
    import binascii
    import struct

    headers = b""
    for name, value in {":message-type": "event", ":event-type": "PayloadPart"}.items():
        text = value.encode()
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(text)) + text
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    start = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return start + struct.pack(">I", binascii.crc32(start))


def test_nothing_is_sent_when_the_outfile_cannot_be_written(server: Server, tmp_path: Path) -> None:
    """A folder, a folder that is not there: both are told before the request is sent."""
    server.reset({})
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "x", "--endpoint-url", server.url]
    for outfile in (tmp_path, tmp_path / "missing" / "out"):
        code, _, err = run_ours([*words, str(outfile)])
        assert code == 252
        assert str(outfile.parent if outfile.name == "out" else outfile) in err
    assert server.requests == []


def test_a_refusal_leaves_the_outfile_as_it_was(server: Server, tmp_path: Path) -> None:
    """When the service refuses, what the file held before is still there, and nothing lies beside it."""
    server.reset({"__type": "ValidationError", "message": "no"}, status=400)
    out = tmp_path / "out"
    out.write_text("before")
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "x", str(out), "--endpoint-url", server.url]
    assert run_ours(words)[0] == 254
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]


def test_a_stream_that_breaks_off_does_not_replace_the_file(server: Server, tmp_path: Path) -> None:
    """The outfile keeps what it held; what came is beside it, and the message says where."""
    out = tmp_path / "out"
    out.write_text("before")
    server.reset()
    body = _event(b"half an ans") + _event(b"wer")[:-4]
    server.answers = [(200, {"Content-Type": "application/vnd.amazon.eventstream"}, body)]
    words = ["invoke-endpoint-with-response-stream", "--endpoint-name", "e", "--body", "x", str(out)]
    code, _, err = run_ours([*words, "--endpoint-url", server.url])
    assert code == 255
    assert out.read_text() == "before"
    (part,) = (path for path in tmp_path.iterdir() if path != out)
    assert part.read_bytes() == b"half an ans"
    assert str(part) in err


def test_a_query_that_does_not_fit_the_answer_does_not_lose_it(server: Server) -> None:
    """Where a function cannot take what the service said, the whole answer is on standard error."""
    server.reset({"EndpointArn": "arn:made"})
    words = ["create-endpoint", "--endpoint-name", "e", "--endpoint-config-name", "c", "--endpoint-url", server.url]
    code, out, err = run_ours([*words, "--query", "length(Nothing)"])
    assert (code, out) == (255, "")
    assert "--query cannot be applied" in err
    assert '"EndpointArn": "arn:made"' in err


def test_an_answer_that_does_not_come_says_how_often_it_was_asked_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last attempt without an answer: how many were sent, and that the service may have acted."""
    monkeypatch.setattr(server, "answers", [(0, {}, b"")])
    words = ["create-endpoint", "--endpoint-name", "e", "--endpoint-config-name", "c", "--endpoint-url", server.url]
    code, out, err = run_ours(words)
    assert (code, out) == (255, "")
    assert f"sent {len(server.requests)} times, and the service may have acted" in err
    assert len(server.requests) == 3


def test_the_body_of_an_endpoints_call_has_the_content_type_that_was_given(server: Server) -> None:
    """No Content-Type is made up for a body of which the caller says nothing."""
    for words, wanted in (([], None), (["--content-type", "text/csv"], "text/csv")):
        server.reset({})
        line = ["invoke-endpoint", "--endpoint-name", "e", "--body", "x", *words, "/dev/null"]
        assert run_ours([*line, "--endpoint-url", server.url])[0] == 0
        assert dict(server.requests[0].headers).get("content-type") == wanted


@pytest.mark.parametrize(
    ("zone", "format_", "wanted"), [("UTC", "iso8601", "2020-01-02T03:04:05+00:00"), ("UTC", "wire", 1577934245)]
)
def test_times_are_printed_as_the_profile_wants_them(
    zone: str, format_: str, wanted: object, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cli_timestamp_format` is `iso8601` or `wire`: what the service sent."""
    (tmp_path / "config").write_text(f"[default]\ncli_timestamp_format = {format_}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", zone)
    server.reset({"EndpointName": "e", "CreationTime": 1577934245})
    code, out, _ = run_ours(["describe-endpoint", "--endpoint-name", "e", "--endpoint-url", server.url])
    assert code == 0
    assert json.loads(out)["CreationTime"] == wanted
