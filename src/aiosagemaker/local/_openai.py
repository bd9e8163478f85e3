"""The OpenAI-compatible route: `/endpoints/{name}/openai/v1/chat/completions`, with a bearer token.

https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-openai-compatible.html: what the container answers
is passed on as it is, streams included.
"""

from __future__ import annotations

import json
import re
from contextlib import aclosing
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aiohttp import web

from .._shapes.maps import Headers
from ..errors import AuthenticationError, ServiceError
from ..sagemaker_runtime.errors import ModelError
from ._bearer import check_token
from ._bodies import closing, read_body
from ._faces import INVOCATION_BYTES
from ._instances import ModelRequest, ModelUnreachable
from ._runtime import STREAM_SECONDS

if TYPE_CHECKING:
    from ._runtime import Runtime
    from ._signatures import Authority
    from ._world import World

_PATH = re.compile(r"/endpoints/([^/]+)(?:/inference-components/([^/]+))?/openai/v1/(.+)")
CONTAINER_PATH = "/v1/chat/completions"
"""Where the container is asked: what it implements for this route."""
OPERATION = "InvokeEndpoint"
"""What the route counts as to faults: the permission that it takes."""


def is_openai(path: str) -> bool:
    """Whether a path is of this route."""
    return _PATH.fullmatch(path) is not None


class OpenAIRoute:
    """Answers the route's requests."""

    def __init__(self, world: World, runtime: Runtime, authority: Authority) -> None:
        self._world = world
        self._runtime = runtime
        self._authority = authority

    async def handle(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """The container's answer, or a refusal."""
        headers = Headers(request.headers.items())
        matched = _PATH.fullmatch(path)
        assert matched is not None, "asked for what is_openai says"
        try:
            check_token(headers, self._authority, now=self._world.pace.clock.time())
            if request.method != "POST" or matched[3] != "chat/completions":
                return _refused(404, f"{request.method} {path} is not offered: chat/completions alone is")
            body = await read_body(request, INVOCATION_BYTES)
            if body is None:
                return closing(413, "Request Entity Too Large")
            await self._world.faults.before(OPERATION)
            asked = ModelRequest(
                body=body,
                content_type=headers.get("content-type"),
                accept=headers.get("accept"),
                custom_attributes=headers.get("x-amzn-sagemaker-custom-attributes"),
                session_id=headers.get("x-amzn-sagemaker-session-id"),
                path=CONTAINER_PATH,
            )
            named = SimpleNamespace(
                endpoint_name=unquote(matched[1]),
                inference_component_name=unquote(matched[2]) if matched[2] else None,
                session_id=asked.session_id,
            )
            answer = await self._runtime.calls.ask(self._runtime.router.route(named), asked, STREAM_SECONDS)
        except AuthenticationError as error:
            return _refused(403, error.message)
        except ModelError as error:
            # As it is: an OpenAI client reads the container's own error.
            status = error.original_status_code or 424
            return web.Response(status=status, text=error.original_message, content_type="application/json")
        except ServiceError as error:
            return _refused(error.http_status or 400, error.message)
        response = web.StreamResponse(
            status=answer.response.status, headers={"Content-Type": answer.response.content_type or "application/json"}
        )
        try:
            await response.prepare(request)
            async with aclosing(answer.response.chunks()) as chunks:
                async for chunk in chunks:
                    await response.write(chunk)
            await response.write_eof()
        except ModelUnreachable:
            if request.transport is not None:
                request.transport.abort()  # the head has been sent: only a broken answer can say that it broke
        finally:
            answer.close()
        return response


def _refused(status: int, message: str) -> web.Response:
    # The form that OpenAI's clients read: https://platform.openai.com/docs/guides/error-codes
    body = {"error": {"message": message, "type": "invalid_request_error", "code": None, "param": None}}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
