"""The forms in which containers stream a chat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker._chat.forms import ChatReader
from aiosagemaker._chat.types import Assembly, ChatCompletion, ChatDelta
from aiosagemaker.errors import ChatError, ChatIncompleteError, EventStreamError, SdkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def sse(*values: Any, done: bool = True, end: str = "\n\n", space: str = " ") -> bytes:
    """Server-sent events of JSON values."""
    texts = [json.dumps(value, ensure_ascii=False) for value in values] + (["[DONE]"] if done else [])
    return "".join(f"data:{space}{text}{end}" for text in texts).encode()


def lines(*values: Any) -> bytes:
    """JSON lines."""
    return "".join(f"{json.dumps(value, ensure_ascii=False)}\n" for value in values).encode()


def chunk(delta: Mapping[str, Any], finish: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    """A chunk of OpenAI's form."""
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {"id": "chat-1", "object": "chat.completion.chunk", "model": "m", "choices": [choice], **more}


USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
CALL = {"index": 0, "id": "call-1", "type": "function", "function": {"name": "weather", "arguments": ""}}
TOOLS = (
    chunk({"role": "assistant", "tool_calls": [CALL]}),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"city": "Zü'}}]}),
    chunk({"tool_calls": [{"index": 0, "function": {"arguments": 'rich"}'}}]}),
    chunk({}, "tool_calls"),
)
WORDS = (chunk({"role": "assistant", "content": ""}), chunk({"content": "grüß "}), chunk({"content": "dich 👋"}))
TOKENS = (
    {"index": 1, "token": {"id": 1, "text": "grüß", "logprob": -0.1, "special": False}, "generated_text": None},
    {"index": 2, "token": {"id": 2, "text": " dich", "logprob": -0.1, "special": False}, "generated_text": None},
    {
        "index": 3,
        "token": {"id": 3, "text": "</s>", "logprob": -0.1, "special": True},
        "generated_text": "grüß dich",
        "details": {"finish_reason": "eos_token", "generated_tokens": 3},
    },
)
FORMS: dict[str, bytes] = {
    "vllm": sse(*WORDS, chunk({}, "stop"), {**chunk({}), "choices": [], "usage": USAGE}),
    "vllm reasoning": sse(
        chunk({"reasoning_content": "hm, "}), chunk({"reasoning": "so"}), chunk({"content": "a"}, "stop")
    ),
    "vllm tools": sse(*TOOLS),
    "sglang, lines ended by CR LF": sse(*WORDS, chunk({}, "length"), end="\r\n\r\n"),
    "tgi chat": sse(*WORDS, chunk({}, "stop"), space=""),
    "tgi generate": sse(*TOKENS, done=False, space=""),
    "lmi chat": lines(*WORDS, chunk({"content": "!"}, "stop", usage=USAGE)),
    "lmi generate": lines(*TOKENS),
    "one document": json.dumps(
        {"id": "1", "model": "m", "choices": [{"index": 0, "message": {"content": "héé"}, "finish_reason": "stop"}]},
        indent=2,
        ensure_ascii=False,
    ).encode(),
    "one line": lines({"choices": [{"message": {"content": "é"}, "finish_reason": "stop"}], "usage": USAGE}).strip(),
    "generated text": json.dumps([{"generated_text": "é"}], ensure_ascii=False).encode(),
    "two choices": sse(chunk({"content": "a"}), chunk({"content": "b"}, "stop", 1), chunk({}, "stop")),
}
"""Made after the documentation that the module names."""


def read(parts: Iterable[bytes], **options: Any) -> list[ChatDelta]:
    """Every delta of an answer that came in these parts."""
    reader = ChatReader(**options)
    deltas: list[ChatDelta] = []
    for part in parts:
        deltas += reader.feed(part)
    deltas += reader.close()
    reader.check()
    return deltas


def put_together(deltas: Iterable[ChatDelta]) -> ChatCompletion:
    assembly = Assembly()
    for delta in deltas:
        assembly.add(delta)
    return assembly.completion()


@pytest.mark.parametrize(
    ("form", "text", "reason"),
    [
        ("vllm", "grüß dich 👋", "stop"),
        ("vllm reasoning", "a", "stop"),
        ("sglang, lines ended by CR LF", "grüß dich 👋", "length"),
        ("tgi chat", "grüß dich 👋", "stop"),
        ("tgi generate", "grüß dich", "eos_token"),
        ("lmi chat", "grüß dich 👋!", "stop"),
        ("lmi generate", "grüß dich", "eos_token"),
        ("one document", "héé", "stop"),
        ("one line", "é", "stop"),
        ("generated text", "é", "stop"),
    ],
)
def test_text_and_finish_reason(form: str, text: str, reason: str) -> None:
    """Every form gives the same text and a reason to finish."""
    completion = put_together(read([FORMS[form]]))
    assert (completion.text, completion.finish_reason) == (text, reason)


def test_reasoning_stands_apart() -> None:
    """What a model thinks, under either of its names, is no part of its text."""
    completion = put_together(read([FORMS["vllm reasoning"]]))
    assert (completion.reasoning, completion.text) == ("hm, so", "a")


def test_tool_calls_are_joined() -> None:
    """The pieces of a tool call's arguments make one text."""
    (call,) = put_together(read([FORMS["vllm tools"]])).tool_calls
    assert (call.id, call.name, json.loads(call.arguments)) == ("call-1", "weather", {"city": "Zürich"})


@pytest.mark.parametrize("form", ["vllm", "lmi chat", "one line"])
def test_usage(form: str) -> None:
    """The tokens used are read wherever the container puts them."""
    usage = put_together(read([FORMS[form]], require_usage=True)).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (7, 3, 10)


def test_choices_stand_by_their_number() -> None:
    """Pieces of several choices are put together each for itself."""
    completion = put_together(read([FORMS["two choices"]]))
    assert [(choice.index, choice.text) for choice in completion.choices] == [(0, "a"), (1, "b")]


@pytest.mark.parametrize("form", FORMS)
def test_parts_do_not_matter(form: str) -> None:
    """Wherever an answer is cut into parts, and if each byte is a part, the deltas are the same."""
    answer = FORMS[form]
    whole = read([answer])
    assert read([bytes([byte]) for byte in answer]) == whole
    for at in range(len(answer)):
        assert read([answer[:at], answer[at:]]) == whole


@pytest.mark.parametrize("form", FORMS)
def test_a_part_is_never_taken_for_the_whole(form: str) -> None:
    """An answer that ends anywhere before its end gives the same deltas, or an error after those that came."""
    answer = FORMS[form]
    whole = put_together(read([answer]))
    silent = []
    for at in range(len(answer)):
        try:
            cut = put_together(read([answer[:at]]))
        except (ChatIncompleteError, EventStreamError):
            continue
        if cut != whole:
            silent.append(at)
    assert silent == []


def test_without_an_end_mark() -> None:
    """A server that never sends the end mark is read by its reasons to finish, where the caller says so."""
    answer = sse(*WORDS, chunk({}, "stop"), done=False)
    with pytest.raises(ChatIncompleteError, match=r"\[DONE\]"):
        read([answer])
    assert put_together(read([answer], require_done=False)).text == "grüß dich 👋"


def test_demanded_usage() -> None:
    """Where the tokens used are demanded, a stream without them is not whole."""
    with pytest.raises(ChatIncompleteError, match="tokens"):
        read([FORMS["sglang, lines ended by CR LF"]], require_usage=True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sse({"error": {"message": "out of memory", "code": 500}}, done=False), "out of memory"),
        (sse({"object": "error", "message": "too long", "code": 400}), "too long"),
        (b'event: error\ndata: {"message": "gone"}\n\n', "gone"),
        (lines({"error": "overloaded", "error_type": "overloaded"}), "overloaded"),
        (b"Internal Server Error", "Internal Server Error"),
        (b"[1, 2]", "no part of an answer"),
        (b'"text"', "no part of an answer"),
        (lines({"predictions": [1]}), "no part of an answer"),
        (b"data: oops\n\n", "not JSON"),
    ],
)
def test_errors_in_a_good_answer(answer: bytes, words: str) -> None:
    """An error object, or what is no answer at all, is an error though the status was 200."""
    with pytest.raises(ChatError, match=words):
        read([answer])


def test_what_came_before_an_error_is_returned_first() -> None:
    """The deltas before an error come out, and then the error."""
    reader = ChatReader()
    deltas = reader.feed(sse(*WORDS, {"error": {"message": "lost"}}, done=False))
    assert put_together(deltas).text == "grüß dich 👋"
    with pytest.raises(ChatError, match="lost") as caught:
        reader.feed(b"")
    assert caught.value.error == {"error": {"message": "lost"}}


def test_nothing_is_no_answer() -> None:
    """An empty answer is not a chat that says nothing."""
    with pytest.raises(ChatIncompleteError):
        read([])
    with pytest.raises(ChatIncompleteError):
        read([b"\n\n"])


def test_length_is_bounded() -> None:
    """No form may grow without end."""
    for answer in (b"data: " + b"x" * 200, b'{"a":' + b"1" * 200, b"{\n" * 100):
        with pytest.raises(SdkError):
            read([answer], max_length=64)


def test_a_document_is_bounded() -> None:
    """A document over many lines is too long once its lines together are, before it has ended."""
    with pytest.raises(EventStreamError, match="longer than 64"):
        ChatReader(max_length=64).feed(b"{\n" * 100)


def test_usage_stands_once() -> None:
    """The usage of an object with several choices is that of its last delta, and is summed where no total is said."""
    both = [{"index": index, "delta": {"content": "x"}, "finish_reason": "stop"} for index in range(2)]
    said = {**chunk({}), "choices": both, "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
    first, last = read([sse(said)])
    assert first.usage is None
    assert last.usage is not None
    assert last.usage.total_tokens == 10


def test_a_choice_that_ended_stays_ended() -> None:
    """What comes of a choice after its reason to finish does not make the answer incomplete."""
    assert put_together(read([sse(chunk({"content": "a"}, "stop"), chunk({}))])).text == "a"
