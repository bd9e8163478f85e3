"""A chat's request as JSON."""

from __future__ import annotations

import json

import pytest

from aiosagemaker._chat.parts import chat_body
from aiosagemaker.errors import ParamValidationError

MESSAGES = [{"role": "user", "content": "Grüß Gott"}]


def test_body() -> None:
    """The body is OpenAI's: the messages, whether to stream, and the parameters as they are."""
    body = json.loads(chat_body(MESSAGES, stream=False, usage=True, parameters={"max_tokens": 5}))
    assert body == {"messages": MESSAGES, "stream": False, "max_tokens": 5}


@pytest.mark.parametrize("usage", [True, False])
def test_usage_of_a_stream(usage: bool) -> None:
    """A stream is asked for its usage where that is wanted, beside the caller's own options of the stream."""
    parameters = {"stream_options": {"other": 1}}
    body = json.loads(chat_body(MESSAGES, stream=True, usage=usage, parameters=parameters))
    assert body["stream_options"] == {"other": 1, **({"include_usage": True} if usage else {})}
    assert parameters == {"stream_options": {"other": 1}}


def test_what_json_cannot_say() -> None:
    """What has no form in JSON is refused, and the message shows nothing of it."""
    with pytest.raises(ParamValidationError) as caught:
        chat_body([{"role": "user", "content": {b"secret"}}], stream=False, usage=False, parameters={})
    assert [violation.path for violation in caught.value.violations] == ["messages"]
    assert "secret" not in str(caught.value)
