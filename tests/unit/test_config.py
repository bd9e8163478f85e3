"""The face of config."""

from __future__ import annotations

import inspect

from aiosagemaker import config


def test_the_face() -> None:
    """Every public name is listed, in order, and comes from a room below."""
    names = config.__all__
    assert list(names) == sorted(names)
    public = {name for name, value in vars(config).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert public - {"annotations"} == set(names)
    assert config.Config.__module__ == "aiosagemaker._config.config"
