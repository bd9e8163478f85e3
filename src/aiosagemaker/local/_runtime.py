"""Invocations: from the runtime's request to a model server and back."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from ..sagemaker_runtime import InvokeEndpointResponse, InvokeEndpointWithResponseStreamResponse
from ..sagemaker_runtime.errors import ModelError, ModelStreamError, ValidationError
from ._fleets import SERVING
from ._instances import ModelRequest, ModelUnreachable, StartFailed
from ._refusals import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ..errors import ServiceError
    from ._fleets import Endpoint, Fleet, Variant
    from ._instances import Instance, ModelResponse
    from ._operations import Operations

ANSWER_SECONDS = 60
"""What a model has to answer: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""
STREAM_SECONDS = 480
"""What a model has to answer in a stream (API_runtime_InvokeEndpointWithResponseStream)."""


class Runtime:
    """The data plane."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._pace = operations.pace

    async def invoke_endpoint(self, request: Any) -> InvokeEndpointResponse:
        """The model's whole answer. Raises ModelError for anything but a success."""
        endpoint, variant, answer = await self._answer(request, ANSWER_SECONDS)
        try:
            async with asyncio.timeout(self._pace.limit(ANSWER_SECONDS)):
                body = b"".join([chunk async for chunk in answer.chunks()])
        except (ModelUnreachable, TimeoutError) as error:
            raise self._model_error(endpoint, 0, str(error) or _TIMED_OUT) from error
        return InvokeEndpointResponse(
            body=body,
            content_type=answer.content_type,
            invoked_production_variant=variant.name,
            custom_attributes=answer.custom_attributes,
        )

    async def invoke_endpoint_with_response_stream(
        self, request: Any
    ) -> tuple[InvokeEndpointWithResponseStreamResponse, AsyncGenerator[bytes, None]]:
        """What the answer's headers say, and the pieces of its body.

        Iterating raises ModelStreamError for an answer that breaks.
        """
        _, variant, answer = await self._answer(request, STREAM_SECONDS)
        response = InvokeEndpointWithResponseStreamResponse(
            content_type=answer.content_type,
            invoked_production_variant=variant.name,
            custom_attributes=answer.custom_attributes,
        )
        return response, self._pieces(answer)

    async def _pieces(self, answer: ModelResponse) -> AsyncGenerator[bytes, None]:
        try:
            async with asyncio.timeout(self._pace.limit(STREAM_SECONDS)), aclosing(answer.chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk
        except TimeoutError as error:
            failure = ModelStreamError(_TIMED_OUT, code="ModelStreamError")
            failure.error_code = "ModelInvocationTimeExceeded"
            raise failure from error
        except ModelUnreachable as error:
            failure = ModelStreamError(str(error), code="ModelStreamError")
            failure.error_code = "StreamBroken"
            raise failure from error

    async def _answer(self, request: Any, seconds: float) -> tuple[Endpoint, Variant, ModelResponse]:
        endpoint, fleet, variant = self._route(request)
        asked = ModelRequest(
            body=request.body,
            content_type=request.content_type,
            accept=request.accept,
            custom_attributes=request.custom_attributes,
        )
        for shadow in fleet.shadows:
            self._operations.begin(self._mirror(shadow, asked))
        instance = variant.next_instance()
        try:
            async with asyncio.timeout(self._pace.limit(seconds)):
                answer = await instance.invoke(asked)
        except TimeoutError as error:
            raise self._model_error(endpoint, 0, _TIMED_OUT) from error
        except ModelUnreachable as error:
            if instance in variant.instances:
                self._operations.begin(self._revive(variant, instance))
            raise self._model_error(endpoint, 0, str(error)) from error
        if not 200 <= answer.status < 300:
            body = b"".join([chunk async for chunk in answer.chunks()])
            raise self._model_error(endpoint, answer.status, body.decode(errors="replace"))
        return endpoint, variant, answer

    def _route(self, request: Any) -> tuple[Endpoint, Fleet, Variant]:
        name = request.endpoint_name
        # "The name is case-insensitive in CreateEndpoint, but the case is preserved and must be matched".
        endpoint = next((item for item in self._operations.endpoints if item.name == name), None)
        if endpoint is None or endpoint.status not in SERVING:
            raise _invalid(f"Endpoint {name} of account {ACCOUNT} not found.")
        if request.inference_component_name is not None:
            raise _invalid(f"Endpoint {name} has no inference components.")
        routed = endpoint.route(request.target_variant)
        if routed is None and request.target_variant is not None:
            raise _invalid(f"Variant {request.target_variant} of endpoint {name} not found.")
        if routed is None:
            raise self._model_error(endpoint, 0, "no instance is in service")
        return endpoint, *routed

    async def _mirror(self, shadow: Variant, asked: ModelRequest) -> None:
        """Show a request to a shadow, whose answer nobody sees."""
        if not shadow.instances:
            return
        try:
            async for _ in (await shadow.next_instance().invoke(asked)).chunks():
                continue
        except ModelUnreachable:
            return  # a shadow's failure is its own

    async def _revive(self, variant: Variant, instance: Instance) -> None:
        try:
            await self._operations.deployments.revive(variant, instance)
        except StartFailed:
            return  # the variant goes on without it, and says so by its CurrentInstanceCount

    def _model_error(self, endpoint: Endpoint, status: int, message: str) -> ModelError:
        side = "client" if 400 <= status < 500 else "server"
        error = ModelError(
            f'Received {side} error ({status}) from primary with message "{message}".', code="ModelError"
        )
        error.original_status_code = status
        error.original_message = message
        region = self._operations.region
        error.log_stream_arn = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/aws/sagemaker/Endpoints/{endpoint.name}"
        return error


_TIMED_OUT = "Your invocation timed out while waiting for a response from container primary."


def _invalid(message: str) -> ServiceError:
    error: ServiceError = ValidationError(message, code="ValidationError")
    return error
