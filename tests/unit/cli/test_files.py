"""Values in files."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from aiosagemaker.cli.files import UnreadableFile, decode, is_reference, read_reference

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_how_to_read(encoding: str) -> None:
    """Text with a mark is read as it says, whatever the locale; line ends become newlines."""
    assert decode("é✓\r\nx".encode(encoding)) == "é✓\nx"


def test_the_encoding_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_CLI_FILE_ENCODING says how text without a mark is read."""
    monkeypatch.setenv("AWS_CLI_FILE_ENCODING", "latin-1")
    assert decode(b"\xe9") == "é"
    assert decode("é".encode("utf-16")) == "é"


def test_bytes_are_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fileb://` takes the file as it is; home and variables are expanded in the path of either."""
    monkeypatch.setenv("FOLDER", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    assert read_reference("fileb://$FOLDER/x") == b"\xff\xfe\x00"
    assert read_reference("fileb://~/x") == b"\xff\xfe\x00"
    with pytest.raises(UnreadableFile, match="use the fileb:// prefix"):
        read_reference("file://~/x")
    with pytest.raises(UnreadableFile, match="Unable to load paramfile"):
        read_reference("file://~/missing")


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_has_a_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text and bytes are read from standard input where it is named."""
    for prefix, wanted in (("file://", "é"), ("fileb://", "é".encode())):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("é".encode())))
        assert read_reference(prefix + name) == wanted


def test_only_the_two_prefixes_name_files() -> None:
    """Anything else is a value."""
    assert is_reference("file://x")
    assert is_reference("fileb://x")
    assert not is_reference("s3://x")
