"""Values that stand in files: `file://` for text, `fileb://` for bytes."""

from __future__ import annotations

import os

TEXT = "file://"
BYTES = "fileb://"


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
        if not as_text:
            with open(path, "rb") as binary:
                return binary.read()
        with open(path, encoding=os.environ.get("AWS_CLI_FILE_ENCODING")) as text:
            return text.read()
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"Unable to load paramfile ({path}), text contents could not be decoded. If this is a binary file, please "
            f"use the {BYTES} prefix instead of the {TEXT} prefix."
        ) from error
    except (OSError, ValueError, LookupError) as error:
        raise UnreadableFile(f"Unable to load paramfile {reference}: {error}") from error
