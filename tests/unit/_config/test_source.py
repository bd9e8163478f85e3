"""Where a value came from."""

from __future__ import annotations

import pickle

from aiosagemaker.config import ConfigSource


def test_source_is_a_str() -> None:
    """A source equals its word, keeps its name, and survives a pickle."""
    source = ConfigSource("environment", "AWS_REGION")
    assert source == "environment"
    assert pickle.loads(pickle.dumps(source)).name == "AWS_REGION"
