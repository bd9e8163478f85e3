"""What a message adds for those who come from boto3, or mistyped a name."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOTO3 = {
    "get_paginator": "that is boto3's; here each paginator is a method: client.paginate_list_endpoints()",
    "get_waiter": "that is boto3's; here each waiter is a method: client.wait_until_endpoint_in_service(...)",
    "can_paginate": "that is boto3's; here each paginator is a method: client.paginate_list_endpoints()",
    "meta": "that is boto3's; here client.config has the configuration",
}
_RUNTIME = ("invoke_endpoint", "invoke_endpoint_async", "invoke_endpoint_with_response_stream")


def keyword_hint(name: str, members: Mapping[str, str]) -> str:
    """What to write in place of an unknown keyword, where that can be told; `members` are names by their wire names."""
    if name in members:
        return f"; that is boto3's name, here it is {members[name]}"
    near = difflib.get_close_matches(name, members.values(), n=1)
    return f"; did you mean {near[0]}?" if near else ""


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


NO_LOOP = (
    "aiosagemaker runs on asyncio's event loop, and none is running: asyncio.run(main()), or under trio trio_asyncio"
)
"""What is said where no event loop of asyncio's runs."""
