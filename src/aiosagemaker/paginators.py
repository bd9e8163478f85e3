"""Lists that come in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._errors import ArgumentError, PaginationError
from ._shapes.structure import evolve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ._shapes.schema import PaginatorRow
    from ._shapes.structure import Request

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT")


class Paginator(Generic[ItemT, PageT]):
    """The items of all pages, fetched as they are asked for: `async for item in paginator`.

    A paginator may be iterated more than once; each time starts again at the first page.
    """

    __slots__ = ("_request", "_row", "_send")

    def __init__(
        self,
        row: PaginatorRow,
        request: Request[Any],
        send: Callable[[Request[Any]], Awaitable[Any]],
        *,
        page_size: int | None = None,
    ) -> None:
        """`page_size` is the most items that the service may put on a page; None leaves it to the service."""
        if page_size is not None:
            if "limit" not in row:
                raise ArgumentError("this operation has no page size")
            request = evolve(request, **{row["limit"]: page_size})
        self._row = row
        self._request = request
        self._send = send

    async def pages(self) -> AsyncIterator[PageT]:
        """The responses, page by page.

        Raises:
            PaginationError: the service sent the same token twice in a row, and would do so forever.
        """
        request = self._request
        token = getattr(request, self._row["input_token"])
        while True:
            page = await self._send(request)
            yield page
            following = getattr(page, self._row["output_token"])
            if not following:
                return
            if following == token:
                raise PaginationError(f"the service sent the token {following!r:.80} twice in a row")
            token = following
            request = evolve(request, **{self._row["input_token"]: token})

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        result = self._row["result"]
        async for page in self.pages():
            for item in getattr(page, result) or ():
                yield item

    async def collect(self, limit: int | None = None) -> list[ItemT]:
        """All items, or the first `limit`, in a list. No page is fetched beyond the last that is needed."""
        items: list[ItemT] = []
        if limit is not None and limit <= 0:
            return items
        async for item in self:
            items.append(item)
            if len(items) == limit:
                break
        return items
