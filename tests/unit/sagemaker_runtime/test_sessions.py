"""Stateful sessions, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker.errors import ArgumentError, ModelError, ResponseParseError

if TYPE_CHECKING:
    from aiosagemaker import SageMakerRuntimeClient

OPENED = {"X-Amzn-SageMaker-New-Session-Id": "s-1; Expires=2030-01-02T03:04:05Z"}
CLOSED = {"X-Amzn-SageMaker-Closed-Session-Id": "s-1"}
ID = "X-Amzn-SageMaker-Session-Id"


async def test_a_session(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """It opens, every call has its id and not the text around it, and it closes."""
    server.answer(b"opened", headers=OPENED)
    server.answer(b"answer")
    server.answer(b"closed", headers=CLOSED)
    async with runtime.session("e", target_variant="blue") as session:
        assert session.id == "s-1"
        assert session.expires_at == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert (await session.invoke(b"question", accept="text/plain")).body == b"answer"
    assert session.closed
    assert [received.headers[ID] for received in server.received] == ["NEW_SESSION", "s-1", "s-1"]
    assert [received.body for received in server.received] == [
        b'{"requestType":"NEW_SESSION"}',
        b"question",
        b'{"requestType":"CLOSE"}',
    ]
    assert {received.headers["X-Amzn-SageMaker-Target-Variant"] for received in server.received} == {"blue"}
    assert server.received[1].headers["Accept"] == "text/plain"


async def test_its_id_elsewhere(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The id is what a chat takes as `session_id`."""
    server.answer(b"opened", headers=OPENED)
    server.answer({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})
    server.answer(b"closed", headers=CLOSED)
    async with runtime.session("e") as session:
        await runtime.chat("e", [], stream=False, session_id=session.id)
    assert server.received[1].headers[ID] == "s-1"


async def test_bodies_of_the_callers_own(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The container is told in its own words; a session that needs no closing is not closed."""
    server.answer(b"opened", headers=OPENED)
    async with runtime.session("e", opening=b"begin", closing=None, content_type="text/plain"):
        pass
    (received,) = server.received
    assert (received.body, received.headers["Content-Type"]) == (b"begin", "text/plain")


async def test_closed_by_the_model(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A session that the model has closed on the way is not closed again."""
    server.answer(b"opened", headers=OPENED)
    server.answer(b"bye", headers=CLOSED)
    async with runtime.session("e") as session:
        await session.invoke(b"bye")
        assert session.closed
    assert len(server.received) == 2


async def test_no_session(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A model that opens none is an error, and not a session without an id."""
    server.answer(b"what?")
    with pytest.raises(ResponseParseError, match="opened no session"):
        await runtime.session("e").__aenter__()


async def test_an_error_inside(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """What goes wrong inside is raised, though closing fails too, and says so."""
    server.answer(b"opened", headers=OPENED)
    server.refuse("ModelError", "gone", 424)
    with pytest.raises(KeyError) as caught:
        async with runtime.session("e"):
            raise KeyError("mine")
    assert any("could not be closed" in note for note in caught.value.__notes__)


async def test_a_failing_close(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A close that fails by itself is raised."""
    server.answer(b"opened", headers=OPENED)
    server.refuse("ModelError", "gone", 424)
    with pytest.raises(ModelError, match="gone"):
        async with runtime.session("e"):
            pass


async def test_outside_of_its_block(runtime: SageMakerRuntimeClient) -> None:
    """Before it is entered a session has no id."""
    with pytest.raises(ArgumentError, match="async with"):
        _ = runtime.session("e").id
