"""Amazon SageMaker's control plane: its shapes, its errors, its client.

Every shape is imported from here by its name; a class is built when it is first asked for.
"""

from __future__ import annotations

from typing import Any

from .models import NAMESPACE

_RULES = ("Finding", "check")


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return [*NAMESPACE.public_names, *NAMESPACE.error_names, *_RULES]
    if name in _RULES:
        from . import rules

        value = globals()[name] = getattr(rules, name)
        return value
    return NAMESPACE.getattr(name)


def __dir__() -> list[str]:
    return [*globals(), *NAMESPACE.public_names, *NAMESPACE.error_names, *_RULES]
