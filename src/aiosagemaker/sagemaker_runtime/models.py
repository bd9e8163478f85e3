"""The shapes of Amazon SageMaker Runtime, built from `schema.json` when they are first asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._model.shipped import shipped_namespace

NAMESPACE = shipped_namespace(__name__.rpartition(".")[0], Path(__file__).with_name("schema.json"))


def __getattr__(name: str) -> Any:
    return NAMESPACE.getattr(name)
