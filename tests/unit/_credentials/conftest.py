"""What the tests of credentials share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit._credentials.doubles import TestClock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Configuration files of the test, as the process has them in its environment."""
    environ = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return environ
