"""What the runtime's client offers beside the service's operations."""

from __future__ import annotations


class RuntimeExtras:
    """Calls of an endpoint in the forms that models most often take."""
