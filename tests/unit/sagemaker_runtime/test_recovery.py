"""How long the runtime's refusals are borne with."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker import Config, RetryConfig
from aiosagemaker.errors import ServiceError
from aiosagemaker.sagemaker_runtime.recovery import RuntimeRecovery


@pytest.mark.parametrize(
    ("code", "retry", "expected"),
    [
        ("ModelNotReadyException", RetryConfig(cold_start_timeout=45), 45),
        ("ModelNotReadyException", RetryConfig(mode="off"), 0),
        ("ThrottlingException", RetryConfig(cold_start_timeout=45), None),
        ("ModelError", RetryConfig(cold_start_timeout=45), None),
    ],
)
async def test_window(code: str, retry: RetryConfig, expected: float | None) -> None:
    """A model that loads has the configured window, and none where retries are off; other refusals are taken."""
    recovery = RuntimeRecovery()
    given: Any = None
    error = ServiceError("no", code=code)
    config = Config(retry=retry)
    assert recovery.retry_window(given, given, error, config, "scope") == expected
    assert await recovery.recover_response(given, given, error, 0.0, given) is None
