"""Lists that come in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._errors import ArgumentError, PaginationError, SdkError
from ._hints import AsynchronousOnly
from ._shapes.structure import evolve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from ._shapes.schema import PaginatorRow
    from ._shapes.structure import Request

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT")


class Collected(list[ItemT]):
    """A list, which a notebook and IPython show as a table, and whose repr is short enough to be read."""

    __slots__ = ()

    def __repr__(self) -> str:
        from ._shapes.short_repr import items_repr

        return items_repr(self, "[]")

    def _repr_html_(self) -> str | None:
        from ._shapes.display import listing_html

        return listing_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from ._shapes.display import pretty_listing

        pretty_listing(self, printer)


class Paginator(AsynchronousOnly, Generic[ItemT, PageT]):
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
        starting_token: str | None = None,
    ) -> None:
        """`page_size` is the most items that the service may put on a page; None leaves it to the service.

        `starting_token` is the page to begin with, as an error's `next_token` or a page itself names it.
        """
        if page_size is not None:
            if "limit" not in row:
                raise ArgumentError("this operation has no page size")
            request = evolve(request, **{row["limit"]: page_size})
        if starting_token is not None:
            if getattr(request, row["input_token"]) is not None:
                raise ArgumentError(f"starting_token and {row['input_token']} say both where to begin")
            request = evolve(request, **{row["input_token"]: starting_token})
        self._row = row
        self._request = request
        self._send = send

    async def pages(self) -> AsyncIterator[PageT]:
        """The responses, page by page.

        Raises:
            PaginationError: the service sent a token for the second time, and would go round forever.
            SdkError: a page could not be had.

        The error's `next_token` is where to go on from; None is the beginning.
        """
        request = self._request
        token = getattr(request, self._row["input_token"])
        seen = {hash(token)}  # of a list of any length
        while True:
            try:
                page = await self._send(request)
            except SdkError as error:
                error.next_token = token
                raise
            yield page
            token = getattr(page, self._row["output_token"])
            if not token:
                return
            if hash(token) in seen:
                repeated = PaginationError(f"the service sent the token {token!r:.80} for the second time")
                repeated.next_token = token
                raise repeated
            seen.add(hash(token))
            request = evolve(request, **{self._row["input_token"]: token})

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        result = self._row["result"]
        async for page in self.pages():
            for item in getattr(page, result) or ():
                yield item

    async def collect(self, limit: int | None = None) -> list[ItemT]:
        """All items, or the first `limit`, in a list. No page is fetched beyond the last that is needed.

        Raises as `pages` does. The error's `items` are those that had come.
        """
        items: list[ItemT] = Collected()
        if limit is not None and limit <= 0:
            return items
        try:
            async for item in self:
                items.append(item)
                if len(items) == limit:
                    break
        except SdkError as error:
            error.items = items
            raise
        return items
