"""Answers that the service did not write: the pages of gateways and proxies."""

from __future__ import annotations

import re

EXCERPT = 200
"""The most that a message quotes, in characters."""
_UNSEEN = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[a-z/!?][^>]*(?:>|\Z)", re.IGNORECASE | re.DOTALL
)
"""What has no end goes on to the end of the page: looked for from each beginning, it would take its time."""
_LOOKED_AT = 8192


def excerpt(body: bytes) -> str:
    """The beginning of a text or an HTML page, on one line and without its tags; empty if it is no text."""
    try:
        text = body[:_LOOKED_AT].decode("utf-8", "strict" if len(body) <= _LOOKED_AT else "ignore")
    except UnicodeDecodeError:
        return ""
    if not all(character.isprintable() or character.isspace() for character in text):
        return ""
    import html  # of which most programs have no use, and whose tables take room

    words = " ".join(html.unescape(_UNSEEN.sub(" ", text)).split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rstrip()}..."
