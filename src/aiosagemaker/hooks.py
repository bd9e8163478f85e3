"""What a user may plug into a call."""

from __future__ import annotations

from ._hooks import Hooks

__all__ = ["Hooks"]
