"""botocore is taken as it is installed, when it is first needed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import botocore as installed
import pytest

from aiosagemaker._botocore import botocore, botocore_version, uses_installed_model
from aiosagemaker.errors import InvalidConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """The answer is kept for the process: each test asks anew."""
    uses_installed_model.cache_clear()
    yield
    uses_installed_model.cache_clear()


def test_modules() -> None:
    """A module of botocore is the installed one, and so is its version."""
    assert botocore() is installed
    assert botocore("exceptions").__name__ == "botocore.exceptions"
    assert botocore_version() == installed.__version__


def test_importing_this_loads_none_of_it() -> None:
    """The package is imported without botocore."""
    code = "import sys, aiosagemaker._botocore; sys.exit('botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("given", "expected"), [("", False), ("shipped", False), ("installed", True)])
def test_which_model(given: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """AIOSAGEMAKER_MODEL says whose models the services are built from; an empty one says nothing."""
    monkeypatch.setenv("AIOSAGEMAKER_MODEL", given)
    assert uses_installed_model() is expected


def test_another_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other word is refused with the variable's name and the words that it takes."""
    monkeypatch.setenv("AIOSAGEMAKER_MODEL", "newest")
    with pytest.raises(InvalidConfigError, match=r"AIOSAGEMAKER_MODEL.*installed or shipped, got 'newest'"):
        uses_installed_model()
