"""The OpenAI-compatible route, and its tokens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.unit.local.openai_service import QUESTION, Service, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A service whose endpoint e chats."""
    async with serving() as made:
        yield made


async def test_stream(service: Service) -> None:
    """With a token of the service's credentials the container is asked at its own route, and its events pass as are."""
    status, kind, text = await service.ask(service.token())
    assert (status, kind) == (200, "text/event-stream")
    first, done, _ = text.split("\n\n")
    assert json.loads(first.removeprefix("data: ")) == {"path": "/v1/chat/completions", "asked": QUESTION}
    assert done == "data: [DONE]"


async def test_container_refuses(service: Service) -> None:
    """What the container refuses is passed on as it is."""
    status, _, text = await service.ask(service.token(), body=b"bad")
    assert (status, json.loads(text)) == (422, {"error": {"message": "no messages"}})


async def test_other_routes(service: Service) -> None:
    """Only chat completions are offered."""
    assert (await service.ask(service.token(), "models"))[0] == 404
