"""The tokens of the OpenAI-compatible route."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aiohttp
import pytest
from tests.unit.local.openai_service import Service, serving

from aiosagemaker.local import LocalSageMaker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A service whose endpoint e chats."""
    async with serving() as made:
        yield made


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
