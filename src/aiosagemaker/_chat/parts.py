"""A chat's request as bytes, and its answer's bytes, over an operation of a service."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from .._errors import REDACTED, ParamValidationError, Violation
from .._shapes.json_text import dumps
from .._streams import EventStream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping

    from .._session import Session
    from .._shapes.structure import Request


def chat_body(
    messages: Iterable[Mapping[str, Any]], *, stream: bool, usage: bool, parameters: Mapping[str, Any]
) -> bytes:
    """The request's body, in OpenAI's form; `usage` asks a stream for the tokens used.

    Raises:
        ParamValidationError: what is to be sent has no form in JSON.
    """
    body: dict[str, Any] = {"messages": list(messages), "stream": stream, **parameters}
    if stream and usage:
        body["stream_options"] = {**parameters.get("stream_options", {}), "include_usage": True}
    try:
        return dumps(body).encode()
    except (RecursionError, TypeError, ValueError) as error:
        expected = f"expected what JSON can say ({error})"
        raise ParamValidationError("chat", [Violation("messages", "type", REDACTED, expected)]) from None


@asynccontextmanager
async def streamed_parts(
    session: Session, operation: str, request: Request[Any]
) -> AsyncGenerator[AsyncIterator[bytes]]:
    """The payloads of an operation's response stream."""
    async with EventStream[Any, Any](session, operation, request) as stream:
        yield (part.bytes or b"" async for part in stream)


@asynccontextmanager
async def whole(session: Session, operation: str, request: Request[Any]) -> AsyncGenerator[AsyncIterator[bytes]]:
    """The body of an operation's answer, as one part."""
    response: Any = await session.invoke(operation, request)
    yield _once(response.body or b"")


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
