"""What tests of several parts together share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from tests.integration.fault_server import FaultServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest_asyncio.fixture
async def faults() -> AsyncIterator[FaultServer]:
    """A fault server without a plan yet."""
    server = FaultServer()
    await server.start()
    yield server
    await server.stop()
