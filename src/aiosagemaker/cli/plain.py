"""An answer as JSON could say it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def plain(value: Any) -> Any:
    """The value with timestamps in ISO 8601, in the local zone, and blobs in base64."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone().isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
