"""The file that an answer's body goes to."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from aiosagemaker.cli.failures import Incomplete, UsageError
from aiosagemaker.cli.outfile import Outfile

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_is_replaced_when_the_block_has_ended(tmp_path: Path) -> None:
    """Until then it is what it was; its permissions stay."""
    path = tmp_path / "out"
    path.write_text("before")
    path.chmod(0o640)
    with Outfile(str(path)).open() as out:
        out.write(b"after")
        out.flush()
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    """The mask of the process counts, as for any file."""
    path = tmp_path / "out"
    before = os.umask(0o027)
    try:
        with Outfile(str(path)).open() as out:
            out.write(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_came_before_a_failure_is_kept_and_named(tmp_path: Path) -> None:
    """The bytes are beside the file, and nothing is there if none came."""
    path = tmp_path / "out"
    with pytest.raises(Incomplete, match="broken The 4 bytes that came before are in ") as caught:
        _fail(path, b"half", RuntimeError("broken"))
    (part,) = tmp_path.iterdir()
    assert part.read_bytes() == b"half"
    assert str(part) in str(caught.value)
    part.unlink()
    with pytest.raises(RuntimeError, match="broken"):
        _fail(path, b"", RuntimeError("broken"))
    with pytest.raises(KeyboardInterrupt):
        _fail(path, b"half", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


def _fail(path: Path, written: bytes, error: BaseException) -> None:
    with Outfile(str(path)).open() as out:
        out.write(written)
        raise error


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What a symbolic link leads to is replaced."""
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    link.symlink_to(target)
    with Outfile(str(link)).open() as out:
        out.write(b"x")
    assert link.is_symlink()
    assert target.read_bytes() == b"x"


def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    """A device or a pipe is not replaced by a file."""
    with Outfile(os.devnull).open() as out:
        out.write(b"x")
    assert not os.path.isfile(os.devnull)


@pytest.mark.parametrize("name", ["", ".", "missing/out", "/"])
def test_what_cannot_be_written_to_is_found_at_once(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, or one that is not there, is refused before there is anything to write."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"[Tt]he outfile"):
        Outfile(name)


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="whoever may do all may write everywhere: run as a user"
)
def test_a_file_that_may_not_be_written_is_found_at_once(tmp_path: Path) -> None:
    """No permission is no outfile."""
    path = tmp_path / "out"
    path.touch(0o444)
    with pytest.raises(UsageError, match="cannot be written"):
        Outfile(str(path))
