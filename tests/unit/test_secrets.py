"""What is taken for a secret."""

from __future__ import annotations

import pytest

from aiosagemaker._errors import REDACTED
from aiosagemaker._secrets import SECRET_HEADER, SECRET_NAME, scrubbed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "https://h/?X-Amz-Signature=abc&X-Amz-Date=1&X-Amz-Credential=AKIA%2F1&X-Amz-Security-Token=t",
            f"https://h/?X-Amz-Signature={REDACTED}&X-Amz-Date=1&X-Amz-Credential={REDACTED}&X-Amz-Security-Token={REDACTED}",
        ),
        ("https://h/auth?token=eyJ0&x=1", f"https://h/auth?token={REDACTED}&x=1"),
        ("('https://h?authToken=eyJ0',)", f"('https://h?authToken={REDACTED}',)"),
        ("by ASIAIOSFODNN7EXAMPLE.", "by <redacted>."),
        ("arn:aws:sagemaker:us-east-1:123456789012:endpoint/e", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"),
    ],
)
def test_secrets_by_their_form(text: str, kept: str) -> None:
    """Signatures and tokens of presigned URLs and access keys are replaced in any text."""
    assert scrubbed(text) == kept


def test_secrets_by_their_name() -> None:
    """Headers are hidden rather than shown, for a key may be in any; of a map's keys, those that name a secret."""
    hidden = ("Authorization", "X-Api-Key", "set-cookie", "X-Amz-Security-Token", "X-Signature")
    assert all(map(SECRET_HEADER.search, hidden))
    assert not any(map(SECRET_HEADER.search, ("X-Team", "Content-Type", "x-amzn-requestid")))
    assert all(map(SECRET_NAME.search, ("HF_TOKEN", "DB_PASSWORD", "OPENAI_API_KEY", "OAUTH", "AWS_SECRET_ACCESS_KEY")))
    assert not any(map(SECRET_NAME.search, ("MODEL", "KEYWORDS", "SIGNATURE")))
