"""Invocations: from the runtime's request to a model server and back."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from ..sagemaker_runtime import (
    InvokeEndpointAsyncResponse,
    InvokeEndpointResponse,
    InvokeEndpointWithResponseStreamResponse,
)
from ..sagemaker_runtime.errors import ModelStreamError
from ._async_inference import AsyncCall
from ._instances import ModelRequest, ModelUnreachable
from ._model_calls import ModelCalls, timed_out
from ._routing import Router
from ._runtime_refusals import refused, too_large

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ._model_calls import Answer
    from ._routing import Target
    from ._world import World

ANSWER_SECONDS = 60
"""What a model has to answer: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""
STREAM_SECONDS = 480
"""What a model has to answer in a stream (API_runtime_InvokeEndpointWithResponseStream)."""


class Runtime:
    """The data plane."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pace = world.pace
        self.router = Router(world)
        self.calls = ModelCalls(world, self.router)

    async def invoke_endpoint(self, request: Any) -> InvokeEndpointResponse:
        """The model's whole answer. Raises ModelError for anything but a success."""
        target = self.router.route(request)
        _check_size(target, request)
        answer = await self.calls.ask(target, _asked(request), ANSWER_SECONDS)
        body = await self.calls.read(answer, ANSWER_SECONDS)
        return InvokeEndpointResponse(
            body=body,
            new_session_id=answer.response.new_session_id,
            closed_session_id=answer.response.closed_session_id,
            **_said(answer),
        )

    async def invoke_endpoint_with_response_stream(
        self, request: Any
    ) -> tuple[InvokeEndpointWithResponseStreamResponse, Pieces]:
        """What the answer's headers say, and the pieces of its body, which must be closed.

        Iterating raises ModelStreamError for an answer that breaks.
        """
        target = self.router.route(request)
        _check_size(target, request)
        answer = await self.calls.ask(target, _asked(request), STREAM_SECONDS)
        pieces = Pieces(answer, self._pace.limit(STREAM_SECONDS))
        return InvokeEndpointWithResponseStreamResponse(**_said(answer)), pieces

    async def invoke_endpoint_async(self, request: Any) -> InvokeEndpointAsyncResponse:
        """Where the answer will be."""
        endpoint = self.router.endpoint(request.endpoint_name)
        config = endpoint.fleet.config.async_inference_config if endpoint.fleet else None
        if config is None:
            raise refused(f"Endpoint {request.endpoint_name} is not an asynchronous endpoint.")
        call = AsyncCall.of(request, config, self._pace.now(), str(uuid.uuid4()))
        self._world.begin(call.carry_out(self.calls, self.router, self._world))
        return InvokeEndpointAsyncResponse(
            inference_id=call.inference_id, output_location=call.output, failure_location=call.failure
        )


class Pieces:
    """The pieces of an answer's body, as they come. They must be closed, whether they were read or not."""

    def __init__(self, answer: Answer, limit: float) -> None:
        self._answer = answer
        self._limit = limit

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        try:
            async with asyncio.timeout(self._limit), aclosing(self._answer.response.chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk
        except TimeoutError as error:
            raise _broken("ModelInvocationTimeExceeded", timed_out()) from error
        except ModelUnreachable as error:
            raise _broken("StreamBroken", str(error)) from error

    def close(self) -> None:
        """The call has ended."""
        self._answer.close()


def _check_size(target: Target, request: Any) -> None:
    if target.longest is not None and len(request.body) > target.longest:
        raise too_large(target.longest)


def _asked(request: Any) -> ModelRequest:
    return ModelRequest(
        body=request.body,
        content_type=request.content_type,
        accept=request.accept,
        custom_attributes=request.custom_attributes,
        inference_id=request.inference_id,
        session_id=request.session_id,
        target_model=getattr(request, "target_model", None),
        target_container=request.target_container_hostname,
    )


def _said(answer: Answer) -> dict[str, Any]:
    return {
        "content_type": answer.response.content_type,
        "invoked_production_variant": answer.target.variant_name,
        "custom_attributes": answer.response.custom_attributes,
    }


def _broken(code: str, message: str) -> ModelStreamError:
    failure = ModelStreamError(message, code="ModelStreamError")
    failure.error_code = code
    return failure
