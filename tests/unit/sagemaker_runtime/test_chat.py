"""Chats through a client, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiosagemaker import Credentials, RetryConfig, SageMakerRuntimeClient
from aiosagemaker._protocols.event_stream import encode_message
from aiosagemaker.errors import (
    ArgumentError,
    ChatError,
    ChatIncompleteError,
    ModelError,
    ModelStreamError,
    ParamValidationError,
)
from aiosagemaker.sagemaker_runtime import ChatCompletion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

MESSAGES = [{"role": "user", "content": "hello"}]
USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}


def chunk(text: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of OpenAI's form."""
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}], **more}


def sse(*values: Any) -> bytes:
    """A whole stream of server-sent events."""
    return b"".join(f"data: {json.dumps(value)}\n\n".encode() for value in values) + b"data: [DONE]\n\n"


def events(*parts: bytes, error: str = "") -> bytes:
    """The frames of a response stream."""
    told = {":message-type": "event", ":event-type": "PayloadPart"}
    frames = [encode_message(told, part) for part in parts]
    if error:
        failed = {":message-type": "exception", ":exception-type": "ModelStreamError"}
        frames.append(encode_message(failed, json.dumps({"Message": error}).encode()))
    return b"".join(frames)


WHOLE = sse(chunk("good "), chunk("day", "stop"), {"choices": [], "usage": USAGE})


@pytest_asyncio.fixture
async def runtime(server: Any, clock: Any) -> AsyncIterator[SageMakerRuntimeClient]:
    """A client of the scripted server."""
    async with SageMakerRuntimeClient(
        region="us-east-1",
        endpoint_url=server.url,
        credentials=Credentials("AKIDEXAMPLE", "secret"),
        clock=clock,
        retry=RetryConfig(max_attempts=1),
    ) as client:
        yield client


def streams(server: Any, *parts: bytes, error: str = "") -> None:
    """Let the server answer with a response stream."""
    server.answer(events(*parts, error=error), headers={"Content-Type": "application/vnd.amazon.eventstream"})


async def test_deltas(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The deltas come in their order, and the answer that they make stands beside them."""
    streams(server, WHOLE[:20], WHOLE[20:])
    async with runtime.chat("e", MESSAGES) as answer:
        texts = [delta.text async for delta in answer]
    assert texts == ["good ", "day", ""]
    assert answer.completion.text == "good day"
    assert answer.completion.finish_reason == "stop"
    assert answer.completion.usage is not None
    assert answer.completion.usage.total_tokens == 10


async def test_what_is_sent(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The request has the messages and every parameter, and the invocation's options are its headers."""
    streams(server, WHOLE)
    answer = runtime.chat(
        "e",
        MESSAGES,
        usage=True,
        inference_component_name="c",
        session_id="s-1",
        custom_attributes="a=b",
        temperature=0.5,
        tools=[{"type": "function"}],
    )
    await answer.collect()
    (received,) = server.received
    assert received.path == "/endpoints/e/invocations-response-stream"
    assert received.json == {
        "messages": MESSAGES,
        "stream": True,
        "temperature": 0.5,
        "tools": [{"type": "function"}],
        "stream_options": {"include_usage": True},
    }
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["X-Amzn-SageMaker-Inference-Component"] == "c"
    assert received.headers["X-Amzn-SageMaker-Session-Id"] == "s-1"
    assert received.headers["X-Amzn-SageMaker-Custom-Attributes"] == "a=b"


async def test_without_a_block(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Iterating is enough: the request is sent by the first step, and the connection is free after the last."""
    for _ in range(2):
        streams(server, WHOLE)
        assert "".join([delta.text async for delta in runtime.chat("e", MESSAGES)]) == "good day"


async def test_whole(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Without streaming it is one call, and one answer."""
    message = {"choices": [{"index": 0, "message": {"content": "good day"}, "finish_reason": "stop"}], "usage": USAGE}
    server.answer(message)
    completion = await runtime.chat("e", MESSAGES, stream=False, max_tokens=5)
    assert isinstance(completion, ChatCompletion)
    assert (completion.text, completion.finish_reason) == ("good day", "stop")
    (received,) = server.received
    assert received.path == "/endpoints/e/invocations"
    assert received.json == {"messages": MESSAGES, "stream": False, "max_tokens": 5}


async def test_time_to_the_first_token(runtime: SageMakerRuntimeClient, server: Any, clock: Any) -> None:
    """The time to the first token is that of the first piece that says something."""

    async def slowly(received: Any) -> web.StreamResponse:
        from aiohttp import web

        clock.now += 1.5
        return web.Response(
            body=events(sse(chunk(""), chunk("a", "stop"))),
            headers={"Content-Type": "application/vnd.amazon.eventstream"},
        )

    server.handle(slowly)
    answer = runtime.chat("e", MESSAGES)
    assert answer.time_to_first_token is None
    await answer.collect()
    assert answer.time_to_first_token == 1.5


async def test_an_error_in_the_middle(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The service's error in the middle of a stream is its own class, and holds what came."""
    streams(server, b'data: {"choices": [{"delta": {"content": "half"}}]}\n\n', error="out of memory")
    with pytest.raises(ModelStreamError, match="out of memory") as caught:
        await runtime.chat("e", MESSAGES).collect()
    assert caught.value.partial.text == "half"


async def test_a_stream_without_its_end(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A stream that ends before the answer is an error that holds what came."""
    streams(server, b'data: {"choices": [{"delta": {"content": "half"}}]}\n\n')
    answer = runtime.chat("e", MESSAGES)
    assert (await anext(answer)).text == "half"
    with pytest.raises(ChatIncompleteError) as caught:
        await anext(answer)
    assert caught.value.partial.text == "half"


async def test_an_error_with_status_200(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """An error object in a good answer is an error, streamed or not."""
    failure = {"error": {"message": "too long", "code": 400}}
    streams(server, sse(failure))
    with pytest.raises(ChatError, match="too long") as caught:
        await runtime.chat("e", MESSAGES).collect()
    assert caught.value.error == failure
    server.answer(failure)
    with pytest.raises(ChatError, match="too long"):
        await runtime.chat("e", MESSAGES, stream=False)


async def test_a_refusal(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A refusal of the call itself is raised before any delta, by its class."""
    server.refuse("ModelError", "the model is gone", 424)
    with pytest.raises(ModelError, match="the model is gone") as caught:
        await anext(runtime.chat("e", MESSAGES))
    assert caught.value.partial is None


async def test_usage_that_does_not_come(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Who asks for the tokens used gets them, or an error."""
    streams(server, sse(chunk("a", "stop")))
    with pytest.raises(ChatIncompleteError, match="tokens"):
        await runtime.chat("e", MESSAGES, usage=True).collect()


async def test_openai_route(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Over the OpenAI route the same deltas come, from the endpoint's path, with a token in place of a signature."""
    server.answer(WHOLE, headers={"Content-Type": "text/event-stream"})
    completion = await runtime.chat("e", MESSAGES, route="openai", inference_component_name="c", model="").collect()
    assert completion.text == "good day"
    (received,) = server.received
    assert received.path == "/endpoints/e/inference-components/c/openai/v1/chat/completions"
    assert received.headers["Authorization"].startswith("Bearer sagemaker-api-key-")
    assert "X-Amz-Date" not in received.headers
    assert received.json == {"messages": MESSAGES, "stream": True, "model": ""}
    server.answer(WHOLE, headers={"Content-Type": "text/event-stream"})
    await runtime.chat("e", MESSAGES, route="openai").collect()
    assert server.received[1].path == "/endpoints/e/openai/v1/chat/completions"


async def test_what_the_openai_route_does_not_take(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """An option that the route has no place for is refused, as is a route that there is not."""
    with pytest.raises(ArgumentError, match="session_id"):
        runtime.chat("e", MESSAGES, route="openai", session_id="s")
    wrong: Any = "http"
    with pytest.raises(ArgumentError, match="route"):
        runtime.chat("e", MESSAGES, route=wrong)
    assert server.received == []


async def test_what_json_cannot_say(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Messages without a form in JSON are refused before anything is sent, and not shown."""
    with pytest.raises(ParamValidationError) as caught:
        runtime.chat("e", [{"role": "user", "content": b"secret"}])
    assert "secret" not in str(caught.value)
    assert server.received == []


async def test_leaving_early(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Leaving the block before the end closes the stream, and the client serves the next call."""
    streams(server, sse(*(chunk("x") for _ in range(50))))
    async with runtime.chat("e", MESSAGES) as answer:
        await anext(answer)
    streams(server, WHOLE)
    assert (await runtime.chat("e", MESSAGES).collect()).text == "good day"


async def test_entered_once(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A chat is sent once: entering it again says so."""
    streams(server, WHOLE)
    answer = runtime.chat("e", MESSAGES)
    await answer.collect()
    with pytest.raises(ArgumentError, match="once"):
        await answer.__aenter__()


async def test_many_at_once(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """Chats of one client go on at the same time."""
    for _ in range(10):
        streams(server, WHOLE)
    answers = await asyncio.gather(*(runtime.chat("e", MESSAGES).collect() for _ in range(10)))
    assert {answer.text for answer in answers} == {"good day"}
