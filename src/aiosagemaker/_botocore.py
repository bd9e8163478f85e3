"""botocore as Any: it has no types of its own, and no caller of it here should need its stubs."""

from __future__ import annotations

import functools
import importlib
import os
from typing import Any

from ._errors import InvalidConfigError

MODEL_VARIABLE = "AIOSAGEMAKER_MODEL"


def botocore(module: str = "") -> Any:
    """The module of botocore, or botocore itself, imported only now: some take longer to import than this library."""
    return importlib.import_module(f"botocore.{module}" if module else "botocore")


def botocore_version() -> str:
    """Of the installed botocore."""
    version: str = botocore().__version__
    return version


@functools.cache
def uses_installed_model() -> bool:
    """Whether the services that are shipped are built from the installed botocore's models, for the whole process.

    Raises:
        InvalidConfigError: AIOSAGEMAKER_MODEL is neither `installed` nor `shipped`.
    """
    given = os.environ.get(MODEL_VARIABLE) or "shipped"
    if given not in ("installed", "shipped"):
        raise InvalidConfigError(f"{MODEL_VARIABLE} in the environment: expected installed or shipped, got {given!r}")
    return given == "installed"
