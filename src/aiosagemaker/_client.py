"""The face of every client: how it is made, used and closed. Its calls are its session's."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

import attrs

from ._config.config import Config
from ._errors import ArgumentError
from ._event_loop import running_loop
from ._hints import AsynchronousOnly, attribute_hint
from ._methods import add_methods
from ._session import Session

if TYPE_CHECKING:
    from types import TracebackType

    from ._recovery import Recovery
    from ._shapes.namespace import Namespace
    from ._shapes.structure import Request, Response

ResponseT = TypeVar("ResponseT", bound="Response")


class _ConstructorSignature:
    """A client's `__signature__`: Config's fields by name, where `__init__` takes any keywords."""

    def __get__(self, client: object | None, owner: type[BaseClient]) -> inspect.Signature:
        if client is not None or owner.__init__ is not BaseClient.__init__:
            raise AttributeError("__signature__")
        parameter = inspect.Parameter
        fields = [field for field in attrs.fields(Config) if field.init]
        return inspect.Signature(
            [
                parameter("config", parameter.POSITIONAL_OR_KEYWORD, default=None, annotation="Config | None"),
                *(
                    parameter(field.name, parameter.KEYWORD_ONLY, default=None, annotation=_optional(str(field.type)))
                    for field in fields
                ),
            ]
        )


def _optional(annotation: str) -> str:
    return annotation if annotation.endswith("| None") else f"{annotation} | None"


def _check_config(client: str, config: object) -> None:
    if config is not None and not isinstance(config, Config):
        hint = f"; did you mean region={config!r}?" if isinstance(config, str) else ""
        raise ArgumentError(f"{client} takes a Config, or Config's fields as keywords{hint}")


class BaseClient(AsynchronousOnly):
    """A client of one service. Use it as an async context manager, or call `close` when done.

    Any thread may use it: it is set up once, and has connections, as many as `HttpConfig.max_connections` says, in each
    event loop, which end with the loop. A forked process makes its own.

    Creating one does no I/O and needs no running event loop; configuration files are read at the first call, in a
    thread, or when `config` is asked for. It is pickled as its configuration, without secrets, to be made anew
    elsewhere.
    """

    _namespace: ClassVar[Namespace]
    _recovery: ClassVar[Recovery | None] = None
    _session: Session

    __signature__: _ConstructorSignature = _ConstructorSignature()

    def __init_subclass__(
        cls, *, namespace: Namespace | None = None, recovery: Recovery | None = None, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)
        if namespace is None:  # a user's own class, which has every method from the client it derives from
            return
        cls._namespace = namespace
        cls._recovery = recovery
        add_methods(cls, namespace)

    def __init__(self, config: Config | None = None, **overrides: Any) -> None:
        """`overrides` are fields of Config, and win over `config`.

        Raises:
            ArgumentError: an override is not a field of Config, or `config` is no Config.
        """
        _check_config(type(self).__name__, config)
        given = (config or Config()).merge(**overrides)
        self._session = Session(self._namespace, given, recovery=self._recovery, owner=type(self).__name__)

    @property
    def config(self) -> Config:
        """The configuration in force: what was given, then the environment, the profile and the defaults."""
        return self._session.config

    def with_config(self, **overrides: Any) -> Self:
        """A light view of this client with another configuration, on the same connections.

        Credentials, clock skew and, unless `retry` is among the overrides, the retry budget are shared too. Closing
        the view closes the client.

        Raises:
            ArgumentError: an override is not a field of Config, or belongs to the connections: `http`, `transport`.
        """
        for name in {"http", "transport"} & overrides.keys():
            raise ArgumentError(f"a view shares the connections of its client: {name} cannot be changed")
        return self._over(self._session.view(**overrides))

    def _over(self, session: Session) -> Self:
        client = object.__new__(type(self))
        client.__dict__.update(self.__dict__)
        client._session = session
        return client

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
        return cast("ResponseT", await self._session.invoke(name, request))

    async def close(self) -> None:
        """Close every connection. The client, and every view of it, cannot be used afterwards."""
        await self._session.close()

    async def __aenter__(self) -> Self:
        running_loop()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    if not TYPE_CHECKING:  # to a type checker a name that is not there is an error, whoever has it

        def __getattr__(self, name: str) -> Any:
            newer = self._namespace.newer("methods", name) or attribute_hint(name)
            text = f"{type(self).__name__!r} object has no attribute {name!r}{newer}"
            raise AttributeError(text, name=name, obj=self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._session.given,)

    def __del__(self) -> None:
        session = getattr(self, "_session", None)
        if session is not None and session.connections.is_open and not session.is_view:
            warnings.warn(f"unclosed {type(self).__name__}", ResourceWarning, source=self, stacklevel=2)

    def __repr__(self) -> str:
        state = "closed" if self._session.connections.closed else "open"
        return f"<{type(self).__name__} region={self._session.region!r} {state}>"
