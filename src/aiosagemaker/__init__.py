"""A typed, asynchronous Python client for Amazon SageMaker."""

from __future__ import annotations

from ._services import SERVICES
from ._version import __version__ as __version__

# The typing module takes as long to import as half of Python's start; `aiosagemaker --version` has no use for it.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any


_WHERE = {
    "Clock": "_clock",
    "Config": "config",
    "Credentials": "credentials",
    "CredentialsProvider": "credentials",
    "EventStream": "_streams",
    "HttpConfig": "config",
    "HttpResponse": "_protocols.message",
    "OpenResponse": "_http.contract",
    "Request": "_shapes.structure",
    "Response": "_shapes.structure",
    "ResponseMetadata": "_shapes.structure",
    "RetryConfig": "retries",
    "SdkError": "errors",
    "ServerSentEvent": "_protocols.stream_text",
    "SizedStream": "_shapes.body",
    "Structure": "_shapes.structure",
    "TimeoutConfig": "config",
    "Transport": "_http.contract",
    "TransportRequest": "_http.contract",
    "client_for": "_client_for",
    **{service.client: f"{service.package}.client" for service in SERVICES},
}


"""What there is and the modules that have it. The stub beside this file, with every name's type, follows from it."""


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted(_WHERE)
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = globals()[name] = getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
