"""The README and the guides: their blocks, and a program that runs them.

`python tests/documents.py FILE` runs every block of Python and of shell that FILE has, in their order and in one
namespace, as the cells of a notebook: `await` may stand outside a function. A block is passed over only where the line
before it gives a reason: `<!-- not run: REASON -->`.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import subprocess
import sys
import tomllib
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
GUIDES = ROOT / "src" / "aiosagemaker" / "guides"
RUN = ("python", "sh")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_REASON = re.compile(r"<!-- not run: (.+) -->\n\Z")


@dataclass(frozen=True)
class Block:
    """One fenced block of a document."""

    language: str
    text: str
    line: int
    """The line of its first line of code, from 1."""
    reason: str
    """Why it is not run; empty if it is."""


def documents() -> list[Path]:
    """The README and the guides."""
    return [README, *sorted(GUIDES.glob("*.md"))]


def blocks(path: Path) -> list[Block]:
    """The blocks of a document."""
    text = path.read_text(encoding="utf-8")
    found = list[Block]()
    for match in _FENCE.finditer(text):
        reason = _REASON.search(text, 0, match.start())
        line = text.count("\n", 0, match.start()) + 2
        found.append(Block(match[1], match[2], line, reason[1] if reason else ""))
    return found


def run(path: Path) -> int:
    """Run a document's blocks; the exit status. What a block raises is shown with the document's own line."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with asyncio.Runner() as loop:
        for block in blocks(path):
            if block.reason or block.language not in RUN:
                continue
            try:
                if block.language == "sh":
                    subprocess.run(["bash", "-euo", "pipefail", "-c", block.text], check=True)
                else:
                    _run_python(block, path, namespace, loop)
            except BaseException:
                print(f"{path.name}, the block of line {block.line}:", file=sys.stderr)
                traceback.print_exc()
                return 1
    return 0


def _run_python(block: Block, path: Path, namespace: dict[str, Any], loop: asyncio.Runner) -> None:
    # Lines before the block keep the numbers of the document in tracebacks.
    text = "\n" * (block.line - 1) + block.text
    code = compile(text, str(path), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    made = eval(code, namespace)
    if inspect.iscoroutine(made):
        loop.run(made)


def pretend_to_install(words: list[str]) -> int:
    """What stands for pip in a document: whether it is this package that is installed, with extras that there are."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for word in words:
        name, _, extras = word.partition("[")
        unknown = {each for each in extras.removesuffix("]").split(",") if each} - set(project["optional-dependencies"])
        if name != project["name"] or unknown:
            print(f"{word} is not this package, or has no such extra", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(pretend_to_install(given[1:]) if given[0] == "install" else run(Path(given[0])))
