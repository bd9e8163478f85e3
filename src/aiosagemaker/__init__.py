"""A typed, asynchronous Python client for Amazon SageMaker."""

from __future__ import annotations

from ._services import SERVICES

# The typing module takes as long to import as half of Python's start; `aiosagemaker --version` has no use for it.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from ._clock import Clock
    from ._credentials.credentials import Credentials, CredentialsProvider
    from ._errors import SdkError
    from ._protocols.stream_text import ServerSentEvent
    from ._shapes.body import SizedStream
    from ._shapes.structure import Request, Response, ResponseMetadata, Structure
    from ._streams import EventStream
    from .config import Config, HttpConfig, TimeoutConfig
    from .retries import RetryConfig
    from .sagemaker.client import SageMakerClient
    from .sagemaker_runtime.client import SageMakerRuntimeClient

__version__ = "0.1.0"

__all__ = [
    "Clock",
    "Config",
    "Credentials",
    "CredentialsProvider",
    "EventStream",
    "HttpConfig",
    "Request",
    "Response",
    "ResponseMetadata",
    "RetryConfig",
    "SageMakerClient",
    "SageMakerRuntimeClient",
    "SdkError",
    "ServerSentEvent",
    "SizedStream",
    "Structure",
    "TimeoutConfig",
]

_WHERE = {
    "Clock": "_clock",
    "Config": "config",
    "Credentials": "credentials",
    "CredentialsProvider": "credentials",
    "EventStream": "_streams",
    "HttpConfig": "config",
    "Request": "_shapes.structure",
    "Response": "_shapes.structure",
    "ResponseMetadata": "_shapes.structure",
    "RetryConfig": "retries",
    "SdkError": "errors",
    "ServerSentEvent": "_protocols.stream_text",
    "SizedStream": "_shapes.body",
    "Structure": "_shapes.structure",
    "TimeoutConfig": "config",
    **{service.client: f"{service.package}.client" for service in SERVICES},
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = globals()[name] = getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
