"""The commands that no service has."""

from __future__ import annotations

import importlib

from aiosagemaker.cli import own


def test_each_can_be_run() -> None:
    """Each program is a module with a `main`, and each has a sentence about it."""
    for name in own.PROGRAMS:
        assert callable(importlib.import_module(f"aiosagemaker.{name}").main)
    assert all(own.COMMANDS.values())
    assert list(own.COMMANDS) == [
        *own.PROGRAMS,
        *("deploy", "teardown", "logs", "why"),
        *("completion", "guide", "help", "wait", "watch"),
    ]
