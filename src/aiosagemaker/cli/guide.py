"""`guide`: the guides, which come with the package as Markdown."""

from __future__ import annotations

import importlib.resources
from typing import TYPE_CHECKING

from .arguments import PROGRAM, Parser, suggestion
from .failures import UsageError
from .pager import show

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from .arguments import Globals

USAGE = f"usage: {PROGRAM} guide [<name>]\n"


def run_guide(options: Globals, words: list[str]) -> int:
    """`guide`, which lists them, or `guide <name>`; the exit code. Raises UsageError for one that there is not."""
    parser = Parser(USAGE)
    parser.add_argument("name", nargs="?")
    given, unknown = parser.take(words)
    if unknown:
        raise UsageError(f"Unknown options: {', '.join(unknown)}", USAGE)
    name = given["name"]
    found = guides()
    if name is None:
        show("".join(f"{each}: {_title(file)}\n" for each, file in found.items()), options)
        return 0
    if name not in found:
        near = suggestion([name], found)
        raise UsageError(f"{PROGRAM}: error: there is no guide '{name}', only: {', '.join(found)}{near}", USAGE)
    show(found[name].read_text(encoding="utf-8"), options)
    return 0


def guides() -> dict[str, Traversable]:
    """The guides by their names, sorted."""
    assert __package__
    folder = importlib.resources.files(__package__.rpartition(".")[0]) / "guides"
    files = (file for file in folder.iterdir() if file.name.endswith(".md"))
    return {file.name.removesuffix(".md"): file for file in sorted(files, key=lambda file: file.name)}


def _title(file: Traversable) -> str:
    return file.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
