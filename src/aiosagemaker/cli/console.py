"""Consoles of rich, which tables, live views and progress draw on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from typing import TextIO


def make_console(color: str, file: TextIO, **settings: Any) -> Console:
    """A console that writes to the file, with colours as `--color` wants them, and without where NO_COLOR is set."""
    system: Any = {"on": "standard", "off": None}.get(color, "auto")
    return Console(file=file, color_system=system, highlight=False, emoji=False, markup=False, **settings)


def is_unicode(file: TextIO) -> bool:
    """Whether the file's encoding has lines and blocks to draw with."""
    return (file.encoding or "").lower().startswith("utf")
