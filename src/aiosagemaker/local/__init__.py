"""SageMaker hosting on this machine: a local service that runs real model servers."""

from __future__ import annotations

from ._instances import ModelRequest, ModelResponse, Part
from .command import main as main
from .service import LocalSageMaker, LocalServiceError

__all__ = ["LocalSageMaker", "LocalServiceError", "ModelRequest", "ModelResponse", "Part"]
