"""A service in a thread of its own."""

from __future__ import annotations

import threading

import pytest

from aiosagemaker.errors import NotFound
from aiosagemaker.local import LocalSageMaker, LocalServiceError


async def test_thread() -> None:
    """As a plain context manager it serves from a thread, to any event loop and to none; its errors come out."""
    with LocalSageMaker() as local:
        async with local.client() as client:
            assert (await client.list_models()).models == ()
        with pytest.raises(NotFound):
            local.start_maintenance("e")
        port = int(local.endpoint_url.rpartition(":")[2])
        with pytest.raises(LocalServiceError, match="is taken"), LocalSageMaker(port=port):
            pass
    assert not [thread for thread in threading.enumerate() if thread.name == "LocalSageMaker"]
