"""One HTTP request to one answer: admit, authenticate, decode, check, do, encode."""

from __future__ import annotations

import logging
import uuid
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import attrs
from aiohttp import web

from .._shapes.maps import Headers
from ..errors import InternalFailure, ParamValidationError, ServiceError
from ..sagemaker.models import NAMESPACE as CONTROL
from ..sagemaker_runtime.errors import ValidationError
from ..sagemaker_runtime.models import NAMESPACE as RUNTIME
from . import _refusals as refusals
from ._protocol import AwsJsonServer, ReceivedRequest, RestJsonServer
from ._runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from .._protocols.message import HttpResponse
    from .._shapes.operation import Operation
    from ._gate import Gate
    from ._operations import Operations
    from ._protocol import ServerProtocol
    from ._runtime import Pieces
    from ._signatures import Authority
    from .faults import Faults

_logger = logging.getLogger("aiosagemaker.local")

INVOCATION_BYTES = 25 * 1024 * 1024
"""What the body of an invocation may hold (service quotas, "Maximum payload size for endpoint invocation")."""
CONTROL_BYTES = 4 * 1024 * 1024
"""What a request of the control plane may hold. Ours, as AWS tells none: more than the longest valid one."""


@attrs.frozen(kw_only=True)
class Face:
    """One service as it is asked over HTTP."""

    protocol: ServerProtocol
    signing_name: str
    longest_body: int
    offers: Callable[[Operation], bool]
    perform: Callable[[Operation, Any], Awaitable[tuple[HttpResponse, Pieces | None]]]


class Handler:
    """What the server does with a request, whichever service it is for."""

    def __init__(self, operations: Operations, faults: Faults, authority: Authority, gate: Gate) -> None:
        self._operations = operations
        self._runtime = Runtime(operations)
        self._faults = faults
        self._authority = authority
        self._gate = gate
        self._json = AwsJsonServer(CONTROL)
        self._rest = RestJsonServer(RUNTIME)
        self._control = Face(
            protocol=self._json,
            signing_name="sagemaker",
            longest_body=CONTROL_BYTES,
            offers=lambda operation: operations.offered(operation.row["method"]) is not None,
            perform=self._operate,
        )
        self._data = Face(
            protocol=self._rest,
            signing_name="sagemaker",
            longest_body=INVOCATION_BYTES,
            offers=lambda operation: operation.row["method"] in vars(Runtime),
            perform=self._invoke,
        )

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer, sent or to be sent. Whatever goes wrong is an answer too."""
        forbidden = self._gate.refusal(request, page=False)
        if forbidden is not None:
            return _closing(403, forbidden)
        headers = Headers(request.headers.items())
        path, _, query = request.raw_path.partition("?")
        face = self._control if "x-amz-target" in headers or path == "/" else self._data
        protocol = face.protocol
        name = ""
        stream: Pieces | None = None
        try:
            claim = self._authority.claim(
                headers,
                signing_name=face.signing_name,
                now=self._operations.pace.clock.time(),
                status=protocol.refusal_status,
            )
            body = await _body(request, face.longest_body)
            if body is None:
                return _closing(413, "Request Entity Too Large")
            claim.verify(request.method, path, query, headers, body)
            received = ReceivedRequest(request.method, path, query, headers, body)
            operation = protocol.route(received)
            name = operation.name
            await self._faults.before(name)
            if not face.offers(operation):
                raise refusals.not_offered(operation, self._operations.account)
            typed = protocol.decode(operation, received)
            refusals.check_constraints(typed)
            answer, stream = await face.perform(operation, typed)
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
            if stream is not None:
                stream.close()
        sent = {**answer.headers, "x-amzn-RequestId": str(uuid.uuid4())}
        # A body that was not read is not waited for: what is refused by its head costs no more than its head.
        if not request.content.at_eof():
            sent["Connection"] = "close"
        if stream is None:
            return web.Response(status=answer.status, headers=sent, body=answer.body)
        return await self._stream(request, answer.status, sent, stream)

    async def _operate(self, operation: Operation, request: Any) -> tuple[HttpResponse, None]:
        method = self._operations.offered(operation.row["method"])
        if method is None:
            raise refusals.not_offered(operation, self._operations.account)
        return self._json.encode(operation, method(request)), None

    async def _invoke(self, operation: Operation, request: Any) -> tuple[HttpResponse, Pieces | None]:
        if operation.name == "InvokeEndpoint":
            return self._rest.encode(operation, await self._runtime.invoke_endpoint(request)), None
        response, pieces = await self._runtime.invoke_endpoint_with_response_stream(request)
        return self._rest.encode(operation, response), pieces

    async def _stream(
        self, request: web.BaseRequest, status: int, headers: Mapping[str, str], pieces: Pieces
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers=headers)
        try:
            await response.prepare(request)
            async with aclosing(aiter(pieces)) as each:
                async for piece in each:
                    await response.write(self._rest.encode_event("PayloadPart", piece))
        except ServiceError as error:
            await response.write(self._rest.encode_stream_error(error))
        finally:
            pieces.close()
        await response.write_eof()
        return response


async def _body(request: web.BaseRequest, longest: int) -> bytes | None:
    """The whole body, or None for one that is longer."""
    if request.content_length is not None and request.content_length > longest:
        return None
    # Not `request.read()`, which has a limit of its own.
    parts, length = list[bytes](), 0
    async for part in request.content.iter_any():
        length += len(part)
        if length > longest:
            return None
        parts.append(part)
    return b"".join(parts)


def _closing(status: int, text: str) -> web.Response:
    """An answer after which nothing more is read."""
    answer = web.Response(status=status, text=f"{text}\n")
    answer.force_close()
    return answer


def _refused(operation: Operation, error: ParamValidationError) -> ServiceError:
    message = refusals.constraint_message(operation, error.violations)
    if operation.namespace is CONTROL:
        return refusals.invalid(message)
    refusal: ServiceError = ValidationError(message, code="ValidationError")
    return refusal
