"""The shapes of Amazon SageMaker Runtime, built from `schema.json` when they are first asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._shapes.namespace import Namespace

NAMESPACE = Namespace("aiosagemaker.sagemaker_runtime", Path(__file__).with_name("schema.json"))


def __getattr__(name: str) -> Any:
    return NAMESPACE.getattr(name)
