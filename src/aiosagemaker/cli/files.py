"""Values that stand in files: `file://` for text, `fileb://` for bytes; `-` in place of a path is standard input."""

from __future__ import annotations

import codecs
import io
import os
import sys

TEXT = "file://"
BYTES = "fileb://"
STANDARD_INPUT = ("-", "/dev/stdin")
_MARKS = (
    # The longer marks first: that of UTF-16 begins that of UTF-32.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
"""What a text may begin with that says how it is encoded."""


class UnreadableFile(Exception):
    """A file that a value names cannot be read."""


def is_reference(value: str) -> bool:
    """Whether the value names a file."""
    return value.startswith((TEXT, BYTES))


def read_reference(reference: str) -> str | bytes:
    """What the file holds. `~` and environment variables in its path are expanded. Raises UnreadableFile."""
    as_text = reference.startswith(TEXT)
    path = os.path.expandvars(os.path.expanduser(reference.removeprefix(TEXT if as_text else BYTES)))
    try:
        data = _read(path)
        return decode(data) if as_text else data
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"Unable to load paramfile ({path}), text contents could not be decoded. If this is a binary file, please "
            f"use the {BYTES} prefix instead of the {TEXT} prefix."
        ) from error
    except (OSError, ValueError, LookupError) as error:
        raise UnreadableFile(f"Unable to load paramfile {reference}: {error}") from error


def _read(path: str) -> bytes:
    if path in STANDARD_INPUT:
        # Not opened by its name: a socket cannot be, and what Python has read ahead would be missing.
        return sys.stdin.buffer.read()
    with open(path, "rb") as file:
        return file.read()


def decode(data: bytes) -> str:
    """The text: as its byte order mark says, or AWS_CLI_FILE_ENCODING, or the locale. Line ends become newlines.

    Raises:
        UnicodeDecodeError: it is not text of that encoding.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    encoding = encoding or os.environ.get("AWS_CLI_FILE_ENCODING") or None
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding) as text:
        return text.read()
