"""Chats with the models behind an inference router."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._chat.types import ChatCompletion
    from .._session import Session


class RouterChats:
    """Chats, for a client whose routers lead to language models."""

    if TYPE_CHECKING:
        _session: Session

    async def chat(
        self,
        inference_router_name: str,
        messages: Iterable[Mapping[str, Any]],
        *,
        routing_target_name: str,
        **parameters: Any,
    ) -> ChatCompletion:
        """Chat with a model behind a router; its operation answers whole, so there is nothing to stream.

        Args:
            inference_router_name, routing_target_name: as `invoke_inference_router` takes them.
            messages: as the container takes them.
            parameters: what else goes into the request: `max_tokens`, `temperature`, `tools`, ...

        Raises:
            ParamValidationError: what is to be sent has no form in JSON; nothing was sent.
            ChatError: the container sent an error object, or what is no answer.
            SdkError: as `invoke_inference_router` does.
        """
        from .._chat.forms import ChatReader
        from .._chat.parts import chat_body, whole
        from .._chat.stream import ChatStream
        from .._hooks import Chat
        from .models import NAMESPACE

        request = NAMESPACE["InvokeInferenceRouterRequest"](
            inference_router_name=inference_router_name,
            routing_target_name=routing_target_name,
            body=chat_body(messages, stream=False, usage=False, parameters=parameters),
            content_type="application/json",
        )
        parts = whole(self._session, "InvokeInferenceRouter", request)
        region = self._session.region
        chat = Chat(target=inference_router_name, parameters=parameters, streams=False, region=region)
        return await ChatStream(lambda: parts, ChatReader(), self._session, chat).collect()
