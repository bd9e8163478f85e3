"""The forms in which containers stream a chat, read into deltas.

Three framings: server-sent events (vLLM, SGLang, TGI, LMI), JSON lines (LMI) and one JSON document. Two vocabularies
within each: OpenAI's chat completions, and the generated text of TGI and LMI:

- https://platform.openai.com/docs/api-reference/chat-streaming
- https://docs.djl.ai/master/docs/serving/serving/docs/lmi/user_guides/chat_input_output_schema.html
- https://docs.djl.ai/master/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html
- https://huggingface.github.io/text-generation-inference/ (`StreamResponse`, `GenerateResponse`)

The first bytes tell the framing, because containers are not strict about content types. What comes out depends on the
bytes and never on where they were cut.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from .._errors import ChatError, ChatIncompleteError, EventStreamError
from .._protocols.stream_text import MAX_LENGTH, LineAssembler, ServerSentEvents
from .types import ChatDelta, ChatUsage, ToolCallDelta

DONE = "[DONE]"
_FIELDS = ("data", "event", "id", "retry")


class ChatReader:
    """Turns the bytes of an answer into deltas.

    `require_done` says whether a stream of server-sent events in OpenAI's form is whole only with its `[DONE]`; without
    it a reason to finish of each choice is enough. `require_usage` demands the tokens used. `max_length` bounds one
    event, line or document, in bytes.

    `feed` and `close` return what was complete before they raise: an error waits for the next call.

    Raises (from `feed` and `close`):
        ChatError: the container sent an error object, or what is no answer.
        ChatIncompleteError: the stream ended before the answer did.
        EventStreamError: a line or an event is too long, or not UTF-8.
    """

    def __init__(self, *, require_done: bool = True, require_usage: bool = False, max_length: int = MAX_LENGTH) -> None:
        self._max_length = max_length
        self._require_usage = require_usage
        self._head = bytearray()
        self._framing: _Events | _Json | None = None
        self._meaning = _Meaning(require_done=require_done)
        self._failure: ChatError | EventStreamError | None = None

    def feed(self, data: bytes) -> list[ChatDelta]:
        """The deltas that these bytes complete."""
        if self._framing is None:
            self._head += data
            self._framing = self._recognize()
            if self._framing is None:
                return []
            data = bytes(self._head)
            self._head.clear()
        framing = self._framing
        return self._read(lambda: framing.feed(data))

    def close(self) -> list[ChatDelta]:
        """Say that the stream has ended: the deltas that only its end completes."""
        if self._framing is None:
            # Nothing but the beginning of a field's name, or of white space.
            self._framing = _Json(self._max_length)
            self._framing.feed(bytes(self._head))
        self._meaning.ending = True
        deltas = self._read(self._framing.close)
        missing = self._meaning.missing()
        if not missing and self._require_usage and not self._meaning.has_usage:
            missing = "the tokens used did not come"
        if missing and self._failure is None:
            self._failure = ChatIncompleteError(f"the stream ended before the answer did: {missing}")
        if not deltas:
            self.check()
        return deltas

    def check(self) -> None:
        """Raise the error that was held back because there were deltas to return first."""
        if self._failure is not None:
            raise self._failure

    def _read(self, step: Callable[[], Iterator[tuple[str, str]]]) -> list[ChatDelta]:
        self.check()
        deltas: list[ChatDelta] = []
        try:
            for kind, text in step():
                deltas += self._meaning.read(kind, text)
        except (ChatError, EventStreamError) as error:
            self._failure = error
            if not deltas:
                raise
        return deltas

    def _recognize(self) -> _Events | _Json | None:
        head = bytes(self._head).removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
        if codecs.BOM_UTF8.startswith(head) or not head:
            return None
        name, colon, _ = head.partition(b":")
        word = name.decode("latin-1")
        if colon:
            return _Events(self._max_length) if not name or word in _FIELDS else _Json(self._max_length)
        if any(field.startswith(word) for field in _FIELDS):
            return None
        return _Json(self._max_length)


class _Events:
    """Server-sent events."""

    def __init__(self, max_length: int) -> None:
        self._events = ServerSentEvents(max_length=max_length)

    def feed(self, data: bytes) -> Iterator[tuple[str, str]]:
        for event in self._events.feed(data):
            yield event.event, event.data

    def close(self) -> Iterator[tuple[str, str]]:
        if self._events.close():
            # A server that ends with its connection may leave out the last empty line; what it holds will tell.
            for event in self._events.feed(b"\n\n"):
                yield event.event, event.data


class _Json:
    """JSON lines, or one document over any number of lines: the first line that is not JSON by itself tells."""

    def __init__(self, max_length: int) -> None:
        self._max_length = max_length
        self._lines = LineAssembler(max_length=max_length)
        self._document: list[str] | None = None
        self._length = 0
        self._any = False

    def feed(self, data: bytes) -> Iterator[tuple[str, str]]:
        for line in self._lines.feed(data):
            yield from self._line(line)

    def _line(self, line: str) -> Iterator[tuple[str, str]]:
        if self._document is not None:
            self._length += len(line) + 1
            if self._length > self._max_length:
                raise EventStreamError(f"the answer is longer than {self._max_length} characters")
            self._document.append(line)
        elif not line.strip():
            return
        elif self._any or _is_json(line):
            self._any = True
            yield "line", line
        else:
            self._document = []
            yield from self._line(line)

    def close(self) -> Iterator[tuple[str, str]]:
        last = self._lines.close()
        if last is not None:
            yield from self._line(last)
        if self._document is not None:
            yield "document", "\n".join(self._document)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class _Meaning:
    """What the objects of a stream mean, and whether they are all there."""

    def __init__(self, *, require_done: bool) -> None:
        self._require_done = require_done
        self._done = False
        self._events = False
        self._generated = False
        self._open: dict[int, bool] = {}
        self.has_usage = False
        self.ending = False

    def missing(self) -> str:
        """What the answer still lacks, in words; an empty text if nothing."""
        if self._generated:
            return ""
        if not self._open:
            return "nothing of it had come"
        if unfinished := [index for index, running in self._open.items() if running]:
            return f"no reason to finish came for choice {', '.join(map(str, unfinished))}"
        if self._events and self._require_done and not self._done:
            return f"its end mark {DONE} did not come"
        return ""

    def read(self, kind: str, text: str) -> Iterator[ChatDelta]:
        """The deltas of one event, line or document."""
        if text.strip() in ("", DONE):  # some servers keep a connection awake with empty events
            self._done = self._done or bool(text.strip())
            return
        try:
            value: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise self._broken(text) from None
        if kind not in ("line", "document"):
            self._events = True
        for each in cast("Sequence[Any]", value) if isinstance(value, list) else (value,):
            if not isinstance(each, Mapping):
                raise ChatError(f"no part of an answer: {_excerpt(text)}")
            yield from self._object(kind, cast("Mapping[str, Any]", each))

    def _broken(self, text: str) -> ChatError:
        # A container that fails may answer in plain words.
        if self.ending and text.lstrip()[:1] in ("{", "["):
            return ChatIncompleteError(f"the stream ended inside its JSON: {_excerpt(text)}")
        return ChatError(f"not JSON: {_excerpt(text)}")

    def _object(self, kind: str, value: Mapping[str, Any]) -> Iterator[ChatDelta]:
        if kind == "error" or value.get("object") == "error" or value.get("error"):
            raise ChatError(_error_text(value), error=value)
        usage = _usage(value.get("usage"))
        self.has_usage = self.has_usage or usage is not None
        if isinstance(value.get("choices"), list):
            found = [
                self._choice(cast("Mapping[str, Any]", choice))
                for choice in _items(value["choices"])
                if isinstance(choice, Mapping)
            ]
            for number, delta in enumerate(found):
                last = number == len(found) - 1
                yield ChatDelta(
                    text=delta.text,
                    reasoning=delta.reasoning,
                    tool_calls=delta.tool_calls,
                    finish_reason=delta.finish_reason,
                    usage=usage if last else None,
                    index=delta.index,
                    raw=value,
                )
            if not found and usage is not None:
                yield ChatDelta(usage=usage, raw=value)
        elif "token" in value or "generated_text" in value:
            yield self._generated_text(value)
        elif usage is not None:
            yield ChatDelta(usage=usage, raw=value)
        elif "id" not in value and "object" not in value:
            raise ChatError(f"no part of an answer: {_excerpt(json.dumps(value))}")

    def _choice(self, choice: Mapping[str, Any]) -> ChatDelta:
        said = _mapping(choice.get("delta") or choice.get("message"))
        index = choice.get("index")
        number = index if isinstance(index, int) else 0
        reason = choice.get("finish_reason")
        finish_reason = reason if isinstance(reason, str) else None
        self._open[number] = finish_reason is None and self._open.get(number, True)
        return ChatDelta(
            text=_string(said.get("content")) or _string(choice.get("text")),
            reasoning=_string(said.get("reasoning_content")) or _string(said.get("reasoning")),
            tool_calls=tuple(_tools(said.get("tool_calls"))),
            finish_reason=finish_reason,
            index=number,
        )

    def _generated_text(self, value: Mapping[str, Any]) -> ChatDelta:
        token, whole = value.get("token"), value.get("generated_text")
        if not isinstance(token, Mapping):
            # Not streamed: the whole text at once.
            self._generated = True
            details: Any = value.get("details")
            return ChatDelta(text=_string(whole), finish_reason=_finish(details) or "stop", raw=value)
        piece = cast("Mapping[str, Any]", token)
        self._open[0] = True
        ended = isinstance(whole, str)
        self._generated = self._generated or ended
        return ChatDelta(
            text="" if piece.get("special") else _string(piece.get("text")),
            finish_reason=(_finish(value.get("details")) or "stop") if ended else None,
            raw=value,
        )


def _finish(details: object) -> str | None:
    reason = _mapping(details).get("finish_reason")
    return reason if isinstance(reason, str) else None


def _tools(calls: object) -> Iterator[ToolCallDelta]:
    for number, call in enumerate(map(_mapping, _items(calls))):
        function = _mapping(call.get("function"))
        arguments = function.get("arguments")
        yield ToolCallDelta(
            index=call["index"] if isinstance(call.get("index"), int) else number,
            id=_string(call.get("id")),
            name=_string(function.get("name")),
            arguments=arguments if isinstance(arguments, str) else "" if arguments is None else json.dumps(arguments),
        )


def _usage(value: object) -> ChatUsage | None:
    if not isinstance(value, Mapping):
        return None
    counts = cast("Mapping[str, Any]", value)

    def count(name: str) -> int:
        number = counts.get(name)
        return number if isinstance(number, int) else 0

    prompt, completion = count("prompt_tokens"), count("completion_tokens")
    return ChatUsage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=count("total_tokens") or prompt + completion,
    )


def _items(value: object) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _error_text(value: Mapping[str, Any]) -> str:
    error: Any = value.get("error")
    inner = cast("Mapping[str, Any]", error).get("message") if isinstance(error, Mapping) else error
    words = inner if isinstance(inner, str) else value.get("message")
    return f"the container answered with an error: {words if isinstance(words, str) else _excerpt(json.dumps(value))}"


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 200 else f"{text[:200]}...")
