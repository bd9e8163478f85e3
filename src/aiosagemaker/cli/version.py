"""What `--version` says."""

from __future__ import annotations

import os
import sys

from .. import __version__


def version() -> str:
    """The program, the Python that runs it and the system, as the AWS CLI puts them, and whose models are in use."""
    model = ""
    if os.environ.get("AIOSAGEMAKER_MODEL"):
        from .._botocore import botocore_version, uses_installed_model

        model = f" botocore/{botocore_version()}" if uses_installed_model() else ""
    return f"aiosagemaker/{__version__} Python/{sys.version.partition(' ')[0]} {sys.platform}{model}"
