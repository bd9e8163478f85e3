"""The guide does what it says: its files are written, its commands run in one shell, and its outputs are theirs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import aiosagemaker
from aiosagemaker.hosting import EndpointSpec

GUIDE = (Path(aiosagemaker.__file__).parent / "guides" / "deploying.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
END = "--- end of a block ---"


def test_every_block_is_of_a_known_kind() -> None:
    """Whatever stands in the guide is a file, commands, or their output, which follows them."""
    kinds = [kind for kind, _ in BLOCKS]
    assert set(kinds) <= {"python", "yaml", "sh", "text"}
    assert all(kinds[index - 1] == "sh" for index, kind in enumerate(kinds) if kind == "text")
    assert all(re.match(r"# \S+\.(py|yaml)\n", text) for kind, text in BLOCKS if kind in ("python", "yaml"))


def test_the_file_is_a_spec() -> None:
    """The file in it is one that can be read."""
    (text,) = [text for kind, text in BLOCKS if kind == "yaml"]
    spec = EndpointSpec.from_yaml(text, environ={})
    assert spec.endpoint_name == "churn"


@pytest.mark.skipif(sys.platform == "win32", reason="its commands are for a POSIX shell")
def test_the_whole_guide(tmp_path: Path, unused_tcp_port: int) -> None:
    """Its commands, run one after another as a reader would, print what it says that they print."""
    wanted: list[list[str]] = []
    script = ["trap 'kill $(jobs -p)' EXIT"]
    for kind, text in BLOCKS:
        if kind in ("python", "yaml"):
            (tmp_path / text.partition("\n")[0].removeprefix("# ")).write_text(text, encoding="utf-8")
        elif kind == "sh":
            script += [text.replace("4600", str(unused_tcp_port)), f"echo; echo '{END}'"]
            wanted.append([])
        else:
            wanted[-1] = text.splitlines()
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name, words in {"aiosagemaker": "-m aiosagemaker", "python": ""}.items():
        (binaries / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        (binaries / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    paths = os.pathsep.join(filter(None, map(os.path.abspath, filter(None, sys.path))))
    environ = {**kept, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": paths}
    ran = subprocess.run(
        ["bash", "-e", "-c", "\n".join(script)],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    outputs = ran.stdout.split(END)
    assert ran.returncode == 0, ran.stdout
    for lines, output in zip(wanted, outputs, strict=False):
        place = 0
        for line in lines:
            pattern = ".*".join(map(re.escape, line.strip().split("...")))
            found = re.compile(pattern).search(output, place)
            assert found is not None, f"{line!r} is not in, or not in this order:\n{output}"
            place = found.end()
