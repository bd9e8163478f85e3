"""Files in the user's cache folder. They save time, and nothing depends on them."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path


def cache_folder() -> Path | None:
    """This library's own, whether or not it is there; None where a user has no home."""
    try:
        return _folder_of_all() / "aiosagemaker"
    except RuntimeError:
        return None


def _folder_of_all() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    # https://specifications.freedesktop.org/basedir-spec/latest/: a relative path counts as not set.
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return given if given.is_absolute() else Path.home() / ".cache"


def write_whole(path: Path, text: str) -> None:
    """Write a file, and its folder. Whoever reads meanwhile sees the old one or the new one, and of two who write the
    last one stays. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
