"""What a call needs of whatever sends its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yarl import URL

    from .._protocols.message import HttpResponse
    from .._shapes.body import Body
    from .exchange import Exchange


class Sender(Protocol):
    """A transport, or what stands before one."""

    async def send(
        self, method: str, url: URL, headers: Mapping[str, str], body: Body, exchange: Exchange, /
    ) -> HttpResponse:
        """One request and its answer. Raises an SdkError for anything less.

        `exchange` is a new one; it says, also after a cancellation, whether the request may have been sent.
        """
        ...
