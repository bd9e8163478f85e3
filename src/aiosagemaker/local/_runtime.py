"""Invocations: from the runtime's request to a model server and back."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker_runtime import (
    InvokeEndpointAsyncResponse,
    InvokeEndpointResponse,
    InvokeEndpointWithResponseStreamResponse,
)
from ..sagemaker_runtime.errors import ModelError, ModelNotReadyException, ModelStreamError
from ._async_inference import AsyncCall
from ._capture import capture
from ._instances import ModelRequest, ModelUnreachable
from ._logs import endpoint_group
from ._multi_model import ModelNotLoaded
from ._routing import Router
from ._runtime_refusals import refused, too_large

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ._endpoints import Endpoint
    from ._instances import ModelResponse
    from ._pools import Lease
    from ._routing import Target
    from ._world import World

ANSWER_SECONDS = 60
"""What a model has to answer: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""
STREAM_SECONDS = 480
"""What a model has to answer in a stream (API_runtime_InvokeEndpointWithResponseStream)."""


@attrs.frozen
class Answer:
    """A model's answer under way. It must be closed: until then the model server is not stopped."""

    target: Target
    request: ModelRequest
    response: ModelResponse
    lease: Lease

    def close(self) -> None:
        """The call has ended."""
        self.lease.release()


class Runtime:
    """The data plane."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pace = world.pace
        self.router = Router(world)

    async def invoke_endpoint(self, request: Any) -> InvokeEndpointResponse:
        """The model's whole answer. Raises ModelError for anything but a success."""
        target = self.router.route(request)
        _check_size(target, request)
        answer = await self.ask(target, _asked(request), ANSWER_SECONDS)
        body = await self.read(answer, ANSWER_SECONDS)
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
        answer = await self.ask(target, _asked(request), STREAM_SECONDS)
        pieces = Pieces(answer, self._pace.limit(STREAM_SECONDS))
        return InvokeEndpointWithResponseStreamResponse(**_said(answer)), pieces

    async def invoke_endpoint_async(self, request: Any) -> InvokeEndpointAsyncResponse:
        """Where the answer will be."""
        endpoint = self.router.endpoint(request.endpoint_name)
        config = endpoint.fleet.config.async_inference_config if endpoint.fleet else None
        if config is None:
            raise refused(f"Endpoint {request.endpoint_name} is not an asynchronous endpoint.")
        call = AsyncCall.of(request, config, self._pace.now(), str(uuid.uuid4()))
        self._world.begin(call.carry_out(self, self.router, self._world))
        return InvokeEndpointAsyncResponse(
            inference_id=call.inference_id, output_location=call.output, failure_location=call.failure
        )

    async def read(self, answer: Answer, seconds: float) -> bytes:
        """An answer's whole body, which is captured where the endpoint says so. Closes the answer."""
        try:
            async with asyncio.timeout(self._pace.limit(seconds)):
                body = await answer.response.read()
        except (ModelUnreachable, TimeoutError) as error:
            raise self._model_error(answer.target.endpoint, 0, str(error) or timed_out(), "primary") from error
        finally:
            answer.close()
        self._capture(answer, body)
        return body

    def _capture(self, answer: Answer, body: bytes) -> None:
        target = answer.target
        config = target.endpoint.fleet.config.data_capture_config if target.endpoint.fleet else None
        if config is None or config.enable_capture is False:
            return
        if self._pace.clock.random() * 100 < config.initial_sampling_percentage:
            self._world.begin(
                capture(
                    config,
                    self._world,
                    endpoint=target.endpoint.name,
                    variant=target.variant_name,
                    request=answer.request,
                    answer=body,
                    answer_type=answer.response.content_type,
                )
            )

    async def ask(self, target: Target, asked: ModelRequest, seconds: float) -> Answer:
        """A model's answer, whose head says that it is a success. Raises ModelError for any other.

        From the choice of the target to here nothing was waited for, so that its copy cannot have been retired.
        """
        lease = target.pool.take(target.copy)
        for shadow in target.shadows:
            self._world.begin(self._mirror(shadow, asked))
        try:
            return Answer(target, asked, await self._answer(target, lease, asked, seconds), lease)
        except BaseException:
            lease.release()
            raise

    async def _answer(self, target: Target, lease: Lease, asked: ModelRequest, seconds: float) -> ModelResponse:
        try:
            async with asyncio.timeout(self._pace.limit(seconds)):
                response = await lease.ask(asked)
                if not 200 <= response.status < 300:
                    text = (await response.read()).decode(errors="replace")
                    raise self._model_error(target.endpoint, response.status, text, response.container)
        except TimeoutError as error:
            if target.multi_model and asked.target_model not in getattr(lease.copy.instance, "loaded", {}):
                raise ModelNotReadyException(
                    f"Model {asked.target_model} is not ready for inference: it is still downloading or loading.",
                    code="ModelNotReadyException",
                ) from error
            raise self._model_error(target.endpoint, 0, timed_out(), "primary") from error
        except ModelUnreachable as error:
            raise self._model_error(target.endpoint, 0, str(error), "primary") from error
        except ModelNotLoaded as error:
            raise refused(str(error)) from error
        self.router.remember(target, response)
        return response

    async def _mirror(self, shadow: Target, asked: ModelRequest) -> None:
        """Show a request to a shadow, whose answer nobody sees."""
        lease = shadow.pool.take(shadow.copy)
        try:
            await (await lease.ask(asked)).read()
        except (ModelUnreachable, ModelNotLoaded):
            return  # a shadow's failure is its own
        finally:
            lease.release()

    def _model_error(self, endpoint: Endpoint, status: int, message: str, container: str) -> ModelError:
        side = "client" if 400 <= status < 500 else "server"
        account, group = self._world.account, endpoint_group(endpoint.name)
        error = ModelError(
            f'Received {side} error ({status}) from {container} with message "{message}". See '
            f"https://{account.region}.console.aws.amazon.com/cloudwatch/home?region={account.region}"
            f"#logEventViewer:group={group} in account {account.number} for more information.",
            code="ModelError",
        )
        error.original_status_code = status
        error.original_message = message
        error.log_stream_arn = account.arn(f"log-group:{group}", "logs")
        return error


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


def timed_out() -> str:
    """The service's words for a model that took too long."""
    return "Your invocation timed out while waiting for a response from container primary."
