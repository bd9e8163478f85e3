"""The face of credentials."""

from __future__ import annotations

import inspect

from aiosagemaker import credentials


def test_the_face() -> None:
    """Every public name is listed, in order, and comes from a room below."""
    names = credentials.__all__
    assert list(names) == sorted(names)
    public = {
        name for name, value in vars(credentials).items() if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public - {"annotations"} == set(names)
    assert credentials.Credentials.__module__ == "aiosagemaker._credentials.credentials"
