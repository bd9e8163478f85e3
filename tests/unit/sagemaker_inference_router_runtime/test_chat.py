"""Chats through an inference router, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiosagemaker import Credentials, SageMakerInferenceRouterRuntimeClient
from aiosagemaker.errors import ChatError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MESSAGES = [{"role": "user", "content": "hello"}]


@pytest_asyncio.fixture
async def router(server: Any, clock: Any) -> AsyncIterator[SageMakerInferenceRouterRuntimeClient]:
    """A client of the scripted server."""
    async with SageMakerInferenceRouterRuntimeClient(
        region="us-east-1", endpoint_url=server.url, credentials=Credentials("AKIDEXAMPLE", "secret"), clock=clock
    ) as client:
        yield client


async def test_whole(router: SageMakerInferenceRouterRuntimeClient, server: Any) -> None:
    """A chat is one call of the router's operation, and one answer."""
    server.answer({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})
    completion = await router.chat("my-router", MESSAGES, routing_target_name="target", max_tokens=5)
    assert completion.text == "hi"
    (received,) = server.received
    assert received.path == "/inference-routers/my-router/invocations"
    assert received.headers["X-Amzn-SageMaker-Routing-Target-Name"] == "target"
    assert received.json == {"messages": MESSAGES, "stream": False, "max_tokens": 5}


async def test_an_error_with_status_200(router: SageMakerInferenceRouterRuntimeClient, server: Any) -> None:
    """An error object in a good answer is an error."""
    server.answer({"error": {"message": "too long"}})
    with pytest.raises(ChatError, match="too long"):
        await router.chat("my-router", MESSAGES, routing_target_name="target")
