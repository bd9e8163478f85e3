"""The repr of what may be long."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST = 2_000
"""The characters of a text, or of the items of one list or map, after which the rest is only counted."""
_COMMA = ", "


def short_repr(value: object) -> str:
    """The repr of a member's value, in which what is long is cut, and how much of it is left out is said."""
    if isinstance(value, (str, bytes, bytearray)) and len(value) > MOST:
        return f"{value[:MOST]!r}... {len(value) - MOST:,} more"
    if value.__class__ is tuple:
        items = cast("tuple[object, ...]", value)
        return f"({items[0]!r},)" if len(items) == 1 else items_repr(items, "()")
    return repr(value)


def items_repr(items: Sequence[object], brackets: str) -> str:
    """The items of a list, or as many of them as can be read."""
    return _enclosed(map(short_repr, items), len(items), brackets)


def map_repr(entries: Mapping[str, object]) -> str:
    """The entries of a map, or as many of them as can be read."""
    return _enclosed((f"{key!r}: {short_repr(entry)}" for key, entry in entries.items()), len(entries), "{}")


def _enclosed(parts: Iterable[str], count: int, brackets: str) -> str:
    shown: list[str] = []
    length = 0
    for part in parts:
        if length > MOST:
            shown.append(f"... {count - len(shown):,} more")
            break
        length += len(part) + len(_COMMA) * bool(shown)
        shown.append(part)
    return f"{brackets[0]}{_COMMA.join(shown)}{brackets[1]}"
