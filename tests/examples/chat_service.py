"""A web service that passes a model's answer on to browsers as it comes: `uvicorn chat_service:app`."""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from aiosagemaker import SageMakerRuntimeClient
from aiosagemaker.errors import NotFound, SdkError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from aiosagemaker.sagemaker_runtime import ChatStream

ENDPOINT = os.environ.get("CHAT_ENDPOINT", "chat")


class Question(BaseModel):
    """What a browser asks."""

    text: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
    """One client for the whole service, as long as it runs."""
    async with SageMakerRuntimeClient() as runtime:
        app.state.runtime = runtime
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(NotFound)
async def not_deployed(request: Request, error: NotFound) -> JSONResponse:
    """Before the answer's head is sent, errors are statuses."""
    return JSONResponse({"error": "the model is not deployed"}, status_code=503)


@app.post("/chat")
async def chat(question: Question) -> StreamingResponse:
    """Server-sent events: pieces of text, then `done`, or `error`."""
    runtime: SageMakerRuntimeClient = app.state.runtime
    stream = runtime.chat(ENDPOINT, [{"role": "user", "content": question.text}], max_tokens=500)
    # Entered here, so that a refusal is a status; the answer's body closes it, also when the browser goes away.
    await stream.__aenter__()
    return StreamingResponse(events(stream), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def events(stream: ChatStream) -> AsyncIterator[str]:
    """The stream as events for a browser."""
    try:
        async for delta in stream:
            if delta.text:
                yield event("text", {"text": delta.text})
        yield event("done", {"finish_reason": stream.completion.finish_reason})
    except SdkError as error:  # the head has been sent: only an event can still tell it
        yield event("error", {"error": type(error).__name__, "had": error.partial.text if error.partial else ""})
    finally:
        await stream.__aexit__(None, None, None)


def event(name: str, data: Any) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
