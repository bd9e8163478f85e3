"""Every error this library raises: its own tree (`_errors`), and by name what the services name.

An error that several services name is here the base of all of their classes.
"""

from __future__ import annotations

import importlib
from typing import Any

from . import _errors
from ._error_names import OWNERS
from ._errors import *  # noqa: F403  # this is the face of that module

__doc__ = _errors.__doc__  # the tree is drawn where it stands


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted({*_errors.__all__, *OWNERS})
    shared = _errors.known_shared_error(name)
    if shared is None and name in OWNERS:
        return getattr(importlib.import_module(f".{OWNERS[name][0]}.errors", __package__), name)
    if shared is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return shared


def __dir__() -> list[str]:
    return sorted({*globals(), *OWNERS})
