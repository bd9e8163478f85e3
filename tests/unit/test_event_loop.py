"""The event loop that everything runs on, where it is another library's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import trio

from aiosagemaker import Credentials, SageMakerClient, SageMakerRuntimeClient
from aiosagemaker._event_loop import running_loop
from aiosagemaker.hosting import EndpointSpec, deploying
from aiosagemaker.sagemaker import CreateEndpointConfigRequest, DescribeEndpointRequest, ProductionVariant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SETTINGS: dict[str, Any] = {"region": "eu-west-1", "credentials": Credentials("a", "b")}


def client() -> Any:
    return SageMakerClient(**SETTINGS)


def runtime() -> Any:
    return SageMakerRuntimeClient(**SETTINGS)


async def test_asyncios() -> None:
    """Under asyncio it is asyncio's."""
    assert running_loop() is asyncio.get_running_loop()


async def entered() -> None:
    async with client() as made:
        await made.list_endpoints()


def spec() -> EndpointSpec:
    variant = ProductionVariant(variant_name="a")
    config = CreateEndpointConfigRequest(endpoint_config_name="a", production_variants=[variant])
    return EndpointSpec(endpoint_name="a", config=config)


CALLS: dict[str, Callable[[], Awaitable[Any]]] = {
    "operation": lambda: client().list_endpoints(),
    "entering": entered,
    "closing": lambda: client().close(),
    "paginator": lambda: client().paginate_list_endpoints().collect(),
    "waiter": lambda: client().wait_until_endpoint_in_service(endpoint_name="a"),
    "settled": lambda: client().wait_until_settled(DescribeEndpointRequest(endpoint_name="a")),
    "many": lambda: client().wait_until_endpoints_in_service(["a"]),
    "watch": lambda: anext(client().watch_endpoint(endpoint_name="a")),
    "stream": lambda: runtime().invoke_endpoint_with_response_stream(endpoint_name="a", body=b"").__aenter__(),
    "token": lambda: runtime().bearer_token(),
    "bulk": lambda: anext(runtime().invoke_many("a", [b"1"])),
    "deploying": lambda: anext(deploying(client(), spec())),
}


@pytest.mark.parametrize("call", CALLS)
def test_trios(call: str) -> None:
    """Under trio every kind of call says whose loop is needed, and what to do there."""

    async def main() -> None:
        await CALLS[call]()

    with pytest.raises(RuntimeError, match=r"on asyncio's event loop.*asyncio\.run\(main\(\)\).*trio\.to_thread"):
        trio.run(main)


def test_what_the_message_says_works() -> None:
    """Run in a thread of trio's, as the message says, asyncio's loop is there."""

    async def main() -> bool:
        return running_loop().is_running()

    async def under_trio() -> bool:
        return await trio.to_thread.run_sync(lambda: asyncio.run(main()))

    assert trio.run(under_trio)
