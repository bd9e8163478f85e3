"""Runtime clients of the scripted server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiosagemaker import Credentials, SageMakerRuntimeClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@pytest_asyncio.fixture
async def make_runtime(server: Any, clock: Any) -> AsyncIterator[Callable[..., SageMakerRuntimeClient]]:
    """Runtime clients of the scripted server, closed at the end; keywords are Config's fields."""
    made: list[SageMakerRuntimeClient] = []

    def make(**overrides: Any) -> SageMakerRuntimeClient:
        settings: dict[str, Any] = {
            "region": "us-east-1",
            "endpoint_url": server.url,
            "credentials": Credentials("AKIDEXAMPLE", "secret"),
            "clock": clock,
            **overrides,
        }
        made.append(SageMakerRuntimeClient(**settings))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def runtime(make_runtime: Callable[..., SageMakerRuntimeClient]) -> SageMakerRuntimeClient:
    """A runtime client of the scripted server."""
    return make_runtime()
