"""What a message adds for those who come from boto3, or mistyped a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BOTO3 = {
    "get_paginator": "that is boto3's; here each paginator is a method: client.paginate_list_endpoints()",
    "get_waiter": "that is boto3's; here each waiter is a method: client.wait_until_endpoint_in_service(...)",
    "can_paginate": "that is boto3's; here each paginator is a method: client.paginate_list_endpoints()",
    "exceptions": "that is boto3's; here errors are in aiosagemaker.errors",
    "meta": "that is boto3's; here client.config has the configuration",
}
_BOTO3_KEYWORDS = {
    "PaginationConfig": "page_size, starting_token and .collect(limit)",
    "WaiterConfig": "min_delay, max_delay and timeout",
}
_BOTO3_SETTINGS = {
    "aws_access_key_id": "credentials=Credentials(...)",
    "aws_secret_access_key": "credentials=Credentials(...)",
    "aws_session_token": "credentials=Credentials(...)",
    "connect_timeout": "timeouts=TimeoutConfig(connect=...)",
    "max_pool_connections": "http=HttpConfig(max_connections=...)",
    "profile_name": "profile",
    "proxies": "http=HttpConfig(proxy=...)",
    "read_timeout": "timeouts=TimeoutConfig(read=...)",
    "region_name": "region",
    "retries": "retry=RetryConfig(...)",
    "verify": "http=HttpConfig(verify=...)",
}
_RUNTIME = ("invoke_endpoint", "invoke_endpoint_async", "invoke_endpoint_with_response_stream")


def keyword_hint(name: str, members: Mapping[str, str], others: Iterable[str] = ()) -> str:
    """What to write in place of an unknown keyword, where that can be told.

    `members` are names by their wire names, `others` the keywords that are no members.
    """
    if name in members:
        return f"; that is boto3's name, here it is {members[name]}"
    if name in _BOTO3_KEYWORDS:
        return f"; that is boto3's, here there are {_BOTO3_KEYWORDS[name]}"
    return nearest(name, [*members.values(), *others])


def key_hint(key: str, members: Mapping[str, str]) -> str:
    """What to write in place of an unknown key of plain data; `members` are names by their keys."""
    return nearest(key, [known for known, name in members.items() if name == key] or members)


def setting_hint(name: str, known: Iterable[str]) -> str:
    """What to write in place of an unknown setting; `known` are those that there are."""
    if name in _BOTO3_SETTINGS:
        return f"; that is boto3's name, here it is {_BOTO3_SETTINGS[name]}"
    return nearest(name, known, most=3)


def region_hint(region: str, known: Iterable[str]) -> str:
    """What is said of a region that is not among the known ones, as a newer one may be; empty of one that is."""
    if region in (regions := sorted(known)):
        return ""
    return f"the installed botocore knows no region {region!r}{nearest(region.lower().replace('_', '-'), regions)}"


def attribute_hint(name: str) -> str:
    """Where what a client has not is to be found, if boto3's clients or another client have it."""
    if name in _BOTO3:
        return f": {_BOTO3[name]}"
    return ": SageMakerRuntimeClient has it" if name in _RUNTIME else ""


class AsynchronousOnly:
    """Says how it is used to who uses it in synchronous code, or awaits it."""

    __slots__ = ()

    if not TYPE_CHECKING:  # to a type checker none of these is there

        def __enter__(self) -> Any:
            raise _misused(type(self))

        def __exit__(self, *_: object) -> None: ...

        def __iter__(self) -> Any:
            raise _misused(type(self))

        def __await__(self) -> Any:
            raise _misused(type(self))


def _misused(cls: type) -> TypeError:
    kind, use = "context manager", "`async with`"
    if not hasattr(cls, "__aenter__"):
        kind, use = "iterable", "`async for`, or `await` its `collect()`"
    return TypeError(f"{cls.__name__} is an asynchronous {kind}: use {use}, in a coroutine that asyncio.run(...) runs")


def nearest(name: str, known: Iterable[str], most: int = 1) -> str:
    """Asks whether one of the known names that are like it is meant; empty where none is."""
    import difflib  # which only a mistake needs

    near = difflib.get_close_matches(name, known, n=most)
    return f"; did you mean {' or '.join(near)}?" if near else ""
