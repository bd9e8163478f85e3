"""Chats through a gateway, over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from aiosagemaker import Credentials, SageMakerGatewayRuntimeClient
from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.sagemaker_gateway_runtime import ChatCompletion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MESSAGES = [{"role": "user", "content": "hello"}]


@pytest_asyncio.fixture
async def gateway(server: Any, clock: Any) -> AsyncIterator[SageMakerGatewayRuntimeClient]:
    """A client of the scripted server."""
    async with SageMakerGatewayRuntimeClient(
        region="us-east-1", endpoint_url=server.url, credentials=Credentials("AKIDEXAMPLE", "secret"), clock=clock
    ) as client:
        yield client


def stream(server: Any, *parts: bytes) -> None:
    """Let the server answer with a response stream."""
    told = {":message-type": "event", ":event-type": "PayloadPart"}
    frames = b"".join(encode_message(told, part) for part in parts)
    server.answer(frames, headers={"Content-Type": "application/vnd.amazon.eventstream"})


async def test_streamed(gateway: SageMakerGatewayRuntimeClient, server: Any) -> None:
    """A chat streams through the gateway's operation, its deltas as from an endpoint."""
    chunk = {"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": "stop"}]}
    stream(server, f"data: {json.dumps(chunk)}\n\n".encode(), b"data: [DONE]\n\n")
    answer = gateway.chat("g-0123456789", MESSAGES, customer_identity_token="t", temperature=0)
    assert [delta.text async for delta in answer] == ["hi"]
    (received,) = server.received
    assert received.path == "/global-inference-gateway/g-0123456789/invocations-response-stream"
    assert received.headers["X-Amzn-SageMaker-Customer-Identity-Token"] == "t"
    assert received.json == {"messages": MESSAGES, "stream": True, "temperature": 0}


async def test_whole(gateway: SageMakerGatewayRuntimeClient, server: Any) -> None:
    """Without streaming it is one answer."""
    server.answer({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})
    completion = await gateway.chat("g-0123456789", MESSAGES, stream=False)
    assert isinstance(completion, ChatCompletion)
    assert completion.text == "hi"
    assert server.received[0].path == "/global-inference-gateway/g-0123456789/invocations"


async def test_events(gateway: SageMakerGatewayRuntimeClient, server: Any) -> None:
    """The gateway's response stream gives server-sent events, as an endpoint's does."""
    stream(server, b"data: one\n", b"\ndata: two\n\n")
    call = gateway.invoke_global_inference_gateway_with_response_stream(
        gateway_id="g-0123456789", content_type="application/json", body=b"{}"
    )
    async with call as answer:
        assert [event.data async for event in answer.events()] == ["one", "two"]
