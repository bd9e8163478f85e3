"""One HTTP request to one answer: authenticate, decode, check, do, encode."""

from __future__ import annotations

import logging
import uuid
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .._shapes.maps import Headers
from ..errors import InternalFailure, ParamValidationError, ServiceError
from ..sagemaker.models import NAMESPACE as CONTROL
from ..sagemaker_runtime.errors import ValidationError
from ..sagemaker_runtime.models import NAMESPACE as RUNTIME
from . import _refusals as refusals
from ._protocol import AwsJsonServer, ReceivedRequest, RestJsonServer
from ._runtime import Runtime
from ._signatures import verify

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from .._credentials.credentials import Credentials
    from .._protocols.message import HttpResponse
    from .._shapes.operation import Operation
    from ._operations import Operations
    from .faults import Faults

_logger = logging.getLogger("aiosagemaker.local")


class Handler:
    """What the server does with a request, whichever protocol it is in."""

    def __init__(self, operations: Operations, faults: Faults, credentials: Credentials) -> None:
        self._operations = operations
        self._runtime = Runtime(operations)
        self._faults = faults
        self._credentials = credentials
        self._control = AwsJsonServer(CONTROL)
        self._data = RestJsonServer(RUNTIME)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer, sent or to be sent. Whatever goes wrong is an answer too."""
        # Not `request.read()`, which refuses what is over its own limit; the model's limits are checked with the rest.
        body = await request.content.read()
        path, _, query = request.raw_path.partition("?")
        received = ReceivedRequest(request.method, path, query, Headers(request.headers.items()), body)
        protocol = self._control if "x-amz-target" in received.headers or path == "/" else self._data
        name = ""
        stream: AsyncGenerator[bytes, None] | None = None
        try:
            verify(
                received,
                credentials=self._credentials,
                region=self._operations.region,
                now=self._operations.pace.clock.time(),
                refusal_status=protocol.refusal_status,
            )
            operation = protocol.route(received)
            name = operation.name
            await self._faults.before(name)
            typed = protocol.decode(operation, received)
            answer, stream = await self._perform(operation, typed)
        except ParamValidationError as error:
            answer = protocol.encode_error(_refused(protocol.namespace.operation(name), error))
        except ServiceError as error:
            answer = protocol.encode_error(error)
        except Exception as error:  # a fault of the service is answered as one, and is in its log
            _logger.exception("%s failed", name or "a request")
            failure = InternalFailure(f"{type(error).__name__}: {error}", code="InternalFailure", http_status=500)
            answer = protocol.encode_error(failure)
        if name and self._faults.drops(name) and request.transport is not None:
            request.transport.abort()
        headers = {**answer.headers, "x-amzn-RequestId": str(uuid.uuid4())}
        if stream is None:
            return web.Response(status=answer.status, headers=headers, body=answer.body)
        return await self._stream(request, answer.status, headers, stream)

    async def _perform(
        self, operation: Operation, request: Any
    ) -> tuple[HttpResponse, AsyncGenerator[bytes, None] | None]:
        refusals.check_constraints(request)
        if operation.namespace is CONTROL:
            method = self._operations.offered(operation.row["method"])
            if method is None:
                raise refusals.not_offered(operation)
            return self._control.encode(operation, method(request)), None
        if operation.name == "InvokeEndpoint":
            return self._data.encode(operation, await self._runtime.invoke_endpoint(request)), None
        if operation.name == "InvokeEndpointWithResponseStream":
            response, pieces = await self._runtime.invoke_endpoint_with_response_stream(request)
            return self._data.encode(operation, response), pieces
        raise refusals.not_offered(operation)

    async def _stream(
        self, request: web.BaseRequest, status: int, headers: Mapping[str, str], pieces: AsyncGenerator[bytes, None]
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    await response.write(self._data.encode_event("PayloadPart", piece))
        except ServiceError as error:
            await response.write(self._data.encode_stream_error(error))
        await response.write_eof()
        return response


def _refused(operation: Operation, error: ParamValidationError) -> ServiceError:
    message = refusals.constraint_message(operation, error.violations)
    if operation.namespace is CONTROL:
        return refusals.invalid(message)
    refusal: ServiceError = ValidationError(message, code="ValidationError")
    return refusal
