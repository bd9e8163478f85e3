"""Invocations: from the runtime's request to a model server and back."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import attrs

from ..sagemaker_runtime import InvokeEndpointResponse, InvokeEndpointWithResponseStreamResponse
from ..sagemaker_runtime.errors import ModelError, ModelStreamError, ValidationError
from ._endpoints import SERVING
from ._instances import ModelRequest, ModelUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ..errors import ServiceError
    from ._endpoints import Endpoint
    from ._fleets import Fleet, Variant
    from ._instances import ModelResponse
    from ._operations import Operations
    from ._pools import Lease

ANSWER_SECONDS = 60
"""What a model has to answer: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html"""
STREAM_SECONDS = 480
"""What a model has to answer in a stream (API_runtime_InvokeEndpointWithResponseStream)."""


@attrs.frozen
class Answer:
    """A model's answer under way. It must be closed: until then the model server is not stopped."""

    endpoint: Endpoint
    variant: Variant
    response: ModelResponse
    lease: Lease

    def close(self) -> None:
        """The call has ended."""
        self.lease.release()


class Runtime:
    """The data plane."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._pace = operations.pace

    async def invoke_endpoint(self, request: Any) -> InvokeEndpointResponse:
        """The model's whole answer. Raises ModelError for anything but a success."""
        answer = await self._answer(request, ANSWER_SECONDS)
        try:
            async with asyncio.timeout(self._pace.limit(ANSWER_SECONDS)):
                body = await answer.response.read()
        except (ModelUnreachable, TimeoutError) as error:
            raise self._model_error(answer.endpoint, 0, str(error) or _TIMED_OUT) from error
        finally:
            answer.close()
        return InvokeEndpointResponse(body=body, **_said(answer))

    async def invoke_endpoint_with_response_stream(
        self, request: Any
    ) -> tuple[InvokeEndpointWithResponseStreamResponse, Pieces]:
        """What the answer's headers say, and the pieces of its body, which must be closed.

        Iterating raises ModelStreamError for an answer that breaks.
        """
        answer = await self._answer(request, STREAM_SECONDS)
        return InvokeEndpointWithResponseStreamResponse(**_said(answer)), Pieces(
            answer, self._pace.limit(STREAM_SECONDS)
        )

    async def _answer(self, request: Any, seconds: float) -> Answer:
        endpoint, fleet, variant = self._route(request)
        asked = ModelRequest(
            body=request.body,
            content_type=request.content_type,
            accept=request.accept,
            custom_attributes=request.custom_attributes,
        )
        for shadow in fleet.shadows:
            self._operations.begin(self._mirror(shadow, asked))
        copy = variant.pool.next()
        if copy is None:
            raise self._model_error(endpoint, 0, "no instance is in service")
        # From the choice to here nothing was waited for, so that the copy cannot have been retired in between.
        lease = copy.take()
        try:
            try:
                async with asyncio.timeout(self._pace.limit(seconds)):
                    response = await lease.ask(asked)
            except TimeoutError as error:
                raise self._model_error(endpoint, 0, _TIMED_OUT) from error
            except ModelUnreachable as error:
                raise self._model_error(endpoint, 0, str(error)) from error
            if not 200 <= response.status < 300:
                body = await response.read()
                raise self._model_error(endpoint, response.status, body.decode(errors="replace"))
        except BaseException:
            lease.release()
            raise
        return Answer(endpoint, variant, response, lease)

    def _route(self, request: Any) -> tuple[Endpoint, Fleet, Variant]:
        name = request.endpoint_name
        # "The name is case-insensitive in CreateEndpoint, but the case is preserved and must be matched".
        endpoint = next((item for item in self._operations.endpoints if item.name == name), None)
        if endpoint is None or endpoint.status not in SERVING:
            raise _invalid(f"Endpoint {name} of account {self._operations.account.number} not found.")
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
        copy = shadow.pool.next()
        if copy is None:
            return
        lease = copy.take()
        try:
            await (await lease.ask(asked)).read()
        except ModelUnreachable:
            return  # a shadow's failure is its own
        finally:
            lease.release()

    def _model_error(self, endpoint: Endpoint, status: int, message: str) -> ModelError:
        side = "client" if 400 <= status < 500 else "server"
        account = self._operations.account
        group = f"/aws/sagemaker/Endpoints/{endpoint.name}"
        error = ModelError(
            f'Received {side} error ({status}) from primary with message "{message}". See '
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
            raise _broken("ModelInvocationTimeExceeded", _TIMED_OUT) from error
        except ModelUnreachable as error:
            raise _broken("StreamBroken", str(error)) from error

    def close(self) -> None:
        """The call has ended."""
        self._answer.close()


def _said(answer: Answer) -> dict[str, Any]:
    return {
        "content_type": answer.response.content_type,
        "invoked_production_variant": answer.variant.name,
        "custom_attributes": answer.response.custom_attributes,
    }


def _broken(code: str, message: str) -> ModelStreamError:
    failure = ModelStreamError(message, code="ModelStreamError")
    failure.error_code = code
    return failure


_TIMED_OUT = "Your invocation timed out while waiting for a response from container primary."


def _invalid(message: str) -> ServiceError:
    error: ServiceError = ValidationError(message, code="ValidationError")
    return error
