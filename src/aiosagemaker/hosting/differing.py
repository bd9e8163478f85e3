"""Where a description does not say what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .._shapes.structure import Structure

if TYPE_CHECKING:
    from collections.abc import Sequence


def differing(asked: Any, found: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Where a description does not say what was asked for: path, what is found, what is asked. Members that were not
    asked for are the service's to choose, entries of maps and lists are not."""
    if isinstance(asked, Structure) and isinstance(found, Structure):
        made: list[tuple[str, Any, Any]] = []
        for wire_name, member in type(asked).__namespace__.shapes[type(asked).__shape__]["members"].items():
            wanted = getattr(asked, member["name"])
            if wanted is not None:
                made += differing(wanted, getattr(found, member["name"], None), f"{path}.{wire_name}".lstrip("."))
        return made
    if isinstance(asked, tuple) and isinstance(found, tuple):
        wanted_items, found_items = cast("Sequence[Any]", asked), cast("Sequence[Any]", found)
        if len(wanted_items) != len(found_items):
            return [(path, found, asked)]
        pairs = enumerate(zip(wanted_items, found_items, strict=True))
        return [item for index, pair in pairs for item in differing(*pair, f"{path}[{index}]")]
    return [] if asked == found else [(path, found, asked)]
