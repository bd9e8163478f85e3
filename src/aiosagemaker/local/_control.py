"""The control routes: over HTTP whatever Python can steer, for who has the secret.

`Authorization: Bearer SECRET` guards each, the secret being that of the credentials. Bodies and answers are JSON.
"""

from __future__ import annotations

import hmac
import json
import logging
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from ..errors import ServiceError
from ._bodies import closing, read_body
from ._logs import component_group, endpoint_group
from ._steering import Refused, Steering

if TYPE_CHECKING:
    from .._credentials.credentials import Credentials

PREFIX = "/_local/"
_logger = logging.getLogger("aiosagemaker.local")


class Control:
    """Answers the control routes."""

    def __init__(self, steering: Steering, credentials: Credentials) -> None:
        self._steering = steering
        self._secret = credentials.secret_key

    async def handle(self, request: web.BaseRequest, path: str) -> web.Response:
        """The answer to a request whose path begins with the prefix."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(secret.encode(), self._secret.encode()):
            return closing(403, "the secret of this service is needed: Authorization: Bearer SECRET")
        body = await read_body(request, 1 << 20)
        if body is None:
            return closing(413, "Request Entity Too Large")
        try:
            given: Any = json.loads(body or b"{}")
            if not isinstance(given, dict):
                raise Refused("the body must be a JSON object")
            given = cast("dict[str, Any]", given)
            answer = await self._do(request.method, path.removeprefix(PREFIX), given, dict(request.query))
        except (Refused, ServiceError, ValueError, RecursionError) as error:
            message = error.message if isinstance(error, ServiceError) else str(error)
            return _json({"error": message}, 400)
        return _json({"error": f"there is no {request.method} {path}"}, 404) if answer is None else _json(answer, 200)

    async def _do(self, method: str, name: str, given: dict[str, Any], query: dict[str, str]) -> Any:
        world = self._steering.world
        if method == "GET" and name == "state":
            return self._steering.state()
        if method == "GET" and name == "logs":
            component = query.get("inference_component")
            group = component_group(component) if component else endpoint_group(query.get("endpoint", ""))
            return {"lines": [{"stream": stream, "text": line.text} for stream, line in world.logs.lines(group)]}
        if method == "POST":
            return await self._steering.do(name, given)
        return None


def _json(value: Any, status: int) -> web.Response:
    return web.Response(status=status, text=json.dumps(value, default=str), content_type="application/json")
