"""What every client is: its configuration, its life, and the way into the pipeline."""

from __future__ import annotations

import asyncio
import os
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

import attrs

from . import __version__
from ._config.config import Config
from ._config.resolution import resolve
from ._errors import ArgumentError, ClientClosedError
from ._http.transport import Transport
from ._methods import OperationMethod, PaginatorMethod, StreamMethod, WaiterMethod
from ._pipeline import Pipeline

if TYPE_CHECKING:
    from types import TracebackType

    from ._protocols.protocol import Protocol
    from ._recovery import Recovery
    from ._shapes.namespace import Namespace
    from ._shapes.structure import Request, Response

ResponseT = TypeVar("ResponseT", bound="Response")


class Connections:
    """The connections that a client shares with its views."""

    __slots__ = ("closed", "transport")

    def __init__(self) -> None:
        self.transport: Transport | None = None
        self.closed = False

    def open(self, config: Config) -> Transport:
        """The transport of the running event loop."""
        transport = self.transport
        if transport is None or transport.loop is not asyncio.get_running_loop():
            # The connections of a loop that has ended cannot be used, nor closed, in another one.
            transport = self.transport = Transport(config.http)
        return transport

    async def close(self) -> None:
        """Close every connection, for good."""
        self.closed = True
        transport, self.transport = self.transport, None
        if transport is not None:
            await transport.close()


class BaseClient:
    """A client of one service. Use it as an async context manager, or call `close` when done.

    Creating one does no I/O and needs no running event loop; configuration files are read at the first call, in a
    thread, or when `config` is asked for. It is pickled as its configuration, without secrets, to be made anew
    elsewhere.
    """

    _namespace: ClassVar[Namespace]

    _recovery: ClassVar[Recovery | None] = None

    def __init_subclass__(
        cls, *, namespace: Namespace | None = None, recovery: Recovery | None = None, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        if namespace is None:  # a user's own class, which has every method from the client it derives from
            return
        cls._namespace = namespace
        cls._recovery = recovery
        schema = namespace.schema
        for name, operation in schema.operations.items():
            method = StreamMethod(cls, name) if "event_stream" in operation else OperationMethod(cls, name)
            setattr(cls, method.__name__, method)
        for name in schema.waiters:
            waiter = WaiterMethod(cls, name)
            setattr(cls, waiter.__name__, waiter)
        for name in schema.paginators:
            paginator = PaginatorMethod(cls, name)
            setattr(cls, paginator.__name__, paginator)

    def __init__(self, config: Config | None = None, **overrides: Any) -> None:
        """`overrides` are fields of Config, and win over `config`.

        Raises:
            ArgumentError: an override is not a field of Config.
        """
        self._given = (config or Config()).merge(**overrides)
        self._environ = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        self._resolved: Config | None = None
        self._pipeline: Pipeline | None = None
        self._setup: asyncio.Lock | None = None
        self._connections = Connections()
        self._parent: BaseClient | None = None

    @property
    def config(self) -> Config:
        """The configuration in force: what was given, then the environment, the profile and the defaults."""
        if self._resolved is None:
            self._resolved = resolve(self._given, self._service_name(), self._environ)
        return self._resolved

    def with_config(self, **overrides: Any) -> Self:
        """A light view of this client with another configuration, on the same connections.

        Credentials, clock skew and, unless `retry` is among the overrides, the retry budget are shared too. Closing
        the view closes the client.

        Raises:
            ArgumentError: an override is not a field of Config, or is one that belongs to the connections: `http`.
        """
        if "http" in overrides:
            raise ArgumentError("a view shares the connections of its client: http cannot be changed")
        view = type(self)(self._given, **overrides)
        view._environ = self._environ
        view._connections = self._connections
        view._parent = self
        return view

    async def send(self, request: Request[ResponseT], /) -> ResponseT:
        """Send a request of this service.

        Raises:
            SdkError: see `aiosagemaker.errors`.
        """
        namespace = getattr(type(request), "__namespace__", None)
        name = getattr(type(request), "__operation__", None)
        if name is None or namespace is not self._namespace:
            raise ArgumentError(
                f"{type(self).__name__}.send takes a request of its service, not {type(request).__name__}"
            )
        row = self._namespace.schema.operations[name]
        if "event_stream" in row:
            raise ArgumentError(f"{name} streams its answer: use `async with client.{row['method']}(request)`")
        return cast("ResponseT", await self._invoke(name, request))

    async def _invoke(self, operation: str, request: Request[Any]) -> Response:
        pipeline, transport = await self._ready()
        return await pipeline.invoke(self._namespace.operation(operation), request, transport)

    async def _ready(self) -> tuple[Pipeline, Transport]:
        """What a call goes through."""
        if self._connections.closed:
            raise ClientClosedError(f"this {type(self).__name__} is closed")
        pipeline = self._pipeline or await self._set_up()
        return pipeline, self._connections.open(pipeline.config)

    async def _set_up(self) -> Pipeline:
        if self._setup is None:
            self._setup = asyncio.Lock()
        try:
            async with self._setup:
                if self._pipeline is None:
                    pipeline = await asyncio.to_thread(self._make_pipeline)
                    if self._parent is not None:
                        pipeline = _sharing(pipeline, self._parent._pipeline or await self._parent._set_up())
                    self._pipeline = pipeline
                return self._pipeline
        finally:
            # A lock that calls have waited for belongs to their event loop; the next call may come in another.
            self._setup = None

    def _make_pipeline(self) -> Pipeline:
        from ._config.identity import credentials_cache
        from ._http.endpoint_rules import resolve_endpoint
        from ._http.signing import SIGNED
        from ._http.user_agent import user_agent
        from .retries import RetryConfig, RetryStrategy

        config, metadata = self.config, self._namespace.schema.metadata
        SIGNED.prepare()
        return Pipeline(
            config=config,
            protocol=self._protocol(),
            endpoint=resolve_endpoint(config, self._service_name(), metadata.get("signing_name", "")),
            credentials=credentials_cache(config),
            retries=RetryStrategy(config.retry or RetryConfig(), config.clock),
            user_agent=user_agent(__version__, config),
            signer=SIGNED,
            recovery=self._recovery,
        )

    def _protocol(self) -> Protocol:
        metadata = self._namespace.schema.metadata
        if metadata["protocol"] == "rest-json":
            from ._protocols.rest_json import RestJson

            return RestJson()
        from ._protocols.aws_json import AwsJson

        return AwsJson(metadata)

    def _service_name(self) -> str:
        return self._namespace.schema.metadata.get("name", "")

    async def close(self) -> None:
        """Close every connection. The client, and every view of it, cannot be used afterwards."""
        await self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._given,)

    def __del__(self) -> None:
        connections = getattr(self, "_connections", None)
        if connections is not None and connections.transport is not None and self._parent is None:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, source=self, stacklevel=2)

    def __repr__(self) -> str:
        state = "closed" if self._connections.closed else "open"
        return f"<{type(self).__name__} region={(self._resolved or self._given).region!r} {state}>"


def _sharing(pipeline: Pipeline, parent: Pipeline) -> Pipeline:
    """A view's pipeline, with what it has in common with its client's."""
    ours, theirs = pipeline.config, parent.config
    same_identity = ours.credentials is theirs.credentials and ours.profile == theirs.profile
    return attrs.evolve(
        pipeline,
        skew=parent.skew,
        credentials=parent.credentials if same_identity else pipeline.credentials,
        retries=parent.retries if ours.retry == theirs.retry else pipeline.retries,
    )
