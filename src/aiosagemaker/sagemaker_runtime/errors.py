"""The errors that Amazon SageMaker Runtime's model names."""

from __future__ import annotations

from typing import Any

from .models import NAMESPACE


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return NAMESPACE.error_names
    if not NAMESPACE.is_error(name):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return NAMESPACE[name]
