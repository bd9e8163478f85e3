"""Files in pieces."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads the annotations

import pytest

from aiosagemaker._files import PIECE, pieces_of, size_of


async def test_pieces(tmp_path: Path) -> None:
    """A file comes whole, in pieces of a bounded size."""
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 4096)
    pieces = [piece async for piece in pieces_of(path)]
    assert b"".join(pieces) == path.read_bytes()
    assert max(map(len, pieces)) == PIECE
    assert size_of(path) == 256 * 4096


async def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is the operating system's error."""
    with pytest.raises(FileNotFoundError):
        size_of(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        await anext(pieces_of(tmp_path / "none"))
