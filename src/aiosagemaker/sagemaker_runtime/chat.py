"""Chats with the models behind endpoints, over whatever form their containers speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from .openai_route import OpenAIRoute

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping

    from .._chat.stream import ChatStream
    from .._chat.types import ChatCompletion

    Route = Literal["invocations", "openai"]


class Chats(OpenAIRoute):
    """Chats, for a client whose endpoints serve language models."""

    @overload
    def chat(
        self,
        endpoint_name: str,
        messages: Iterable[Mapping[str, Any]],
        *,
        stream: Literal[True] = True,
        route: Route = "invocations",
        usage: bool = False,
        require_done: bool = True,
        inference_component_name: str | None = None,
        session_id: str | None = None,
        target_variant: str | None = None,
        target_container_hostname: str | None = None,
        custom_attributes: str | None = None,
        inference_id: str | None = None,
        prefix_aware_id: str | None = None,
        **parameters: Any,
    ) -> ChatStream: ...
    @overload
    def chat(
        self,
        endpoint_name: str,
        messages: Iterable[Mapping[str, Any]],
        *,
        stream: Literal[False],
        route: Route = "invocations",
        usage: bool = False,
        require_done: bool = True,
        inference_component_name: str | None = None,
        session_id: str | None = None,
        target_variant: str | None = None,
        target_container_hostname: str | None = None,
        custom_attributes: str | None = None,
        inference_id: str | None = None,
        prefix_aware_id: str | None = None,
        **parameters: Any,
    ) -> Coroutine[Any, Any, ChatCompletion]: ...
    def chat(
        self,
        endpoint_name: str,
        messages: Iterable[Mapping[str, Any]],
        *,
        stream: bool = True,
        route: Route = "invocations",
        usage: bool = False,
        require_done: bool = True,
        inference_component_name: str | None = None,
        session_id: str | None = None,
        target_variant: str | None = None,
        target_container_hostname: str | None = None,
        custom_attributes: str | None = None,
        inference_id: str | None = None,
        prefix_aware_id: str | None = None,
        **parameters: Any,
    ) -> ChatStream | Coroutine[Any, Any, ChatCompletion]:
        """Chat with the model behind an endpoint, in whatever form its container answers.

        The request has OpenAI's form, as vLLM, SGLang, TGI and LMI take it; the answer is read as server-sent events,
        as JSON lines or as one JSON document, of OpenAI's form or of TGI's and LMI's own.

        Args:
            endpoint_name: the endpoint.
            messages: `{"role": "user", "content": "..."}`, ...: mappings as the container takes them.
            stream: whether the answer comes piece by piece. Default True.
            route: `invocations` (default) calls `InvokeEndpointWithResponseStream`, or `InvokeEndpoint` with
                `stream=False`; `openai` the endpoint's OpenAI-compatible path, with a bearer token.
            usage: ask for the tokens used, and take a stream without them for cut off. Default False.
            require_done: take server-sent events without `[DONE]` at their end for cut off. Default True; False for
                servers that never send it.
            inference_component_name, session_id, target_variant, target_container_hostname, custom_attributes,
                inference_id, prefix_aware_id: as `invoke_endpoint` takes them; the route `openai` takes the first only.
            parameters: what else goes into the request: `max_tokens`, `temperature`, `tools`, `model`, ...

        Returns:
            A ChatStream, to iterate over; or with `stream=False`, to be awaited, a ChatCompletion.

        Raises:
            ParamValidationError: what is to be sent has no form in JSON; nothing was sent.
            ChatError, SdkError: see ChatStream; with `stream=False` when awaited.
        """
        from .._chat.forms import ChatReader
        from .._chat.parts import chat_body
        from .._chat.stream import ChatStream
        from .._hooks import Chat
        from .chat_request import chat_parts

        body = chat_body(messages, stream=stream, usage=usage, parameters=parameters)
        options = {
            "inference_component_name": inference_component_name,
            "session_id": session_id,
            "target_variant": target_variant,
            "target_container_hostname": target_container_hostname,
            "custom_attributes": custom_attributes,
            "inference_id": inference_id,
            "prefix_aware_id": prefix_aware_id,
        }
        given = {name: value for name, value in options.items() if value is not None}
        parts = chat_parts(self, self._session, route, endpoint_name, body, given, stream=stream)
        reader = ChatReader(require_done=require_done, require_usage=usage)
        chat = Chat(target=endpoint_name, parameters=parameters, streams=stream, region=self._session.region)
        answer = ChatStream(lambda: parts, reader, self._session, chat)
        return answer if stream else answer.collect()
