"""What every call goes through: the configuration, the connections and the pipeline of a client.

This is the one door to the service. Clients, their views, streams, waiters, paginators and the command line call here.
"""

from __future__ import annotations

import asyncio
import copy
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from weakref import WeakSet

import attrs

from ._config.resolution import resolve
from ._errors import SdkError
from ._event_loop import running_loop
from ._http.connections import Connections
from ._http.opening import untold
from ._http.signing import SIGNED
from ._limits import OperationTime
from ._pipeline import invoke, invoke_opening
from ._preparing import Pipeline
from ._threads import in_thread
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from concurrent.futures import Future

    from ._config.config import Config
    from ._credentials.credentials import Credentials
    from ._http.contract import OpenResponse, Transport
    from ._http.endpoint_rules import Endpoint
    from ._http.event_sender import EventSender
    from ._http.http2_transport import Http2Answer
    from ._http.signing import Signer
    from ._preparing import Prepared
    from ._protocols.protocol import Protocol
    from ._recovery import Recovery
    from ._shapes.namespace import Namespace
    from ._shapes.operation import Operation
    from ._shapes.structure import Request, Response


class Opened(NamedTuple):
    """An answer whose head has come."""

    response: Response
    """The members that came with the head."""
    answer: OpenResponse
    """The connection that the rest comes on; to be closed."""
    operation: Operation
    protocol: Protocol
    sending: EventSender | None = None
    """Of a request that goes on too: what its events are sent through."""


class Identity(NamedTuple):
    """Who signs, as of now."""

    credentials: Credentials
    region: str
    time: float
    """By the service's clock, in seconds since the epoch."""


class Session:
    """One client's calls. Any thread, and any event loop, may use it: it is set up once, and connects in each loop."""

    def __init__(self, namespace: Namespace, given: Config, *, recovery: Recovery | None = None, owner: str) -> None:
        """`given` is what the user set, and `owner` the name of whose calls these are."""
        self.namespace: Namespace = namespace
        self.given: Config = given
        # Config knows a transport by its methods' names alone.
        self.connections: Connections = Connections(owner, cast("Transport | None", given.transport))
        self._recovery = recovery
        # The environment is that of the client's creation, whenever its first call comes.
        self._environ: Mapping[str, str] = {
            name: value for name, value in os.environ.items() if name.startswith("AWS_")
        }
        self._signer = SIGNED
        self._protocol: Protocol | None = None
        self._operations: dict[str, Operation] = {}
        self._parent: Session | None = None
        self._begin()

    def _begin(self) -> None:
        self._config: Config | None = None
        self._pipeline: Pipeline | None = None
        self._begin_threads()
        _ALL.add(self)

    def after_fork(self) -> None:
        """In the child: what other threads of the parent held or were doing is not here, and sockets are theirs."""
        self._begin_threads()
        self.connections.after_fork()

    def _begin_threads(self) -> None:
        self._resolving = threading.Lock()
        self._starting = threading.Lock()
        self._setup: Future[Pipeline] | None = None

    @property
    def config(self) -> Config:
        """The configuration in force. Reads files the first time. Raises ConfigError."""
        with self._resolving:
            if self._config is None:
                # A service's own settings are named by its id, from which botocore's name of it may differ.
                named = self.namespace.schema.metadata.get("service_id") or self._service
                self._config = resolve(self.given, named, self._environ)
            return self._config

    @property
    def region(self) -> str | None:
        """As far as it is known without reading files."""
        return (self._config or self.given).region

    @property
    def clock(self) -> Any:
        """What tells this session's time."""
        return self.given.clock

    @property
    def protocol(self) -> Protocol:
        """What a request of the service is on the wire."""
        if self._protocol is None:
            self._protocol = protocol_of(self.namespace)
        return self._protocol

    @property
    def is_view(self) -> bool:
        """Whether another session has the connections too, and had them first."""
        return self._parent is not None

    def view(self, **overrides: Any) -> Session:
        """A session with other settings, on the same connections. What it does not change it shares.

        Raises:
            ArgumentError: an override is not a field of Config.
        """
        view = copy.copy(self)
        view.given = self.given.merge(**overrides)
        view._parent = self
        view._begin()
        return view

    def be_alone(self, environ: Mapping[str, str]) -> None:
        """Before its first call: the environment is this one, whatever the process's says."""
        self._environ = environ

    def having(self, *, signer: Signer | None = None, protocol: Protocol | None = None) -> Session:
        """This session with another signer or protocol, to use in its place before its first call."""
        other = copy.copy(self)
        other._signer = signer or self._signer
        other._protocol = protocol or self._protocol
        other._begin()
        return other

    def invoke(self, operation: str, request: Request[Any]) -> Coroutine[Any, Any, Response]:
        """The response to a request, to be awaited. Raises an SdkError for everything else."""
        pipeline = self._pipeline
        loop = running_loop()
        transport = self.connections.get(loop)
        called = self._operations.get(operation)
        if pipeline is None or transport is None or called is None:
            return self._first(operation, request)
        time = OperationTime(operation, pipeline.config.timeouts.operation, loop)
        return invoke(pipeline, called, request, transport, time)

    async def _first(self, operation: str, request: Request[Any]) -> Response:
        pipeline, time = await self._set_up_for(operation)
        called = self._operations[operation] = self.namespace.operation(operation)
        transport = self.connections.open(pipeline.config.http)
        return await invoke(pipeline, called, request, transport, time)

    async def open(self, operation: str | Operation, request: Request[Any], *, signer: Signer | None = None) -> Opened:
        """The answer to a request, from its head on. Raises as `invoke` does.

        `operation` may be one that no model of the service has; `signer` takes the place of the session's own.
        """
        pipeline, time = await self._set_up_for(operation if isinstance(operation, str) else operation.name)
        if signer is not None:
            pipeline = attrs.evolve(pipeline, signer=signer)
        called = self.namespace.operation(operation) if isinstance(operation, str) else operation
        if "request_event_stream" in called.row:
            return await self._open_both_ways(pipeline, called, request, time)
        transport = self.connections.open(pipeline.config.http)
        response, answer = await invoke_opening(pipeline, called, request, transport, time)
        return Opened(response, answer, called, pipeline.protocol)

    async def _open_both_ways(
        self, pipeline: Pipeline, operation: Operation, request: Request[Any], time: OperationTime
    ) -> Opened:
        from ._http.event_sender import EventSender
        from ._http.event_signing import EventStreamSigner

        signer = EventStreamSigner(pipeline.signer)
        signed = attrs.evolve(pipeline, signer=signer)
        transport = self.connections.open_http2(pipeline.config.http)
        response, answer = await invoke_opening(signed, operation, request, transport, time)
        both_ways = cast("Http2Answer", untold(answer))
        sending = EventSender(both_ways, signer, lambda: self.clock.time() + pipeline.skew.seconds)
        return Opened(response, answer, operation, pipeline.protocol, sending)

    async def prepare(self, operation: str, request: Request[Any]) -> Prepared:
        """The request as it would be signed and sent; nothing is. Raises ConfigError, ParamValidationError."""
        pipeline = self._pipeline or await self._set_up()
        return pipeline.prepare(self.namespace.operation(operation), request)

    async def endpoint(self) -> Endpoint:
        """Where requests go. Raises ConfigError."""
        return (self._pipeline or await self._set_up()).endpoint

    def resolve_endpoint(self) -> Endpoint:
        """The same without an event loop; it may read files. Raises ConfigError."""
        return self._pipeline.endpoint if self._pipeline else self._locate({})

    def _locate(self, parameters: Mapping[str, Any]) -> Endpoint:
        from ._http.endpoint_rules import resolve_endpoint

        signing_name = self.namespace.schema.metadata.get("signing_name", "")
        return resolve_endpoint(self.config, self._service, signing_name, parameters)

    async def identity(self) -> Identity:
        """Who calls, and when, for what is signed without being sent. Raises ConfigError."""
        pipeline = self._pipeline or await self._set_up()
        credentials = pipeline.credentials.current() or await pipeline.credentials.get()
        return Identity(credentials, pipeline.endpoint.region, self.clock.time() + pipeline.skew.seconds)

    async def close(self) -> None:
        """Close every connection, those of all views included, for good."""
        await self.connections.close()

    async def _set_up_for(self, operation: str) -> tuple[Pipeline, OperationTime]:
        time = OperationTime(operation, self.given.timeouts.operation)
        if self._pipeline is not None:
            return self._pipeline, time
        return await time.bound(self._set_up(), "setting up the client: reading its configuration"), time

    async def _set_up(self) -> Pipeline:
        running_loop()
        self.connections.check()
        if self._parent is not None:
            await self._parent._set_up()
        with self._starting:
            if self._pipeline is not None:
                return self._pipeline
            setup = self._setup
            if setup is None:
                setup = self._setup = in_thread(self._make_pipeline, "aiosagemaker set-up")
        try:
            self._pipeline = await asyncio.wrap_future(setup)
        except SdkError as error:
            # One error raised at several callers would collect all their tracebacks.
            raise copy.copy(error) from error.__cause__
        finally:
            # Kept, it would keep the event loops of all who waited for it. After a failure the next call tries again.
            if setup.done() and self._setup is setup:
                self._setup = None
        return self._pipeline

    def _make_pipeline(self) -> Pipeline:
        from ._config.identity import credentials_cache
        from ._http.user_agent import user_agent
        from .retries import RetryConfig, RetryStrategy

        config = self.config
        self._signer.prepare()
        pipeline = Pipeline(
            config=config,
            protocol=self.protocol,
            endpoint=self.resolve_endpoint(),
            locate=self._locate,
            credentials=credentials_cache(config),
            retries=RetryStrategy(config.retry or RetryConfig(), config.clock),
            user_agent=user_agent(__version__, config, self.namespace.installed_model),
            signer=self._signer,
            recovery=self._recovery,
        )
        parent = self._parent and self._parent._pipeline
        return _sharing(pipeline, parent) if parent else pipeline

    @property
    def _service(self) -> str:
        return self.namespace.schema.metadata.get("name", "")


_ALL: WeakSet[Session] = WeakSet()


def _after_fork() -> None:
    for session in list(_ALL):
        session.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def protocol_of(namespace: Namespace) -> Protocol:
    """What the service's requests and answers are on the wire."""
    metadata = namespace.schema.metadata
    if metadata["protocol"] == "rest-json":
        from ._protocols.rest_json import RestJson

        return RestJson()
    from ._protocols.aws_json import AwsJson

    return AwsJson(metadata)


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
