"""Files as they are sent: in pieces, read in a thread, so that no event loop waits for a disk."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PIECE = 256 * 1024
"""How much of a file is read at once, in bytes."""


def size_of(path: str | os.PathLike[str]) -> int:
    """The file's length in bytes. Raises OSError."""
    return os.stat(path).st_size


async def pieces_of(path: str | os.PathLike[str]) -> AsyncIterator[bytes]:
    """The file's content from its beginning. Raises OSError."""
    file = await asyncio.to_thread(open, path, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        file.close()
