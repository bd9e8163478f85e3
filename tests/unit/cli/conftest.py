"""What the tests of the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.cli_side_by_side import Server, environment, recording

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that writes down requests."""
    with recording() as running:
        yield running
