"""Deltas put together."""

from __future__ import annotations

from aiosagemaker._chat.types import Assembly, ChatChoice, ChatCompletion, ChatDelta, ChatUsage, ToolCall, ToolCallDelta


def test_nothing_yet() -> None:
    """An answer of which nothing came has an empty first choice."""
    completion = Assembly().completion()
    assert completion == ChatCompletion()
    assert (completion.first, completion.text, completion.reasoning) == (ChatChoice(), "", "")
    assert (completion.tool_calls, completion.finish_reason) == ((), None)


def test_text_is_joined_by_choice() -> None:
    """Text and reasoning are joined within their choice, and choices stand by their number."""
    assembly = Assembly()
    for delta in (
        ChatDelta(index=1, text="b"),
        ChatDelta(reasoning="why", raw={"model": "m", "id": "1"}),
        ChatDelta(text="a"),
        ChatDelta(text="c", finish_reason="stop", raw={"model": 5, "id": "2"}),
        ChatDelta(),
    ):
        assembly.add(delta)
    completion = assembly.completion()
    assert [(each.index, each.text) for each in completion.choices] == [(0, "ac"), (1, "b")]
    assert (completion.reasoning, completion.finish_reason) == ("why", "stop")
    assert (completion.model, completion.id) == ("m", "1")


def test_tool_calls_are_joined_by_index() -> None:
    """A tool call's pieces are joined by its index; its id and name are those that came first."""
    assembly = Assembly()
    assembly.add(ChatDelta(tool_calls=(ToolCallDelta(index=1, id="b", name="g"), ToolCallDelta(id="a", name="f"))))
    assembly.add(ChatDelta(tool_calls=(ToolCallDelta(arguments='{"x":'), ToolCallDelta(id="z", arguments="1}"))))
    assert assembly.completion().tool_calls == (
        ToolCall(id="a", name="f", arguments='{"x":1}'),
        ToolCall(id="b", name="g"),
    )


def test_the_last_usage_counts() -> None:
    """The usage is the last that was said, and needs no choice."""
    assembly = Assembly()
    assembly.add(ChatDelta(usage=ChatUsage(total_tokens=1)))
    assembly.add(ChatDelta(usage=ChatUsage(total_tokens=3)))
    assembly.add(ChatDelta())
    completion = assembly.completion()
    assert completion.usage == ChatUsage(total_tokens=3)
    assert completion.choices == ()
