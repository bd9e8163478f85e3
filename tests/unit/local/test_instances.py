"""Handlers as model servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiosagemaker.local import ModelRequest, ModelResponse
from aiosagemaker.local._instances import HandlerInstance, StartFailed, instance_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def echo(request: ModelRequest) -> bytes:
    if request.body == b"raise":
        raise ValueError("no such feature")
    return request.body + request.environment["NAME"].encode()


def instance(handler: object, lines: list[str]) -> HandlerInstance:
    return HandlerInstance(handler, {"NAME": "n"}, instance_id(), lines.append)  # type: ignore[arg-type]  # any of them


async def test_handler() -> None:
    """A handler is asked with its environment, which a caller may add to; its error is a 500 and a line of the log."""
    lines: list[str] = []
    made = instance(echo, lines)
    await made.start(1)
    assert await made.ping()
    assert (await made.invoke(ModelRequest(body=b"x"))).body == b"xn"
    assert (await made.invoke_in(ModelRequest(body=b"x"), {"NAME": "m"})).body == b"xm"
    failed = await made.invoke(ModelRequest(body=b"raise"))
    assert (failed.status, failed.body) == (500, b"ValueError: no such feature")
    assert "no such feature" in lines[0]
    await made.stop(1)
    assert made.gone.is_set()


@pytest.mark.parametrize(("answers", "said"), [([False] * 1000, "not answered in time"), ([OSError("gone")], "gone")])
async def test_ping(answers: list[object], said: str) -> None:
    """A handler's ping that stays false, or raises, keeps it from starting."""

    async def handler(request: ModelRequest) -> bytes:
        return b""

    async def ping() -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    handler.ping = ping  # type: ignore[attr-defined]  # what makes it one that can fail
    with pytest.raises(StartFailed, match=said):
        await instance(handler, []).start(0.05)


def test_headers() -> None:
    """A server is sent what SageMaker sends a container, and nothing that was not given."""
    asked = ModelRequest(body=b"", content_type="text/csv", inference_id="i", session_id="s", target_model="m")
    assert asked.headers == {
        "Content-Type": "text/csv",
        "X-Amzn-SageMaker-Inference-Id": "i",
        "X-Amzn-SageMaker-Session-Id": "s",
        "X-Amzn-SageMaker-Target-Model": "m",
    }


async def test_pieces_are_closed() -> None:
    """An answer in pieces is read whole, and closed where it is left."""
    closed = []

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            closed.append(True)

    assert await ModelResponse(pieces()).read() == b"ab"
    chunks = ModelResponse(pieces()).chunks()
    await anext(chunks)
    await chunks.aclose()
    assert closed == [True, True]
