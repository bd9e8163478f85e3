"""An answer as JSON could say it."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, TypeGuard


def is_dict(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether plain data is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether plain data is a list."""
    return isinstance(value, list)


def is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    """Whether a member is a list, as structures store it."""
    return isinstance(value, tuple)


def plain(value: Any) -> Any:
    """The value with timestamps in ISO 8601, in the local zone, and blobs in base64."""
    if is_dict(value):
        return {key: plain(item) for key, item in value.items()}
    if is_list(value):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone().isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
