"""The version."""

from __future__ import annotations

import re

import aiosagemaker
from aiosagemaker._version import __version__


def test_version() -> None:
    """The package's version is this one, and in the form of a release."""
    assert aiosagemaker.__version__ == __version__
    assert re.fullmatch(r"\d+\.\d+\.\d+([abc.]\w+)?", __version__)
