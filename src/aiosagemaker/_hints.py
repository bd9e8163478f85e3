"""What a message adds for those who come from boto3, or mistyped a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BOTO3 = {
    "get_paginator": "that is boto3's; here each paginator is a method: client.paginate_list_endpoints()",
    "get_waiter": "that is boto3's; here each waiter is a method: client.wait_until_endpoint_in_service(...)",
    "can_paginate": "that is boto3's; here each paginator is a method: client.paginate_list_endpoints()",
    "exceptions": "that is boto3's; here errors are in aiosagemaker.errors",
    "meta": "that is boto3's; here client.config has the configuration",
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


def keyword_hint(name: str, members: Mapping[str, str]) -> str:
    """What to write in place of an unknown keyword, where that can be told; `members` are names by their wire names."""
    if name in members:
        return f"; that is boto3's name, here it is {members[name]}"
    return _nearest(name, members.values())


def key_hint(key: str, members: Mapping[str, str]) -> str:
    """What to write in place of an unknown key of plain data; `members` are names by their keys."""
    return _nearest(key, [known for known, name in members.items() if name == key] or members)


def setting_hint(name: str, known: Iterable[str]) -> str:
    """What to write in place of an unknown setting; `known` are those that there are."""
    if name in _BOTO3_SETTINGS:
        return f"; that is boto3's name, here it is {_BOTO3_SETTINGS[name]}"
    return _nearest(name, known, most=3)


def region_hint(region: str, known: Iterable[str]) -> str:
    """What is said of a region that is not among the known ones, as a newer one may be; empty of one that is."""
    if region in (regions := sorted(known)):
        return ""
    return f"the installed botocore knows no region {region!r}{_nearest(region.lower().replace('_', '-'), regions)}"


def attribute_hint(name: str) -> str:
    """Where what a client has not is to be found, if boto3's clients or another client have it."""
    if name in _BOTO3:
        return f": {_BOTO3[name]}"
    return ": SageMakerRuntimeClient has it" if name in _RUNTIME else ""


def not_async(what: str) -> TypeError:
    """What is said to one who uses an asynchronous context manager in another way."""
    return TypeError(
        f"{what} is an asynchronous context manager: use `async with`, in a coroutine that asyncio.run(...) runs"
    )


def not_iterable(what: str) -> TypeError:
    """What is said to one who takes an asynchronous iterable for another."""
    return TypeError(
        f"{what} is an asynchronous iterable: use `async for`, or `await ....collect()`, in a coroutine that "
        "asyncio.run(...) runs"
    )


def _nearest(name: str, known: Iterable[str], most: int = 1) -> str:
    import difflib  # which only a mistake needs

    near = difflib.get_close_matches(name, known, n=most)
    return f"; did you mean {' or '.join(near)}?" if near else ""
