"""What a Config takes in the place of a part of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable


class TransportLike(Protocol):
    """The methods of `aiosagemaker.Transport`, which says what they take and return."""

    def send(self, request: Any, /) -> Awaitable[Any]:
        """One request and its complete answer."""
        ...

    def open(self, request: Any, /) -> Awaitable[Any]:
        """One request and the head of its answer."""
        ...

    def close(self) -> Awaitable[None]:
        """Let go of every connection."""
        ...


def is_transport(value: object) -> bool:
    """Whether it has the methods."""
    return all(callable(getattr(value, name, None)) for name in ("send", "open", "close"))
