"""The blocks of the README and the guides, as a type checker sees them beside the installed wheel."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from tests.documents import blocks, documents

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Installed


def test_every_block_is_right_to_mypy(installed: Installed, tmp_path: Path) -> None:
    """What is only defined in a document, and not called, is right in its types too."""
    for path in documents():
        # `await` stands outside of functions there, and a name may be made anew from block to block.
        text = "\n".join(block.text for block in blocks(path) if block.language == "python")
        program = f"async def document() -> None:\n    ...\n{textwrap.indent(text, '    ')}"
        (tmp_path / f"{path.stem.lower().replace('-', '_')}_document.py").write_text(program, encoding="utf-8")
    options = ("--check-untyped-defs", "--ignore-missing-imports", "--disable-error-code=no-redef", "--config-file=")
    ran = installed.run(installed.python, "-m", "mypy", *options, ".", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout
