"""The way into the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src"


def python(program: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **variables},
    )


def test_the_version_needs_nothing_else() -> None:
    """`--version` imports neither the client nor anything that is not Python's own."""
    program = (
        "import sys; from aiosagemaker.cli import main; code = main(['--version']);"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] in "
        "{'typing', 'argparse', 'aiohttp', 'attrs', 'botocore', 'json'})); sys.exit(code)"
    )
    done = python(program)
    assert done.returncode == 0
    version, modules = done.stdout.splitlines()
    assert version.startswith("aiosagemaker/")
    assert modules == "[]"


def test_debug_shows_where_an_error_came_from() -> None:
    """`--debug` brings the traceback that is kept back otherwise."""
    program = "import sys; from aiosagemaker.cli import main; sys.exit(main())"
    done = python(program, "create-endpoint", "--cli-input-json", "[]", "--debug")
    assert done.returncode == 252
    assert "Traceback" in done.stderr


def test_the_rest_is_loaded_when_it_is_used() -> None:
    """Importing the entry point imports no command, and a describe command imports neither rich nor YAML."""
    program = (
        "import sys; import aiosagemaker.cli; print([m for m in sys.modules if m.startswith('aiosagemaker.cli.')])"
    )
    assert python(program).stdout.strip() == "['aiosagemaker.cli.own']"
    program = (
        "import sys; from aiosagemaker.cli import main; main(sys.argv[1:]);"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'rich', 'ruamel', 'yaml', 'jmespath'}))"
    )
    done = python(program, "describe-endpoint", "--endpoint-name", "e", "--region", "us-east-1", "--dry-run")
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_process_ends_without_looking_for_garbage() -> None:
    """A command that is the process's own leaves nothing for the interpreter's end to look through; a call of it from
    a program leaves that program's collector as it was."""
    program = (
        "import gc; from aiosagemaker.cli import main; before = gc.get_freeze_count(); main({});"
        "print(gc.get_freeze_count() > before, gc.isenabled())"
    )
    asked = ("describe-endpoint", "--endpoint-name", "e", "--region", "us-east-1", "--dry-run")
    assert python(program.format(""), *asked).stdout.splitlines()[-1] == "True True"
    assert python(program.format(repr(asked))).stdout.splitlines()[-1] == "False True"
