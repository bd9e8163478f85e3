"""The events of a request that goes on while its answer comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .._errors import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from .event_signing import EventStreamSigner
    from .http2_transport import Http2Answer


class EventSender:
    """Sends the events of one request, signed in their order."""

    def __init__(self, answer: Http2Answer, signer: EventStreamSigner, now: Callable[[], float]) -> None:
        self._answer = answer
        self._signer = signer
        self._now = now
        self._turn = asyncio.Lock()
        self._ended = False

    async def send(self, event: bytes) -> None:
        """Send an event's frame. Raises TransportError; after an error, or a cancellation, nothing more can be sent."""
        async with self._turn:
            if self._ended:
                raise ConnectionClosed("this side of the stream was ended", maybe_sent=True)
            # A frame that left in part, or was signed and did not leave, spoils all that would follow.
            self._ended = True
            await self._answer.send(self._framed(event))
            self._ended = False

    async def end(self) -> None:
        """Say that nothing more will be sent. The answer goes on. May be called again. Raises TransportError."""
        async with self._turn:
            if not self._ended:
                self._ended = True
                if self._signer.events is not None:
                    await self._answer.send(self._framed(b""))
                await self._answer.end()

    def _framed(self, event: bytes) -> bytes:
        chain = self._signer.events
        return event if chain is None else chain.frame(event, self._now())
