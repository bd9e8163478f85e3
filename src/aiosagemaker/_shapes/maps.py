"""Read-only, hashable mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

ValueT = TypeVar("ValueT")


class FrozenMap(Mapping[str, ValueT]):
    """A mapping that cannot change: hashable when its values are, equal to any mapping with the same items."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, ValueT] | None = None) -> None:
        self._items: dict[str, ValueT] = dict(items or {})

    def __getitem__(self, key: str) -> ValueT:
        return self._items[key]

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        from .short_repr import map_repr

        return map_repr(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._items,)


class Headers(FrozenMap[str]):
    """HTTP headers: names without regard to case."""

    __slots__ = ()

    def __init__(self, items: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        super().__init__()
        pairs = cast("Iterable[tuple[str, str]]", items.items() if isinstance(items, Mapping) else items)
        for name, value in pairs:
            key = name.lower()
            self._items[key] = f"{self._items[key]}, {value}" if key in self._items else value

    def __getitem__(self, key: str) -> str:
        return self._items[key.lower()]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._items


def freeze(value: Any) -> Any:
    """A JSON value that cannot change: lists become tuples, objects FrozenMaps."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return FrozenMap({key: freeze(item) for key, item in entries.items()})
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in cast("Iterable[Any]", value))
    return value


def thaw(value: Any) -> Any:
    """The same JSON value in lists and dicts."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return {key: thaw(item) for key, item in entries.items()}
    if isinstance(value, tuple):
        return [thaw(item) for item in cast("Iterable[Any]", value)]
    return value
