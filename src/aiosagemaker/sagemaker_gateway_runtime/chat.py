"""Chats with the models behind a gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping

    from .._chat.stream import ChatStream
    from .._chat.types import ChatCompletion
    from .._session import Session


class GatewayChats:
    """Chats, for a client whose gateways lead to language models."""

    if TYPE_CHECKING:
        _session: Session

    @overload
    def chat(
        self,
        gateway_id: str,
        messages: Iterable[Mapping[str, Any]],
        *,
        stream: Literal[True] = True,
        usage: bool = False,
        require_done: bool = True,
        customer_identity_token: str | None = None,
        **parameters: Any,
    ) -> ChatStream: ...
    @overload
    def chat(
        self,
        gateway_id: str,
        messages: Iterable[Mapping[str, Any]],
        *,
        stream: Literal[False],
        usage: bool = False,
        require_done: bool = True,
        customer_identity_token: str | None = None,
        **parameters: Any,
    ) -> Coroutine[Any, Any, ChatCompletion]: ...
    def chat(
        self,
        gateway_id: str,
        messages: Iterable[Mapping[str, Any]],
        *,
        stream: bool = True,
        usage: bool = False,
        require_done: bool = True,
        customer_identity_token: str | None = None,
        **parameters: Any,
    ) -> ChatStream | Coroutine[Any, Any, ChatCompletion]:
        """Chat with a model behind a gateway, as `SageMakerRuntimeClient.chat` does with one behind an endpoint.

        Args:
            gateway_id: the gateway.
            messages, stream, usage, require_done, parameters: as there.
            customer_identity_token: as `invoke_global_inference_gateway` takes it.

        Raises:
            ParamValidationError: what is to be sent has no form in JSON; nothing was sent.
            ChatError, SdkError: see ChatStream; with `stream=False` when awaited.
        """
        from .._chat.forms import ChatReader
        from .._chat.parts import chat_body, streamed_parts, whole
        from .._chat.stream import ChatStream
        from .._hooks import Chat
        from .models import NAMESPACE

        members: dict[str, Any] = {
            "gateway_id": gateway_id,
            "body": chat_body(messages, stream=stream, usage=usage, parameters=parameters),
            "content_type": "application/json",
        }
        if customer_identity_token is not None:
            members["customer_identity_token"] = customer_identity_token
        name = f"InvokeGlobalInferenceGateway{'WithResponseStream' if stream else ''}"
        request = NAMESPACE[f"{name}Request"](**members)
        reader = ChatReader(require_done=require_done, require_usage=usage)
        parts = (streamed_parts if stream else whole)(self._session, name, request)
        chat = Chat(target=gateway_id, parameters=parameters, streams=stream, region=self._session.region)
        answer = ChatStream(lambda: parts, reader, self._session, chat)
        return answer if stream else answer.collect()
