"""The face of what tests need."""

from __future__ import annotations

import aiosagemaker.testing


def test_the_face_is_whole() -> None:
    """Its list of names is sorted, and every name is there."""
    names = aiosagemaker.testing.__all__
    assert names == sorted(names)
    assert all(hasattr(aiosagemaker.testing, name) for name in names)
