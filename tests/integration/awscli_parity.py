"""Compares this command line with the AWS CLI: `python tests/integration/awscli_parity.py`.

The AWS CLI is installed into an environment of its own, in a temporary folder, as each release of it wants one release
of botocore. The tests run in the environment of the Python that runs this. `--venv FOLDER` keeps the environment, or
takes one that is there; AIOSAGEMAKER_SEED repeats the lines that another run drew.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Install, draw a seed, compare; pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venv", type=Path)
    given, words = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        python = _install(given.venv or Path(folder) / "awscli")
        seed = os.environ.get("AIOSAGEMAKER_SEED") or str(secrets.randbelow(10**9))
        print(f"lines drawn with AIOSAGEMAKER_SEED={seed}", flush=True)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/integration/test_cli_awscli.py",
        ]
        environ = {**os.environ, "AWSCLI_PYTHON": str(python), "AIOSAGEMAKER_SEED": seed}
        return subprocess.run([*command, *words], cwd=ROOT, env=environ, check=False).returncode


def _install(folder: Path) -> Path:
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        venv.create(folder, with_pip=True)
        wanted = project["optional-dependencies"]["parity"]
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted], check=True)
    version = "import awscli; print('awscli', awscli.__version__)"
    print(
        subprocess.run([python, "-c", version], capture_output=True, text=True, check=True).stdout.strip(), flush=True
    )
    return python


if __name__ == "__main__":
    sys.exit(main())
