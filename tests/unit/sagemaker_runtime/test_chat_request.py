"""What a chat sends over either route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.errors import ArgumentError
from aiosagemaker.sagemaker_runtime.chat_request import chat_parts

if TYPE_CHECKING:
    from aiosagemaker import SageMakerRuntimeClient


async def body_of(client: SageMakerRuntimeClient, route: str, *, stream: bool = False, **options: Any) -> bytes:
    parts = chat_parts(client, client._session, route, "e", b"{}", options, stream=stream)
    async with parts as answer:
        return b"".join([part async for part in answer])


async def test_whole(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A chat that does not stream is InvokeEndpoint, with the options as its members."""
    server.answer(b"whole")
    assert await body_of(runtime, "invocations", target_variant="blue") == b"whole"
    (received,) = server.received
    assert (received.path, received.body) == ("/endpoints/e/invocations", b"{}")
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["X-Amzn-SageMaker-Target-Variant"] == "blue"


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, "/endpoints/e/openai/v1/chat/completions"),
        (
            {"inference_component_name": "a/b"},
            "/endpoints/e/inference-components/a%2Fb/openai/v1/chat/completions",
        ),
    ],
)
async def test_openai(options: dict[str, str], path: str, runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Over the OpenAI route the body goes to the endpoint's or the component's path, with a token for a signature."""
    server.answer(b"data: [DONE]\n\n")
    assert await body_of(runtime, "openai", stream=True, **options) == b"data: [DONE]\n\n"
    (received,) = server.received
    assert (received.path, received.body) == (path, b"{}")
    assert received.headers["Authorization"].startswith("Bearer ")
    assert not {"X-Amz-Date", "X-Amz-Content-SHA256"} & set(received.headers)


@pytest.mark.parametrize(("route", "words"), [("openai", "takes no session_id"), ("http", "invocations or openai")])
async def test_refused(route: str, words: str, runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A route that there is not, and an option that a route has no place for, are refused before anything is sent."""
    with pytest.raises(ArgumentError, match=words):
        await body_of(runtime, route, session_id="s")
    assert server.received == []
