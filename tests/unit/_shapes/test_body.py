"""Bodies that are streams of a known length."""

from __future__ import annotations

import asyncio
import hashlib
import io
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from aiosagemaker import SizedStream
from aiosagemaker.errors import BodyReadError, ParamValidationError, ServiceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from aiosagemaker import SageMakerRuntimeClient

    MakeRuntime = Callable[..., SageMakerRuntimeClient]

DATA = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()


async def pieces(size: int = 999) -> AsyncIterator[bytes]:
    for start in range(0, len(DATA), size):
        await asyncio.sleep(0)
        yield DATA[start : start + size]


async def failing() -> AsyncIterator[bytes]:
    yield DATA[:1000]
    raise OSError("disk gone")


async def test_a_function_is_read_to_be_signed_and_to_be_sent(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A stream that can be opened anew is signed by its true hash, and leaves with its length."""
    await runtime.invoke_endpoint(endpoint_name="e", body=SizedStream(pieces, len(DATA)))
    (received,) = server.received
    assert received.body == DATA
    assert received.headers["X-Amz-Content-SHA256"] == DIGEST
    assert received.headers["Content-Length"] == str(len(DATA))
    assert "Transfer-Encoding" not in received.headers


async def test_a_function_is_read_again_for_a_retry(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A stream that can be opened anew is retried as any other body."""
    server.answer({}, 503)
    server.answer(b"done")
    response = await runtime.invoke_endpoint(endpoint_name="e", body=SizedStream(pieces, len(DATA)))
    assert response.response_metadata.attempts == 2
    assert [received.body for received in server.received] == [DATA, DATA]


async def test_a_hash_that_is_given_saves_the_first_reading(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """With its SHA-256 a stream is read once, and signed by it."""
    await runtime.invoke_endpoint(endpoint_name="e", body=SizedStream(pieces(), len(DATA), sha256=DIGEST))
    assert server.received[0].body == DATA
    assert server.received[0].headers["X-Amz-Content-SHA256"] == DIGEST


async def test_a_stream_that_was_begun_is_not_retried(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """The refusal itself is raised, and its traceback says why there was no retry."""
    server.answer({}, 503)
    with pytest.raises(ServiceError) as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=SizedStream(pieces(), len(DATA), sha256=DIGEST))
    assert (caught.value.http_status, len(server.received)) == (503, 1)
    assert "a stream that cannot be read a second time" in "".join(traceback.format_exception(caught.value))


async def test_a_loading_model_cannot_be_waited_for_with_a_begun_stream(
    runtime: SageMakerRuntimeClient, server: Any
) -> None:
    """The patience for a cold start does not send half a body either."""
    server.answer({}, 429, {"x-amzn-errortype": "ModelNotReadyException"})
    with pytest.raises(ServiceError):
        await runtime.invoke_endpoint(endpoint_name="e", body=SizedStream(pieces(), len(DATA), sha256=DIGEST))
    assert len(server.received) == 1


async def test_a_spent_stream_is_refused(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A stream that an earlier call used up is not sent empty."""
    body = SizedStream(pieces(), len(DATA), sha256=DIGEST)
    await runtime.invoke_endpoint(endpoint_name="e", body=body)
    with pytest.raises(BodyReadError, match="read before") as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=body)
    assert (caught.value.maybe_sent, len(server.received)) == (False, 1)


async def test_no_unsigned_body_without_tls(runtime: SageMakerRuntimeClient, server: Any) -> None:
    """A stream whose hash nobody knows goes over HTTPS only."""
    with pytest.raises(ParamValidationError, match="HTTPS only"):
        await runtime.invoke_endpoint(endpoint_name="e", body=SizedStream(pieces(), len(DATA)))
    assert not server.received


async def test_an_unsigned_payload_over_tls() -> None:
    """Over HTTPS the hash of such a stream is UNSIGNED-PAYLOAD, and the stream is left unread."""
    body = SizedStream(pieces(), len(DATA))
    assert await body.payload_hash(secure=True) == "UNSIGNED-PAYLOAD"
    assert body.repeatable
    assert b"".join([bytes(chunk) async for chunk in body]) == DATA


@pytest.mark.parametrize("difference", [-1, 1])
@pytest.mark.parametrize("known", [False, True])
async def test_a_stream_of_another_length(
    runtime: SageMakerRuntimeClient, server: Any, difference: int, known: bool
) -> None:
    """A stream that is longer or shorter than it said never arrives as a whole request."""
    length = len(DATA) + difference
    body = SizedStream(pieces(), length, sha256=DIGEST) if known else SizedStream(pieces, length)
    with pytest.raises(BodyReadError, match="longer than its" if difference < 0 else "1 bytes before its"):
        await runtime.invoke_endpoint(endpoint_name="e", body=body)
    assert not server.received


@pytest.mark.parametrize("known", [False, True])
async def test_a_stream_that_fails(runtime: SageMakerRuntimeClient, server: Any, known: bool) -> None:
    """What the caller's own stream raised is the cause of the error; nothing whole was sent, nothing is retried."""
    body = SizedStream(failing(), len(DATA), sha256=DIGEST) if known else SizedStream(failing, len(DATA))
    with pytest.raises(BodyReadError, match="disk gone") as caught:
        await runtime.invoke_endpoint(endpoint_name="e", body=body)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.maybe_sent is known
    assert not server.received


async def test_a_stream_of_something_else() -> None:
    """A piece that is not bytes-like is an error of the stream."""

    async def text() -> AsyncIterator[Any]:
        yield "text"

    with pytest.raises(BodyReadError, match="TypeError"):
        await SizedStream(text, 4).payload_hash(secure=True)


@pytest.mark.parametrize(
    ("chunks", "options", "path"),
    [
        (b"data", {"length": 4}, "chunks"),
        ([b"data"], {"length": 4}, "chunks"),
        (pieces, {"length": -1}, "length"),
        (pieces, {"length": 1.5}, "length"),
        (pieces, {"length": True}, "length"),
        (pieces, {"length": 1, "sha256": "abc"}, "sha256"),
        (pieces, {"length": 1, "sha256": DIGEST.upper()}, "sha256"),
        (pieces, {"length": 1, "sha256": b""}, "sha256"),
    ],
)
def test_arguments_of_a_stream(chunks: Any, options: dict[str, Any], path: str) -> None:
    """A stream that could not be sent is refused when it is made."""
    with pytest.raises(ParamValidationError) as caught:
        SizedStream(chunks, **options)
    assert [violation.path for violation in caught.value.violations] == [path]


def test_a_stream_shows_its_length_alone() -> None:
    """The repr of a stream tells its length, and nothing of what it holds."""
    assert repr(SizedStream(pieces, 5)) == "<SizedStream of 5 bytes>"


async def test_a_file(runtime: SageMakerRuntimeClient, server: Any, tmp_path: Path) -> None:
    """A file is sent as it is, signed, and again after a failure."""
    path = tmp_path / "body"
    path.write_bytes(bytes(range(256)) * 3000)
    server.answer(b"", 503)
    server.answer(b"fine")
    body = SizedStream.from_file(path)
    assert (await runtime.invoke_endpoint(endpoint_name="e", body=body)).body == b"fine"
    first, second = server.received
    assert first.body == second.body == path.read_bytes()
    assert first.headers["X-Amz-Content-SHA256"] == hashlib.sha256(path.read_bytes()).hexdigest()


async def test_a_file_that_changes(runtime: SageMakerRuntimeClient, server: Any, tmp_path: Path) -> None:
    """A file that is shorter than it was, or gone, is an error that says so."""
    path = tmp_path / "body"
    path.write_bytes(b"x" * 1000)
    body = SizedStream.from_file(path, sha256="0" * 64)
    path.write_bytes(b"x" * 10)
    with pytest.raises(BodyReadError, match="ended 990 bytes before"):
        await runtime.invoke_endpoint(endpoint_name="e", body=body)
    path.unlink()
    with pytest.raises(BodyReadError, match="FileNotFoundError"):
        await runtime.invoke_endpoint(endpoint_name="e", body=body)
    with pytest.raises(FileNotFoundError):
        SizedStream.from_file(path)


@pytest.mark.parametrize("body", [pieces(), io.BytesIO(b"x")], ids=["generator", "file"])
async def test_what_does_not_say_its_length(runtime: SageMakerRuntimeClient, server: Any, body: Any) -> None:
    """A generator or a file as such is refused with what to give instead."""
    with pytest.raises(ParamValidationError, match="SizedStream"):
        await runtime.invoke_endpoint(endpoint_name="e", body=body)
    assert server.received == []
