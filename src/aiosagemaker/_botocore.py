"""botocore as Any: it has no types of its own, and no caller of it here should need its stubs."""

from __future__ import annotations

import importlib
from typing import Any


def botocore(module: str = "") -> Any:
    """The module of botocore, or botocore itself, imported only now: some take longer to import than this library."""
    return importlib.import_module(f"botocore.{module}" if module else "botocore")
