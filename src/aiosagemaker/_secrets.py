"""What is a secret by its name or by its form, wherever it stands."""

from __future__ import annotations

import re

from ._errors import REDACTED

SECRET_HEADER = re.compile(r"auth|cookie|credential|key|secret|signature|token", re.IGNORECASE)
"""What the name of a header with a secret has in it."""
SECRET_NAME = re.compile(r"auth|cookie|credential|secret|passw|api.?key|private.?key|token", re.IGNORECASE)
"""What the key of a map has in it whose value is a secret, such as an environment variable's name."""
_SECRET_TEXT = re.compile(
    r"(?P<name>(?:X-Amz-(?:Signature|Credential|Security-Token)|(?i:[?&]\w*token))=)[^&\s\"']+"  # of presigned URLs
    r"|(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"  # access keys
)


def scrubbed(text: str) -> str:
    """The text without what is a secret by its form."""
    return _SECRET_TEXT.sub(lambda match: f"{match['name'] or ''}{REDACTED}", text)
