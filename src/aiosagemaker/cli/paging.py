"""Lists that come in pages: how far to go, where to begin, and the token that says where the next command goes on."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from ..paginators import Paginator
from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from .._shapes.structure import Request
    from .commands import Command

PAGING_OPTIONS: dict[str, dict[str, Any]] = {
    "--starting-token": {"help": "the NextToken of an earlier command's answer: where to go on"},
    "--page-size": {"type": int, "help": "the most items that the service may put on a page"},
    "--max-items": {"type": int, "help": "the most items to print; NextToken then says where to go on"},
}
"""The options of commands whose answer comes in pages, as argparse takes them."""

_SKIP = "boto_truncate_amount"
"""The key under which botocore's tokens, and so the AWS CLI's, keep how much of a page has been seen."""


class Paging(NamedTuple):
    """What was asked for."""

    starting_token: str | None = None
    page_size: int | None = None
    max_items: int | None = None


def read_paging(command: Command, given: dict[str, Any], paginate: bool) -> Paging | None:
    """What the options ask for; None if one call is to be made.

    Raises:
        UsageError: paging is asked for and forbidden at once.
    """
    row = command.paginator
    if row is None:
        return None
    manual = {row["input_token"], row.get("limit", "")}
    options = {f"--{name.replace('_', '-')}" for name in manual}
    paging = Paging(*(given.get(option) for option in PAGING_OPTIONS))
    _check_page_size(command, paging.page_size)
    if paginate and not options & given.keys():
        if paging.max_items is not None and paging.max_items <= 0:
            print("warning: Non-positive values for --max-items may result in undefined behavior.", file=sys.stderr)
        return paging
    used = [option for option in PAGING_OPTIONS if given.get(option)]
    if used:
        # Only what was typed is to blame.
        reasons = [*(() if paginate else ["--no-paginate"]), *sorted(options & given.keys())]
        raise UsageError(f"{' and '.join(reasons)} asks for one page: {', '.join(used)} cannot be given with it")
    return None


def _check_page_size(command: Command, size: int | None) -> None:
    limit = command.paginator and command.paginator.get("limit")
    if size is None or not limit:
        return
    shape = next(each.shape for each in command.parameters if each.option == f"--{limit.replace('_', '-')}")
    least = shape.row.get("min")
    if least is not None and size < least:
        raise UsageError(f"Bad value for --page-size: expected at least {least:g}, got {size}")


async def pages(
    command: Command,
    request: Request[Any],
    paging: Paging,
    send: Callable[[Request[Any]], Any],
    plain: Callable[[Any], dict[str, Any]],
    seen: Callable[[int], object],
) -> AsyncIterator[dict[str, Any]]:
    """Each page as plain data: its items, what belongs to the whole, and on the last one `NextToken` if there is more.
    `seen` is told how many items a page brought.

    Raises:
        UsageError: the starting token is none.
        SdkError: a call failed.
    """
    row = command.paginator
    assert row is not None
    names = {member["name"]: wire for wire, member in command.output.row["members"].items()}
    token_name = next(
        wire for wire, member in command.input.row["members"].items() if member["name"] == row["input_token"]
    )
    token, skip = _read_token(paging.starting_token, token_name)
    if token is not None:
        request = getattr(request, f"with_{row['input_token']}")(token)
    result, left = names[row["result"]], paging.max_items
    paginator: Paginator[Any, Any] = Paginator(row, request, send, page_size=paging.page_size)
    first = True
    async for response in paginator.pages():
        following = getattr(response, row["output_token"])
        page = plain(response)
        items = page.get(result, [])[skip:]
        # A list that the service left out stays out.
        listed = {result: items} if result in page else {}
        whole = {name: page[name] for name in row.get("whole", ()) if first and name in page}
        shown = {**listed, **whole}
        seen(len(items))
        if left is not None and len(items) > left:
            reached = {token_name: token, _SKIP: skip + left}
            yield {result: items[:left], **whole, "NextToken": _write_token(reached)}
            return
        left = None if left is None else left - len(items)
        if left == 0 and following:
            yield {**shown, "NextToken": _write_token({token_name: following})}
            return
        yield shown
        token, skip, first = following, 0, False


def merge(result: dict[str, Any] | None, page: dict[str, Any]) -> dict[str, Any]:
    """The answer so far and one page more."""
    if result is None:
        return page
    for name, value in page.items():
        if isinstance(value, list) and isinstance(result.get(name), list):
            result[name].extend(value)
        else:
            result[name] = value
    return result


def _write_token(token: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(token).encode()).decode()


def _read_token(text: str | None, name: str) -> tuple[str | None, int]:
    if text is None:
        return None, 0
    try:
        value = json.loads(base64.b64decode(text.encode()).decode())
        skip = value.pop(_SKIP, 0)
        if not isinstance(skip, int) or value.keys() - {name}:
            raise UsageError(f"Bad starting token: {text}")
        return value.get(name), skip
    except (ValueError, binascii.Error, AttributeError):
        # Not one of these tokens: then it is the service's own, perhaps with how much of the page was seen.
        token, separator, amount = text.rpartition("___")
        if separator and amount.isdigit():
            return (None if token == "None" else token), int(amount)
        return text, 0
