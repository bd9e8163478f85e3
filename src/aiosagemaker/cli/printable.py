"""Text that comes from elsewhere, on its way to standard output or standard error.

A terminal obeys control characters, so those of a service's answer would move its cursor, colour it or retitle it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
"""C0 but tab and newline, DEL and C1 of ISO/IEC 6429, as Python and many others write them."""
_JSON_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}
"""What JSON's own rules leave as it is; the rest it escapes."""


def printable(text: str) -> str:
    """The text with control characters escaped; tabs and newlines stay."""
    return text.translate(_CONTROLS)


def one_line(text: str) -> str:
    """The text in one line, with control characters escaped."""
    return printable(re.sub(r"\s*[\r\n]\s*", " ", text.strip()))


def encodable(text: str, out: TextIO) -> str:
    """The text with `\\xe9`, `\\u2713` or `\\U0001f600` for what the stream's encoding does not have."""
    encoding = out.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def write(text: str, out: TextIO) -> None:
    """Write text that comes from elsewhere: no control characters to a terminal, nothing lost to an encoding."""
    out.write(encodable(printable(text) if out.isatty() else text, out))


def json_for(text: str, ascii_text: str, out: TextIO) -> str:
    """JSON that the stream can take and that stays JSON: `text`, or `ascii_text`, which says the same in ASCII."""
    try:
        text.encode(out.encoding or "utf-8")
    except UnicodeEncodeError:
        return ascii_text
    return text.translate(_JSON_CONTROLS) if out.isatty() else text
