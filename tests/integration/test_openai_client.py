"""OpenAI's own client, unchanged, against a container behind an endpoint."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiosagemaker.local import LocalSageMaker, ModelRequest, ModelResponse
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

openai = pytest.importorskip("openai")

MESSAGES: Any = [{"role": "user", "content": "count to three"}]


async def model(request: ModelRequest) -> ModelResponse:
    """A container that speaks as vLLM does: it streams where it is asked to."""
    asked = json.loads(request.body)

    def chunk(delta: dict[str, str], reason: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        body = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        return f"data: {json.dumps(body)}\n\n".encode()

    async def parts() -> AsyncIterator[bytes]:
        for word in ("one ", "two ", "three"):
            yield chunk({"content": word}, None)
        yield chunk({}, "stop")
        yield b"data: [DONE]\n\n"

    if asked.get("stream"):
        return ModelResponse(parts(), content_type="text/event-stream")
    message = {"role": "assistant", "content": "one two three"}
    body = {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }
    return ModelResponse(json.dumps(body).encode(), content_type="application/json")


@pytest_asyncio.fixture
async def local() -> AsyncIterator[LocalSageMaker]:
    """An endpoint `llm` in service."""
    async with LocalSageMaker(images={"llm": model}) as service, service.client() as client:
        await client.create_model(
            model_name="llm",
            execution_role_arn="arn:aws:iam::123456789012:role/r",
            primary_container=ContainerDefinition(image="llm"),
        )
        await client.create_endpoint_config(
            endpoint_config_name="llm",
            production_variants=[
                ProductionVariant(
                    variant_name="all", model_name="llm", instance_type="ml.m5.large", initial_instance_count=1
                )
            ],
        )
        await client.create_endpoint(endpoint_name="llm", endpoint_config_name="llm")
        await client.wait_until_endpoint_in_service(endpoint_name="llm")
        yield service


async def test_the_real_client(local: LocalSageMaker) -> None:
    """The package `openai` streams a chat from the container, with nothing but an address and a token of ours."""
    async with (
        local.runtime() as runtime,
        openai.AsyncOpenAI(base_url=runtime.openai_base_url("llm"), api_key=runtime.bearer_token) as client,
    ):
        stream = await client.chat.completions.create(model="", messages=MESSAGES, stream=True)
        assert [chunk.choices[0].delta.content async for chunk in stream] == ["one ", "two ", "three", None]
        whole = await client.chat.completions.create(model="", messages=MESSAGES)
        assert whole.choices[0].message.content == "one two three"


async def test_its_token_is_renewed_on_the_way(local: LocalSageMaker) -> None:
    """A client that outlives its token goes on with the next one: it asks for it at each request."""
    given: list[str] = []
    async with local.runtime() as runtime:

        async def key() -> str:
            given.append(await partial(runtime.bearer_token, expires=1)())
            return given[-1]

        async with openai.AsyncOpenAI(base_url=runtime.openai_base_url("llm"), api_key=key, max_retries=0) as client:
            for _ in range(2):
                stream = await client.chat.completions.create(model="", messages=MESSAGES, stream=True)
                assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "one two three"
                await asyncio.sleep(1.1)
    assert len(set(given)) == 2


async def test_a_wrong_token(local: LocalSageMaker) -> None:
    """A token that is none is refused as OpenAI's client expects it."""
    async with (
        local.runtime() as runtime,
        openai.AsyncOpenAI(base_url=runtime.openai_base_url("llm"), api_key="sagemaker-api-key-x") as client,
    ):
        with pytest.raises(openai.PermissionDeniedError):
            await client.chat.completions.create(model="", messages=MESSAGES)


@pytest.mark.parametrize("route", ["invocations", "openai"])
async def test_our_own_chat(local: LocalSageMaker, route: Any) -> None:
    """`runtime.chat` says the same over either route, streamed and whole."""
    async with local.runtime() as runtime:
        assert [delta.text async for delta in runtime.chat("llm", MESSAGES, route=route)][:3] == [
            "one ",
            "two ",
            "three",
        ]
        assert (await runtime.chat("llm", MESSAGES, route=route, stream=False)).text == "one two three"
