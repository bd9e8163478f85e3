"""A local service with a container that chats, and tokens for its OpenAI-compatible route."""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

from aiosagemaker import Credentials
from aiosagemaker.local import LocalSageMaker, ModelRequest, ModelResponse
from aiosagemaker.sagemaker import ContainerDefinition, ProductionVariant
from aiosagemaker.sagemaker_runtime.bearer import make_token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

QUESTION = {"messages": [{"role": "user", "content": "hello"}], "stream": True}


async def container(request: ModelRequest) -> ModelResponse:
    """A container that streams events, or refuses, and says where it was asked."""
    if request.body == b"bad":
        return ModelResponse(b'{"error": {"message": "no messages"}}', "application/json", 422)

    async def events() -> AsyncIterator[bytes]:
        yield f"data: {json.dumps({'path': request.path, 'asked': json.loads(request.body)})}\n\n".encode()
        yield b"data: [DONE]\n\n"

    return ModelResponse(events(), "text/event-stream")


class Service:
    """The service, asked over HTTP."""

    def __init__(self, local: LocalSageMaker, session: aiohttp.ClientSession) -> None:
        self.local = local
        self.session = session

    def token(
        self, *, expires: int = 3600, age: float = 0, region: str = "us-east-1", secret: str | None = None
    ) -> str:
        keys = self.local.credentials
        given = Credentials(keys.access_key, secret or keys.secret_key)
        return make_token(given, region, expires=expires, time=time.time() - age)

    async def ask(self, token: str | None, path: str = "chat/completions", body: bytes | None = None) -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        url = f"{self.local.endpoint_url}/endpoints/e/openai/v1/{path}"
        async with self.session.post(url, data=body or json.dumps(QUESTION).encode(), headers=headers) as answer:
            return answer.status, answer.content_type, await answer.text()


@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    async with (
        LocalSageMaker(images={"i": container}, settle=True) as local,
        local.client() as sm,
        aiohttp.ClientSession() as session,
    ):
        await sm.create_model(model_name="m", primary_container=ContainerDefinition(image="i"))
        variant = ProductionVariant(
            variant_name="v", model_name="m", initial_instance_count=1, instance_type="ml.m5.large"
        )
        await sm.create_endpoint_config(endpoint_config_name="c", production_variants=[variant])
        await sm.create_endpoint(endpoint_name="e", endpoint_config_name="c")
        yield Service(local, session)
