"""Bodies that go out as they are: bytes-like values, text, and streams of a known length."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# What `isinstance` finds to be a memoryview has items of an unknown type to pyright.

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from .._errors import REDACTED, BodyReadError, ParamValidationError, Violation
from .._files import pieces_of, size_of

if TYPE_CHECKING:
    from os import PathLike

    from .registry import Registry
    from .schema import ShapeRow

Chunk: TypeAlias = bytes | bytearray | memoryview
Chunks: TypeAlias = AsyncIterable[Chunk]

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_SPENT = "the body's stream was read before, and cannot be read a second time"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class SizedStream:
    """A request's body that is read while it is sent. Each piece goes out once the connection took the one before.

    A signature covers the body's SHA-256, and is sent before the body:

    - with `chunks` a function, the stream is read twice, to be signed and to be sent, and once more for each retry;
    - with `sha256` given, it is read once;
    - with neither, it is sent as `UNSIGNED-PAYLOAD`, over HTTPS only, where TLS protects it. Signature Version 4 has
      this form (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html), but the service's model
      does not promise to take it, so give one of the other two where you can.

    A stream that was begun and cannot be read again is not retried.
    """

    __slots__ = ("_begun", "_chunks", "_once", "failure", "length", "sha256")

    length: int
    """In bytes."""
    sha256: str | None
    """Of the whole body, in lower-case hexadecimal digits."""
    failure: BodyReadError | None
    """What ended the last reading before its time."""

    def __init__(self, chunks: Chunks | Callable[[], Chunks], length: int, *, sha256: str | None = None) -> None:
        """`chunks` yields bytes-like objects, or is a function that returns such an iterable anew at every call.

        Raises:
            ParamValidationError: an argument is of another kind.
        """
        rules = (
            (
                "chunks",
                isinstance(chunks, AsyncIterable) or callable(chunks),
                "expected an async iterable or a function",
            ),
            ("length", type(length) is int and length >= 0, "expected a number of bytes"),
            ("sha256", sha256 is None or _is_sha256(sha256), "expected 64 lower-case hexadecimal digits"),
        )
        given: dict[str, Any] = {"chunks": type(chunks).__name__, "length": length, "sha256": sha256}
        broken = [Violation(name, "type", given[name], expected) for name, holds, expected in rules if not holds]
        if broken:
            raise ParamValidationError(type(self).__name__, broken)
        self._chunks: Any = chunks
        self._once = isinstance(chunks, AsyncIterable)
        self._begun = False
        self.length = length
        self.sha256 = sha256
        self.failure = None

    @classmethod
    def from_file(cls, path: str | PathLike[str], *, sha256: str | None = None) -> SizedStream:
        """A file's content, read in pieces while it is sent, and again for a retry.

        Without `sha256` it is read once more before, to be signed.

        Raises:
            OSError: there is no such file. One that cannot be read later is a BodyReadError of the call.
        """
        return cls(lambda: pieces_of(path), size_of(path), sha256=sha256)

    @property
    def repeatable(self) -> bool:
        """Whether the stream can still be read from its beginning."""
        return not (self._begun and self._once)

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        if not self.repeatable:
            raise BodyReadError(_SPENT)
        self._begun = True
        self.failure = None
        left = self.length
        try:
            async for chunk in self._open():
                left -= memoryview(chunk).nbytes
                if left < 0:
                    raise BodyReadError(f"the body's stream is longer than its {self.length} bytes")
                yield chunk
            if left:
                raise BodyReadError(f"the body's stream ended {left} bytes before its {self.length}")
        except BodyReadError as error:
            self.failure = error
            raise
        except Exception as error:
            # Whoever sends the body would report a broken connection; the reason is here.
            self.failure = BodyReadError(f"the body's stream failed: {type(error).__name__}: {error}")
            self.failure.__cause__ = error
            raise self.failure from error

    def _open(self) -> Chunks:
        chunks: Chunks = self._chunks if self._once else self._chunks()
        return chunks

    async def payload_hash(self, *, secure: bool) -> str:
        """What a signature covers in place of the body: its SHA-256, read for it if need be, or `UNSIGNED-PAYLOAD`.

        Raises:
            BodyReadError: the stream cannot be read. Nothing was sent.
            ParamValidationError: the body would go unsigned over a connection that is not secure.
        """
        if not self.repeatable:
            raise BodyReadError(_SPENT, maybe_sent=False)
        if self.sha256 is not None:
            return self.sha256
        if self._once:
            if not secure:
                violation = Violation("body", "type", self, "expected a SizedStream of a function, or with its sha256")
                raise ParamValidationError("a stream is sent unsigned over HTTPS only", [violation])
            return UNSIGNED_PAYLOAD
        digest = hashlib.sha256()
        try:
            async for chunk in self:
                digest.update(chunk)
        except BodyReadError as error:
            error.maybe_sent = False
            raise
        return digest.hexdigest()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.length} bytes>"


Body: TypeAlias = bytes | bytearray | memoryview | SizedStream
"""What a request keeps as its body."""
BodyLike: TypeAlias = str | Body
"""What a request takes as its body. Text is sent as UTF-8; what is bytes-like is not copied."""


def _is_sha256(text: object) -> bool:
    return isinstance(text, str) and _SHA256.fullmatch(text) is not None


def is_body(namespace: Registry, row: ShapeRow, wire_name: str) -> bool:
    """Whether the member is a request's whole body, sent as it is."""
    if "request" not in row or row.get("payload") != wire_name:
        return False
    return namespace.shapes[row["members"][wire_name]["shape"]]["type"] == "blob"


def to_body(value: Any) -> Any:
    """What a request keeps of a body. What is not one is left for the check to report."""
    if value is None or isinstance(value, (bytes, bytearray, SizedStream)):
        return value
    try:
        if isinstance(value, str):
            return value.encode()
        view = value if isinstance(value, memoryview) else memoryview(value)
    except (TypeError, UnicodeEncodeError):
        return value
    if not view.c_contiguous or (view is value and (view.format, view.ndim) == ("B", 1)):
        return value
    return view.cast("B")


def check_body(value: Any, path: str, out: list[Violation]) -> None:
    """Report what cannot be sent as a body. Its length is the service's to judge, whatever the model says of it: the
    service has raised its limit before while the model still said less.
    """
    if not isinstance(value, (bytes, bytearray, memoryview, SizedStream)) or not getattr(value, "c_contiguous", True):
        expected = "expected bytes, UTF-8 text, a contiguous bytes-like object or a SizedStream"
        if isinstance(value, AsyncIterable) or hasattr(value, "read"):
            expected += ", which says how long it is: SizedStream(chunks, length), SizedStream.from_file(path)"
        out.append(Violation(path, "type", REDACTED, f"{expected}, not {type(value).__name__}"))
