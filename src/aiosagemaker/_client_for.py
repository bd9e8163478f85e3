"""Clients of any service, made at run time from the installed botocore's model."""

from __future__ import annotations

import contextlib
import threading
import types
from typing import TYPE_CHECKING, Any, ClassVar

from . import _errors
from ._client import BaseClient
from ._error_names import OWNERS
from ._model.installed import installed_schema
from ._model.shipped import document
from ._shapes.namespace import Namespace

if TYPE_CHECKING:
    from ._config.config import Config

_classes: dict[str, type[ServiceClient]] = {}
_lock = threading.Lock()


class Shapes:
    """The classes of one service by name: its requests, responses, structures, enums and errors."""

    def __init__(self, namespace: Namespace, client: type[ServiceClient]) -> None:
        self._namespace = namespace
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name in self._namespace.shapes and self._namespace.shapes[name]["type"] in ("structure", "enum"):
            return self._namespace[name]
        if name == self._client.__name__:
            return self._client
        raise AttributeError(f"{self._namespace.schema.metadata.get('name')} has no shape {name!r}")

    def __dir__(self) -> list[str]:
        return [*self._namespace.public_names, *self._namespace.error_names]

    def __repr__(self) -> str:
        return f"<the shapes of {self._namespace.schema.metadata.get('name')}>"


class ServiceClient(BaseClient):
    """A client that `client_for` made. Every operation, waiter and paginator of the service's model is a method."""

    shapes: ClassVar[Any]
    """The classes of the service by name, such as `client.shapes.PutItemRequest`."""

    if TYPE_CHECKING:  # `python -m aiosagemaker stubs DIR SERVICE` writes the types of a service

        def __getattr__(self, name: str) -> Any: ...


def client_for(service: str, config: Config | None = None, **overrides: Any) -> ServiceClient:
    """A client of a service that the installed botocore has a model of, by botocore's name: `client_for("logs")`.

    It checks, signs, retries, waits and pages as the clients that are shipped, and `client.shapes` has its classes.
    `overrides` are fields of Config, and win over `config`. The first client of a service reads its model, which takes
    from a few milliseconds to two seconds; what comes of that is kept in the user's cache folder.

    Raises:
        ArgumentError: botocore has no such service, it speaks no JSON protocol, or an override is no field of Config.
    """
    return client_class(service)(config, **overrides)


def client_class(service: str) -> type[ServiceClient]:
    """The class of such a client, one for each service. Raises ArgumentError."""
    with _lock:
        if service not in _classes:
            _classes[service] = _make(service)
        return _classes[service]


def client_name(service: str) -> str:
    """What the class of such a client is called: `BedrockRuntimeClient`."""
    return f"{''.join(part.capitalize() for part in service.split('-'))}Client"


def _make(service: str) -> type[ServiceClient]:
    schema = installed_schema(service)
    within = service.replace("-", "_")
    namespace = Namespace(__name__, schema, document, within=within, error_base=_error_base)
    name = client_name(service)
    title = schema.metadata.get("service_id", service)

    def fill(body: dict[str, Any]) -> None:
        body["__module__"] = __name__
        body["__qualname__"] = f"{within}.{name}"
        body["__doc__"] = f"A client of {title}. Every operation, waiter and paginator of the service is a method."

    made: type[ServiceClient] = types.new_class(name, (ServiceClient,), {"namespace": namespace}, fill)
    made.shapes = Shapes(namespace, made)
    return made


def _error_base(name: str) -> type[_errors.ServiceError]:
    """The error of that name that users catch: the base of several services' or the class of one that is shipped."""
    if len(OWNERS.get(name, ())) == 1:
        from . import errors

        base: type[_errors.ServiceError] = getattr(errors, name)
        return base
    return _errors.shared_error(name)


def __getattr__(name: str) -> Any:
    """Where a pickle looks for a class: `logs.LogGroup` is the attribute `logs`, and of that `LogGroup`."""
    if not name.startswith("_"):
        with contextlib.suppress(_errors.ArgumentError):
            return client_class(name.replace("_", "-")).shapes
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
