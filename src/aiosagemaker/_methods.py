"""The methods of a client: one function for each operation, waiter and paginator, made from its row when asked for.

They stay plain functions, for tracebacks, `inspect`, `help` and mocks; what they show of themselves is made on demand.
"""

from __future__ import annotations

import inspect
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from ._docs.on_demand import REQUEST, Member, OnDemandSignature, OnDemandText
from ._docs.options import paginator_options, waiter_options
from ._errors import ArgumentError
from ._shapes.annotations import member_type
from ._shapes.keywords import keyword_error
from ._shapes.members import is_optional
from .paginators import Paginator
from .waiters import Waiter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ._clock import Duration
    from ._docs.options import Option
    from ._duplex import DuplexEventStream
    from ._session import Session
    from ._shapes.namespace import Namespace
    from ._shapes.structure import Request, Response
    from ._streams import EventStream
    from .waiters import Goal


class _Client(Protocol):
    _session: Session

    def _goal(self, waiter: str, /, **asked: Any) -> Goal[Any]:
        """What a success of the waiter is held to."""
        ...


class Row:
    """One method's place in the table, and what its function needs to know of it."""

    __slots__ = ("_class", "input", "kind", "method", "name", "namespace", "operation")

    def __init__(self, kind: Kind, namespace: Namespace, name: str) -> None:
        row: Mapping[str, Any] = kind.rows(namespace)[name]
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.method: str = row["method"]
        self.operation: str = row.get("operation", name)
        self.input = namespace.schema.operations[self.operation]["input"]
        self._class: Any = None

    def function(self, owner: type) -> FunctionType:
        """The method for the class `owner`."""
        made = cast("FunctionType", self.kind.make(self))
        made.__name__ = self.method
        made.__qualname__ = f"{owner.__qualname__}.{self.method}"
        made.__module__ = owner.__module__
        # Tracebacks show the names of the code.
        made.__code__ = made.__code__.replace(co_name=made.__name__, co_qualname=made.__qualname__)
        made.__annotations__ = {}
        made.__doc__ = OnDemandText(f"{self.name}.", self.document)
        made.__dict__["__signature__"] = OnDemandSignature.of(self._signature)
        return made

    def document(self) -> str:
        """The docstring."""
        from ._docs import documentation

        return cast("Callable[[Namespace, str], str]", getattr(documentation, self.kind.document))(
            self.namespace, self.name
        )

    def _signature(self) -> tuple[Iterable[inspect.Parameter], str]:
        output = self.namespace.schema.operations[self.operation]["output"]
        return self._parameters(), self.kind.returns or output

    def _parameters(self) -> Iterator[inspect.Parameter]:
        parameter = inspect.Parameter
        yield parameter("self", parameter.POSITIONAL_ONLY)
        yield parameter(REQUEST, parameter.POSITIONAL_ONLY, default=None, annotation=f"{self.input} | None")
        row = self.namespace.shapes[self.input]
        for wire_name, member in row["members"].items():
            annotation, optional = member_type(self.namespace, row, wire_name), is_optional(member)
            yield Member(
                member["name"],
                parameter.KEYWORD_ONLY,
                default=None if optional else parameter.empty,
                annotation=f"{annotation} | None" if optional else annotation,
            )
        for option in self.kind.options(self.namespace, self.name):
            yield parameter(option.name, parameter.KEYWORD_ONLY, default=None, annotation=option.type)

    def request(self, request: Request[Any] | None, members: dict[str, Any]) -> Request[Any]:
        """The request that the caller gave, or one made of the keywords."""
        cls = self._class or self._build()
        if request is None:
            try:
                made: Request[Any] = cls(**members)
            except TypeError:
                others = [option.name for option in self.kind.options(self.namespace, self.name)]
                wrong = keyword_error(self.namespace, self.input, members, subject=self.method, others=others)
                if wrong is None:
                    raise  # by an iterable of the caller's own
                raise wrong from None
            return made
        if members:
            raise ArgumentError(f"{self.method} takes a request or keywords, not both ({', '.join(members)})")
        if not isinstance(request, cls):
            kind = type(request).__name__
            hint = f"; use {self.input}.from_dict(...)" if kind == "dict" else ""
            raise ArgumentError(f"{self.method} takes a {self.input}, not {kind}{hint}")
        given: Request[Any] = request
        return given

    def _build(self) -> Any:
        self._class = self.namespace[self.input]
        return self._class


def _operation(row: Row) -> Callable[..., Any]:
    async def operation(self: _Client, request: Request[Any] | None = None, /, **members: Any) -> Response:
        request = row.request(request, members)
        del members  # a traceback may be shown with its locals, and only the request knows what is sensitive
        return await self._session.invoke(row.operation, request)

    return operation


def _stream(row: Row) -> Callable[..., Any]:
    def stream(self: _Client, request: Request[Any] | None = None, /, **members: Any) -> EventStream[Any, Any]:
        from ._streams import EventStream

        return EventStream(self._session, row.operation, row.request(request, members))

    return stream


def _duplex(row: Row) -> Callable[..., Any]:
    def duplex(
        self: _Client, request: Request[Any] | None = None, /, **members: Any
    ) -> DuplexEventStream[Any, Any, Any]:
        from ._duplex import DuplexEventStream

        return DuplexEventStream(self._session, row.operation, row.request(request, members))

    return duplex


def _waiter(row: Row) -> Callable[..., Any]:
    async def waiter(
        self: _Client,
        request: Request[Any] | None = None,
        /,
        *,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
        on_poll: Callable[[Any], object] | None = None,
        **members: Any,
    ) -> Response | None:
        model = row.namespace.schema.waiters[row.name]
        asked = {name: members.pop(name) for name in model.get("goal", ()) if name in members}
        described = row.request(request, members)
        del members
        wait: Waiter[Response] = Waiter(
            row.name,
            model,
            timeout=timeout,
            min_delay=min_delay,
            max_delay=max_delay,
            goal=self._goal(row.name, **asked) if "goal" in model else None,
            clock=self._session.clock,
            hooks=self._session.given.hooks,
        )
        return await wait.wait(lambda: self._session.invoke(row.operation, described), on_poll)

    return waiter


def _paginator(row: Row) -> Callable[..., Any]:
    def paginator(
        self: _Client,
        request: Request[Any] | None = None,
        /,
        *,
        page_size: int | None = None,
        starting_token: str | None = None,
        **members: Any,
    ) -> Paginator[Any, Any]:
        return Paginator(
            row.namespace.schema.paginators[row.name],
            row.request(request, members),
            lambda page: self._session.invoke(row.operation, page),
            page_size=page_size,
            starting_token=starting_token,
        )

    return paginator


def _operations(namespace: Namespace) -> Mapping[str, Any]:
    return namespace.schema.operations


def _waiters(namespace: Namespace) -> Mapping[str, Any]:
    return namespace.schema.waiters


def _paginators(namespace: Namespace) -> Mapping[str, Any]:
    return namespace.schema.paginators


def _no_options(namespace: Namespace, name: str) -> list[Option]:
    return []


class Kind(NamedTuple):
    """One kind of method."""

    make: Callable[[Row], Callable[..., Any]]
    rows: Callable[[Namespace], Mapping[str, Any]]
    document: str
    """The function of `_docs.documentation` that describes it."""
    returns: str = ""
    """What it returns, if not the operation's response."""
    options: Callable[[Namespace, str], list[Option]] = _no_options
    """What it takes beside the request's members."""


_OPERATION = Kind(_operation, _operations, "operation_doc")
_STREAM = _OPERATION._replace(make=_stream, returns="EventStream")
_DUPLEX = _OPERATION._replace(make=_duplex, returns="DuplexEventStream")
_WAITER = Kind(
    _waiter,
    _waiters,
    "waiter_doc",
    options=waiter_options,
)
_PAGINATOR = Kind(
    _paginator,
    _paginators,
    "paginator_doc",
    returns="Paginator",
    options=paginator_options,
)


class _Methods:
    """The methods of one client's class: where each is put when it is made."""

    def __init__(self, owner: type, namespace: Namespace) -> None:
        self._owner = owner
        self._namespace = namespace
        pending: dict[str, Any] = {"__slots__": ()}
        for name, operation in namespace.schema.operations.items():
            kind = (
                _DUPLEX
                if "request_event_stream" in operation
                else _STREAM
                if "event_stream" in operation
                else _OPERATION
            )
            pending[operation["method"]] = _Pending(self, kind, name)
        for kind in (_WAITER, _PAGINATOR):
            for name, row in kind.rows(namespace).items():
                pending[row["method"]] = _Pending(self, kind, name)
        self._base = type(f"{owner.__name__}Methods", (), pending)
        # Last, so that what a class or its mixins write by hand goes first.
        owner.__bases__ = (*owner.__bases__, self._base)

    def put(self, kind: Kind, name: str) -> FunctionType:
        """Make the method, and let it take the place of what stood for it."""
        owner, base = self._owner, self._base
        function = Row(kind, self._namespace, name).function(owner)
        written = any(function.__name__ in vars(cls) for cls in owner.__mro__ if cls is not base)
        # Written by hand, this is what `super()` means there, and must not hide it.
        setattr(base if written else owner, function.__name__, function)
        return function


class _Pending:
    """Stands for a method, in a base of the client's class, until its function is asked for.

    A class's own `__dict__` has functions alone, as what patches a class looks there first.
    """

    __slots__ = ("_kind", "_methods", "_name")

    def __init__(self, methods: _Methods, kind: Kind, name: str) -> None:
        self._methods = methods
        self._kind = kind
        self._name = name

    def __get__(self, client: object | None, owner: type | None = None) -> Any:
        function = self._methods.put(self._kind, self._name)
        return function if client is None else MethodType(function, client)


def add_methods(owner: type, namespace: Namespace) -> None:
    """Give a client's class the methods of its service: plain functions, each made when it is first asked for."""
    _Methods(owner, namespace)
