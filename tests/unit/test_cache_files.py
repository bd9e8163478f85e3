"""What is kept in the user's cache folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aiosagemaker._cache_files import cache_folder, write_whole


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is for other systems")
def test_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is where XDG says, unless that is a relative path; without a home there is none."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "aiosagemaker"
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for unset in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", unset)
        assert cache_folder() == tmp_path / "home" / ".cache" / "aiosagemaker"

    def nobody(cls: type[Path]) -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", classmethod(nobody))
    assert cache_folder() is None


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """A file is there with all of its text, in a folder that is made for its owner alone, and nothing beside it."""
    path = tmp_path / "folder" / "file"
    for text in ("one", "two é"):
        write_whole(path, text)
        assert path.read_text(encoding="utf-8") == text
    assert list(path.parent.iterdir()) == [path]
    if sys.platform != "win32":
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A failure in the middle leaves the old file, and no part of the new one."""
    path = tmp_path / "file"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
