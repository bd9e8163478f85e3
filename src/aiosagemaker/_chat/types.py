"""What a model says in a chat: whole, and piece by piece.

The members are those of OpenAI's chat completions, which the containers for language models share
(https://platform.openai.com/docs/api-reference/chat).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping


@attrs.frozen(kw_only=True)
class ToolCall:
    """A function that the model wants called."""

    id: str = ""
    """The call's id, which the tool's answer refers to."""
    name: str = ""
    """The function."""
    arguments: str = ""
    """Its arguments as JSON text, as the model wrote it: it may be no JSON."""


@attrs.frozen(kw_only=True)
class ToolCallDelta:
    """A piece of a tool call: what has come of it is joined by `index`."""

    index: int = 0
    """Which of the message's tool calls it belongs to."""
    id: str = ""
    """The call's id; empty in all pieces but the first."""
    name: str = ""
    """The function; empty in all pieces but the first."""
    arguments: str = ""
    """The next piece of the arguments' text."""


@attrs.frozen(kw_only=True)
class ChatUsage:
    """How many tokens a chat took."""

    prompt_tokens: int = 0
    """Tokens of the messages."""
    completion_tokens: int = 0
    """Tokens of the answer."""
    total_tokens: int = 0
    """Both together."""


@attrs.frozen(kw_only=True)
class ChatDelta:
    """The next piece of an answer."""

    text: str = ""
    """The next piece of the text."""
    reasoning: str = ""
    """The next piece of what the model thinks before it answers."""
    tool_calls: tuple[ToolCallDelta, ...] = ()
    """The next pieces of tool calls."""
    finish_reason: str | None = None
    """Why the choice ended (`stop`, `length`, `tool_calls`, ...), in its last piece; else None."""
    usage: ChatUsage | None = None
    """The tokens used, where the container says it: mostly in the last piece."""
    index: int = 0
    """The choice, if more than one was asked for."""
    raw: Mapping[str, Any] = attrs.field(factory=dict[str, Any], repr=False, eq=False)
    """The container's own object, with all that has no member here."""


@attrs.frozen(kw_only=True)
class ChatChoice:
    """One of the answers."""

    text: str = ""
    """The whole text."""
    reasoning: str = ""
    """What the model thought before it answered."""
    tool_calls: tuple[ToolCall, ...] = ()
    """The functions that it wants called."""
    finish_reason: str | None = None
    """Why it ended, or None if that has not come."""
    index: int = 0
    """Its number."""


@attrs.frozen(kw_only=True)
class ChatCompletion:
    """A whole answer, or as much of one as came."""

    choices: tuple[ChatChoice, ...] = ()
    """The answers, by their number: one, unless more were asked for."""
    usage: ChatUsage | None = None
    """The tokens used, or None where the container does not say."""
    model: str = ""
    """The model's name, by the container."""
    id: str = ""
    """The answer's id, by the container."""

    @property
    def first(self) -> ChatChoice:
        """The first choice; an empty one if there is none."""
        return self.choices[0] if self.choices else ChatChoice()

    @property
    def text(self) -> str:
        """The first choice's text."""
        return self.first.text

    @property
    def reasoning(self) -> str:
        """The first choice's reasoning."""
        return self.first.reasoning

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The first choice's tool calls."""
        return self.first.tool_calls

    @property
    def finish_reason(self) -> str | None:
        """Why the first choice ended."""
        return self.first.finish_reason


class _Tool:
    """A tool call that is being put together."""

    __slots__ = ("arguments", "id", "name")

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []

    def whole(self) -> ToolCall:
        return ToolCall(id=self.id, name=self.name, arguments="".join(self.arguments))


class _Choice:
    """A choice that is being put together."""

    __slots__ = ("finish_reason", "reasoning", "text", "tools")

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.tools: dict[int, _Tool] = {}
        self.finish_reason: str | None = None

    def add(self, delta: ChatDelta) -> None:
        self.text.append(delta.text)
        self.reasoning.append(delta.reasoning)
        for piece in delta.tool_calls:
            tool = self.tools.setdefault(piece.index, _Tool())
            tool.id = tool.id or piece.id
            tool.name = tool.name or piece.name
            tool.arguments.append(piece.arguments)
        self.finish_reason = delta.finish_reason or self.finish_reason

    def whole(self, index: int) -> ChatChoice:
        return ChatChoice(
            text="".join(self.text),
            reasoning="".join(self.reasoning),
            tool_calls=tuple(self.tools[number].whole() for number in sorted(self.tools)),
            finish_reason=self.finish_reason,
            index=index,
        )


class Assembly:
    """Deltas, put together."""

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._usage: ChatUsage | None = None
        self._model = ""
        self._id = ""

    def add(self, delta: ChatDelta) -> None:
        """The next one."""
        if delta.text or delta.reasoning or delta.tool_calls or delta.finish_reason:
            self._choices.setdefault(delta.index, _Choice()).add(delta)
        self._usage = delta.usage or self._usage
        self._model = self._model or _text(delta.raw.get("model"))
        self._id = self._id or _text(delta.raw.get("id"))

    def completion(self) -> ChatCompletion:
        """What has come so far."""
        choices = tuple(self._choices[index].whole(index) for index in sorted(self._choices))
        return ChatCompletion(choices=choices, usage=self._usage, model=self._model, id=self._id)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
