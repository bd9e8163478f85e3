"""An answer whose head has come, and whose body is read as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import ResponseParseError
from .answer import head, read_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    import aiohttp

    from .._errors import SdkError
    from .._protocols.message import HttpResponse
    from .contract import TransportRequest
    from .exchange import Exchange


class OpenAnswer:
    """Holds its connection until it is closed.

    The connection is read only as fast as the chunks are taken. It goes back to the pool if the body was read to its
    end, and is closed otherwise.
    """

    __slots__ = ("_exchange", "_failure", "_limit", "_release", "_request", "_response", "head")

    head: HttpResponse
    """Without the body."""

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        exchange: Exchange,
        limit: int | None,
        failure: Callable[[Exception, TransportRequest], SdkError],
        request: TransportRequest,
        release: Callable[[], None],
    ) -> None:
        self.head = head(response)
        self._response = response
        self._exchange = exchange
        self._limit = limit
        self._failure = failure
        self._request = request
        self._release: Callable[[], None] | None = release

    async def read(self) -> HttpResponse:
        """The complete answer, which is then closed. Raises as `Transport.send` does."""
        try:
            return await read_answer(self._response, self._limit)
        except Exception as error:
            failure = self._failure(error, self._request)
        finally:
            self.close()
        raise failure

    async def chunk(self) -> bytes:
        """The next bytes of the body, at least one; none once it has ended as it should.

        Raises:
            TransportError: the body ended before its end, or nothing came for as long as `TimeoutConfig.read`.
        """
        try:
            return await self._response.content.readany()
        except Exception as error:
            failure = self._failure(error, self._request)
        raise failure

    def check_coding(self) -> None:
        """Raises ResponseParseError for a content coding, of which none was asked for."""
        coding = self._response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("", "identity"):
            raise ResponseParseError(
                f"the answer's content coding {coding[:40]!r} was not asked for",
                status=self.head.status,
                headers=self.head.headers,
            )

    def close(self) -> None:
        """Let go of the connection."""
        release, self._release = self._release, None
        if release is None:
            return
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._exchange.abort()
            self._response.close()
        release()
