"""How a chat is sent, over either route, and how its answer's bytes come."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from .._chat.parts import streamed_parts, whole
from .._errors import ArgumentError
from .._shapes.namespace import Namespace
from .._shapes.schema import Schema
from .bearer import LONGEST, tokens_of
from .models import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from .._credentials.credentials import Credentials
    from .._http.contract import OpenResponse
    from .._session import Session
    from .._shapes.operation import Operation
    from .._shapes.structure import Request
    from .bearer import Tokens

_ENDPOINT: dict[str, Any] = {"name": "endpoint_name", "shape": "Text", "required": True, "location": "uri"}
_COMPONENT: dict[str, Any] = {"name": "inference_component_name", "shape": "Text", "required": True, "location": "uri"}
_REST: dict[str, Any] = {
    "Body": {"name": "body", "shape": "Bytes", "required": True},
    "ContentType": {"name": "content_type", "shape": "Text", "location": "header", "location_name": "Content-Type"},
}
_CHAT = "/openai/v1/chat/completions"


def _operation(name: str, path: str) -> dict[str, Any]:
    row = {"method": name, "input": f"{name}Request", "output": "Response", "http": ["POST", f"{path}{_CHAT}"]}
    return {name: row}


def _input(name: str, labels: Mapping[str, Any]) -> dict[str, Any]:
    shape = {"type": "structure", "members": {**labels, **_REST}, "payload": "Body", "request": name}
    return {f"{name}Request": shape}


# A path of the endpoint's, and no operation of the service's: no client has a method for it.
_OPENAI = Namespace(
    __name__,
    Schema(
        {
            "metadata": {"protocol": "rest-json", "name": "sagemaker-runtime", "signing_name": "sagemaker"},
            "categories": {},
            "paginators": {},
            "waiters": {},
            "operations": {
                **_operation("ChatOfEndpoint", "/endpoints/{EndpointName}"),
                **_operation(
                    "ChatOfComponent", "/endpoints/{EndpointName}/inference-components/{InferenceComponentName}"
                ),
            },
            "shapes": {
                "Bytes": {"type": "blob", "sensitive": True},
                "Text": {"type": "string", "min": 1},
                "Response": {"type": "structure", "members": {}, "response": "ChatOfEndpoint"},
                **_input("ChatOfEndpoint", {"EndpointName": _ENDPOINT}),
                **_input("ChatOfComponent", {"EndpointName": _ENDPOINT, "InferenceComponentName": _COMPONENT}),
            },
        }
    ),
)


class Bearer:
    """Puts a token where a signature would stand. A Signer."""

    needs_credentials = True

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def prepare(self) -> None:
        """Nothing to import before the first token."""

    def sign(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Any,
        *,
        credentials: Credentials | None,
        region: str,
        signing_name: str,
        time: float,
    ) -> dict[str, str]:
        """All headers to send."""
        assert credentials is not None
        token = self._tokens.get(credentials, region, expires=int(LONGEST), now=time)
        return {**headers, "Authorization": f"Bearer {token}"}


def _openai_request(
    endpoint_name: str, body: bytes, inference_component_name: str | None
) -> tuple[Operation, Request[Any]]:
    """The operation for a chat over this route, and its request."""
    name = "ChatOfComponent" if inference_component_name else "ChatOfEndpoint"
    members: dict[str, Any] = {"endpoint_name": endpoint_name, "body": body, "content_type": "application/json"}
    if inference_component_name:
        members["inference_component_name"] = inference_component_name
    return _OPENAI.operation(name), _OPENAI[f"{name}Request"](**members)


def chat_parts(
    client: object,
    session: Session,
    route: str,
    endpoint_name: str,
    body: bytes,
    options: Mapping[str, Any],
    *,
    stream: bool,
) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
    """What sends a chat and gives the bytes of its answer.

    Raises:
        ArgumentError: there is no such route, or it takes no such option.
    """
    if route == "openai":
        component = options.get("inference_component_name")
        if others := sorted(options.keys() - {"inference_component_name"}):
            raise ArgumentError(f"the OpenAI route takes no {', '.join(others)}")
        operation, request = _openai_request(endpoint_name, body, component)
        return _openai_parts(session, operation, request, Bearer(tokens_of(client)))
    if route != "invocations":
        raise ArgumentError(f"route must be invocations or openai, not {route!r}")
    name = "InvokeEndpointWithResponseStream" if stream else "InvokeEndpoint"
    members = {"endpoint_name": endpoint_name, "body": body, "content_type": "application/json", **options}
    request = NAMESPACE[f"{name}Request"](**members)
    return streamed_parts(session, name, request) if stream else whole(session, name, request)


@asynccontextmanager
async def _openai_parts(
    session: Session, operation: Operation, request: Request[Any], signer: Bearer
) -> AsyncGenerator[AsyncIterator[bytes]]:
    opened = await session.open(operation, request, signer=signer)
    try:
        yield _chunks(opened.answer)
    finally:
        opened.answer.close()


async def _chunks(answer: OpenResponse) -> AsyncIterator[bytes]:
    while chunk := await answer.chunk():
        yield chunk
