"""Answers are put together from their parts, whatever these are."""

from __future__ import annotations

import gzip
import os
from typing import Any

import pytest
from yarl import URL

from aiosagemaker._http.answer import _Content
from aiosagemaker._http.contract import TransportRequest
from aiosagemaker._http.transport import Transport
from aiosagemaker.config import HttpConfig, TimeoutConfig

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("part", "count"), [(1, 1), (10, 1000), (10, 1001), (1, 5000), (MB, 4), (MB, 5), (4 * MB + 1, 1), (300_000, 20)]
)
def test_parts(part: int, count: int) -> None:
    """The content is that of its parts in their order, few or many, small or large."""
    parts = [os.urandom(part) for _ in range(count)]
    content = _Content(None)
    for each in parts:
        content.add(each)
    assert content.size == part * count
    assert content.join() == b"".join(parts)
    assert content.join() == b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, MB, 4 * MB, 4 * MB + 1, 9 * MB])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_bodies(server: Any, size: int, coding: str) -> None:
    """A body of any size arrives as it was, with a content coding or without."""
    body = os.urandom(size // 2) + bytes(size - size // 2)
    server.answer(gzip.compress(body, 1) if coding == "gzip" else body, headers={"Content-Encoding": coding})
    transport = Transport(HttpConfig(max_response_size=10 * MB))
    try:
        answer = await transport.send(TransportRequest("POST", URL(server.url), {}, b"", TimeoutConfig(), dict))
    finally:
        await transport.close()
    assert answer.body == body
