"""What the service remembers: models, configurations, endpoints and tags, by name without regard to case."""

from __future__ import annotations

import base64
import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from ..sagemaker.models import NAMESPACE
from ._refusals import already_exists, invalid, not_found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .._shapes.structure import Request, Response
    from ._account import Account

ItemT = TypeVar("ItemT")
PAGE_SIZE = 10
"""Items on a page where the request does not say: "The default value is 10" (API_ListEndpoints)."""
TAG_LIMIT = 50


class Table(Generic[ItemT]):
    """The resources of one kind."""

    def __init__(self, kind: str, arn_type: str, account: Account, tags: dict[str, dict[str, str]]) -> None:
        self._kind = kind
        self.prefix: str = account.arn(f"{arn_type}/")
        self._tags = tags
        self._items: dict[str, ItemT] = {}

    def __iter__(self) -> Iterator[ItemT]:
        return iter(self._items.values())

    def arn(self, name: str) -> str:
        """The resource's ARN, which the service writes in lower case."""
        return f"{self.prefix}{name.lower()}"

    def __contains__(self, arn: str) -> bool:
        return arn.startswith(self.prefix) and arn.removeprefix(self.prefix) in self._items

    def get(self, name: str) -> ItemT:
        """Raises the service's refusal for a name that it does not know."""
        if name.lower() not in self._items:
            raise not_found(self._kind, self.arn(name))
        return self._items[name.lower()]

    def check_free(self, name: str) -> None:
        """Raises the service's refusal for a name that is taken."""
        if name.lower() in self._items:
            raise already_exists(self._kind, self.arn(name))

    def add(self, name: str, item: ItemT, tags: Sequence[Any] | None) -> str:
        """Keep a resource; its ARN."""
        arn = self.arn(name)
        self._items[name.lower()] = item
        self._tags[arn] = {tag.key: tag.value for tag in tags or ()}
        return arn

    def clear(self) -> None:
        """Forget every resource, and their tags."""
        for name in list(self._items):
            self.remove(name)

    def remove(self, name: str) -> None:
        """Forget a resource, and its tags."""
        self.get(name)
        del self._items[name.lower()]
        del self._tags[self.arn(name)]


def page(request: Request[Any], items: Sequence[ItemT], size: int | None = None) -> tuple[list[ItemT], str | None]:
    """The page that a request asks for, and the token of the next one.

    A token is bound to the request's other members, as it means nothing beside others.
    """
    given: Any = request
    asked = {name: value for name, value in request.to_dict().items() if name not in ("NextToken", "MaxResults")}
    purpose = repr(sorted(asked.items(), key=lambda item: item[0]))
    start = 0
    if given.next_token is not None:
        start, bound = _token(given.next_token)
        if bound != purpose:
            raise invalid("The NextToken is of a request with other parameters.")
    end = start + (given.max_results or size or PAGE_SIZE)
    token = base64.b64encode(json.dumps([end, purpose]).encode()).decode() if end < len(items) else None
    return list(items[start:end]), token


def _token(text: str) -> tuple[int, str]:
    """Where a page begins, and what its token is bound to. Raises the refusal of what no answer held."""
    try:
        token = json.loads(base64.b64decode(text, validate=True))
    except (ValueError, RecursionError) as error:
        raise invalid("Invalid NextToken.") from error
    match token:
        case [int(start), str(bound)] if start >= 0:
            return start, bound
        case _:
            raise invalid("Invalid NextToken.")


def listed(request: Any, items: Iterable[Any], kind: str) -> Response:
    """The answer to a List request, of what Describe says of each resource.

    The summary's members, what may be sorted by and what bounds there are, is all in the model. Unless the request
    says otherwise the newest come first.
    """
    operation = NAMESPACE.operation(request.__operation__)
    member = next(row for row in operation.output_row["members"].values() if row["name"] != "next_token")
    summary = NAMESPACE[NAMESPACE.shapes[member["shape"]]["item"]]
    names = [field.name for field in attrs.fields(summary)]
    chosen = [item for item in items if (request.name_contains or "").lower() in getattr(item, f"{kind}_name").lower()]
    for time in ("creation_time", "last_modified_time"):
        before, after = getattr(request, f"{time}_before", None), getattr(request, f"{time}_after", None)
        chosen = [item for item in chosen if before is None or getattr(item, time) <= before]
        chosen = [item for item in chosen if after is None or getattr(item, time) >= after]
    order = {"Name": f"{kind}_name", "Status": f"{kind}_status"}.get(request.sort_by, "creation_time")
    chosen.sort(key=attrgetter(order))
    if (request.sort_order or "Descending") == "Descending":
        chosen.reverse()  # so that of two of the same time the later comes first
    found, token = page(request, chosen)
    summaries = [summary(**{name: getattr(item, name) for name in names}) for item in found]
    answer: Response = operation.output(**{member["name"]: summaries, "next_token": token})
    return answer
