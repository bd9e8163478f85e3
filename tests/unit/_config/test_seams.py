"""What a Config takes in the place of a part of the library."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from aiosagemaker._config.seams import is_transport


@pytest.mark.parametrize("missing", ["send", "open", "close", None])
def test_is_transport(missing: str | None) -> None:
    """A transport has all three methods."""
    methods = dict.fromkeys(("send", "open", "close"), print)
    if missing:
        methods[missing] = 1  # type: ignore[assignment]  # the point of the test
    assert is_transport(SimpleNamespace(**methods)) is (missing is None)
