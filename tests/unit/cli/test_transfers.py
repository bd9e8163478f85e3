"""Bodies that go to and come from files."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.cli_side_by_side import Server, run_ours

from aiosagemaker._shapes.body import SizedStream
from aiosagemaker.cli.commands import command_of
from aiosagemaker.cli.transfers import _counted

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = command_of("sagemaker-runtime", "InvokeEndpoint")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def request(body: bytes) -> Any:
    return COMMAND.namespace["InvokeEndpointRequest"](endpoint_name="e", body=body)


async def test_a_large_body_is_counted_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same body, with the same hash, in pieces that can be read again; elsewhere it is left alone."""
    body = os.urandom(1_500_000)
    assert _counted(COMMAND, request(body)).body == body
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert _counted(COMMAND, request(body[:10])).body == body[:10]
    stream = _counted(COMMAND, request(body)).body
    assert isinstance(stream, SizedStream)
    assert (stream.length, stream.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    for _ in range(2):
        assert b"".join([bytes(piece) async for piece in stream]) == body


@pytest.mark.parametrize("size", [0, 10, 3_000_000])
def test_an_answer_is_written_whole(size: int, server: Server, tmp_path: Path) -> None:
    """Whatever its length, the file has the answer's body and nothing else, and its headers are printed."""
    server.reset()
    body = os.urandom(size)
    server.answers = [(200, {"Content-Type": "x/y", "X-Amzn-Invoked-Production-Variant": "blue"}, body)]
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "x", str(tmp_path / "out")]
    code, out, err = run_ours([*words, "--output", "text", "--endpoint-url", server.url])
    assert (code, out, err) == (0, "x/y\tblue\n", "")
    assert (tmp_path / "out").read_bytes() == body


def test_an_answer_that_ends_early_is_no_answer(server: Server, tmp_path: Path) -> None:
    """A body shorter than its head says fails, and the file is as it was."""
    server.reset()
    server.answers = [(200, {"Content-Length": "1000"}, b"x" * 10)]
    words = ["invoke-endpoint", "--endpoint-name", "e", "--body", "x", str(tmp_path / "out")]
    assert run_ours([*words, "--endpoint-url", server.url])[0] == 255
    assert not (tmp_path / "out").exists()
