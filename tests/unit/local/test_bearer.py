"""The tokens of the OpenAI-compatible route."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

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


@pytest.fixture
async def service() -> AsyncIterator[Service]:
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


async def test_tokens(service: Service) -> None:
    """A token that is missing, another's, of another region, past its time or damaged is refused, and nothing asked."""
    good = service.token()
    for token in (
        None,
        "sk-something",
        "sagemaker-api-key-",
        "sagemaker-api-key-!!",
        service.token(secret="wrong"),
        service.token(region="eu-west-1"),
        service.token(expires=60, age=61),
        service.token(age=-3600),
        good[:-8] + "AAAA" + good[-4:],
    ):
        status, kind, text = await service.ask(token)
        assert (status, kind) == (403, "application/json"), token
        assert "message" in json.loads(text)["error"]


async def test_any_credentials() -> None:
    """Where any credentials will do, any token of the form will."""
    async with LocalSageMaker(accept_any_credentials=True) as local, aiohttp.ClientSession() as session:
        service = Service(local, session)
        assert (await service.ask(service.token(secret="other")))[0] == 400
        assert (await service.ask("sk-something"))[0] == 403
