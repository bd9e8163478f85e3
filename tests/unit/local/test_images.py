"""What stands for container images."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.errors import ValidationException
from aiosagemaker.local._images import Images
from aiosagemaker.local._instances import HandlerInstance, StartFailed
from aiosagemaker.local._processes import ProcessInstance


async def handler(request: Any) -> bytes:
    return b""


def images(**settings: Any) -> Images:
    return Images(known={"handler": handler, "command": ["serve"]}, host=None, **settings)  # type: ignore[arg-type]  # none starts


def test_find() -> None:
    """An image stands for itself, or `*` for it, or nothing."""
    made = images()
    assert (made.find("handler"), made.find("other")) == (handler, None)
    made.known["*"] = handler
    assert made.find("other") is handler


def test_check() -> None:
    """An image that nothing stands for is refused, and what steers a process's loaders; a handler has no loaders."""
    made = images()
    with pytest.raises(ValidationException, match=r"Requested image other not found\."):
        made.check("other", {})
    with pytest.raises(ValidationException, match="does not give LD_PRELOAD of a model's Environment"):
        made.check("command", {"LD_PRELOAD": "x", "NAME": "y"})
    made.check("handler", {"LD_PRELOAD": "x"})
    images(allowed_environment=("LD_PRELOAD",)).check("command", {"LD_PRELOAD": "x"})
    images(engine="docker").check("other", {"LD_PRELOAD": "x"})


def test_launch() -> None:
    """A handler runs in this process, a command and a container in one of their own."""
    made = images(engine="docker")
    kinds = [type(made.launch(name, {}, "i-1", print)) for name in ("handler", "command", "other")]
    assert kinds == [HandlerInstance, ProcessInstance, ProcessInstance]
    with pytest.raises(StartFailed, match="the image other was not found"):
        images().launch("other", {}, "i-1", print)
