"""What is there of an endpoint, as hosting reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.hosting.companions import Companions
from aiosagemaker.hosting.observed import Reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.fixture
def observe() -> Callable[..., Awaitable[Any]]:
    """Reads an endpoint."""

    async def read(client: Any, name: str = "churn", **members: Any) -> Any:
        async with Companions(client) as companions:
            return await Reader(companions, name).observe(**members)

    return read
