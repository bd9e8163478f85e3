"""The methods of a client: one descriptor for each operation, waiter and paginator, made from its row.

Each looks like a function to `inspect`, `help` and mocks, and reads its documentation only when asked.
"""

from __future__ import annotations

import inspect
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

from ._docs.documentation import operation_doc, paginator_doc, waiter_doc
from ._errors import ArgumentError, Violation
from ._shapes.annotations import member_type
from ._shapes.members import is_optional
from .paginators import Paginator
from .waiters import Waiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._client import BaseClient
    from ._clock import Duration
    from ._shapes.namespace import Namespace
    from ._shapes.structure import Request, Response
    from ._streams import EventStream


async def _coroutine_function() -> None: ...


def _function() -> None: ...


class ClientMethod:
    """What the three kinds of method share: they look like functions."""

    __code__ = _function.__code__
    __defaults__: Any = None
    __kwdefaults__: Any = None

    def __init__(self, owner: type[BaseClient], name: str, method: str, operation: str) -> None:
        self._namespace: Namespace = owner._namespace  # the class being made hands over its own
        self._name = name
        self._operation = operation
        self.__name__ = method
        self.__qualname__ = f"{owner.__qualname__}.{method}"
        self.__module__ = owner.__module__
        self.__annotations__ = {}

    def __get__(self, client: BaseClient | None, owner: type[BaseClient]) -> Any:
        return self if client is None else MethodType(cast("Callable[..., Any]", self), client)

    def __repr__(self) -> str:
        return f"<function {self.__qualname__}>"

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter
        row = self._namespace.shapes[self._input]
        parameters = [
            kind("self", kind.POSITIONAL_ONLY),
            # An ellipsis where either the request or the required members must be given, and None is neither.
            kind("request", kind.POSITIONAL_ONLY, default=..., annotation=self._input),
        ]
        for wire_name, member in row["members"].items():
            annotation, optional = member_type(self._namespace, row, wire_name), is_optional(member)
            parameters.append(
                kind(
                    member["name"],
                    kind.KEYWORD_ONLY,
                    default=None if optional else ...,
                    annotation=f"{annotation} | None" if optional else annotation,
                )
            )
        parameters += [
            kind(name, kind.KEYWORD_ONLY, default=None, annotation=text) for name, text in self.options.items()
        ]
        return inspect.Signature(parameters, return_annotation=self._returns)

    options: dict[str, str] = {}  # noqa: RUF012  # read only

    @property
    def _input(self) -> str:
        return self._namespace.schema.operations[self._operation]["input"]

    @property
    def _returns(self) -> str:
        return self._namespace.schema.operations[self._operation]["output"]

    def _request(self, request: Request[Any] | None, members: dict[str, Any]) -> Request[Any]:
        """The request that the caller gave, or one made of the keywords."""
        cls = self._namespace[self._input]
        if request is None:
            try:
                made: Request[Any] = cls(**members)
            except TypeError:
                if (wrong := self._argument_error(members)).violations:
                    raise wrong from None
                raise  # by an iterable of the caller's own
            return made
        if members:
            raise ArgumentError(f"{self.__name__} takes a request or keywords, not both ({', '.join(members)})")
        if not isinstance(request, cls):
            raise ArgumentError(f"{self.__name__} takes a {self._input}, not {type(request).__name__}")
        given: Request[Any] = request
        return given

    def _argument_error(self, members: dict[str, Any]) -> ArgumentError:
        known = inspect.signature(self._namespace[self._input]).parameters
        unknown = [
            Violation(name, "unknown", value, "unknown keyword") for name, value in members.items() if name not in known
        ]
        missing = [
            Violation(name, "required", None, "required")
            for name, parameter in known.items()
            if parameter.default is inspect.Parameter.empty and name not in members
        ]
        return ArgumentError(self.__name__, [*unknown, *missing])


class OperationMethod(ClientMethod):
    """`await client.create_endpoint(...)`."""

    __code__ = _coroutine_function.__code__

    def __init__(self, owner: type[BaseClient], name: str) -> None:
        super().__init__(owner, name, owner._namespace.schema.operations[name]["method"], name)

    @property
    def __doc__(self) -> str:  # type: ignore[override]  # made on demand
        return operation_doc(self._namespace, self._name)

    async def __call__(self, client: BaseClient, request: Request[Any] | None = None, /, **members: Any) -> Response:
        request = self._request(request, members)
        del members  # a traceback may be shown with its locals, and only the request knows what is sensitive
        return await client._invoke(self._operation, request)


class StreamMethod(ClientMethod):
    """`async with client.invoke_endpoint_with_response_stream(...) as stream`."""

    def __init__(self, owner: type[BaseClient], name: str) -> None:
        super().__init__(owner, name, owner._namespace.schema.operations[name]["method"], name)

    @property
    def __doc__(self) -> str:  # type: ignore[override]  # made on demand
        return operation_doc(self._namespace, self._name)

    @property
    def _returns(self) -> str:
        return "EventStream"

    def __call__(
        self, client: BaseClient, request: Request[Any] | None = None, /, **members: Any
    ) -> EventStream[Any, Any]:
        from ._streams import EventStream

        return EventStream(client, self._operation, self._request(request, members))


class WaiterMethod(ClientMethod):
    """`await client.wait_until_endpoint_in_service(...)`."""

    __code__ = _coroutine_function.__code__
    options = {  # noqa: RUF012  # read only
        "timeout": "float | timedelta | None",
        "min_delay": "float | timedelta | None",
        "max_delay": "float | timedelta | None",
        "on_poll": "Callable[[Response], object] | None",
    }

    def __init__(self, owner: type[BaseClient], name: str) -> None:
        row = owner._namespace.schema.waiters[name]
        super().__init__(owner, name, row["method"], row["operation"])
        self.options = {**self.options, **dict.fromkeys(row.get("confirm", ()), "str | None")}

    @property
    def __doc__(self) -> str:  # type: ignore[override]  # made on demand
        return waiter_doc(self._namespace, self._name)

    async def __call__(
        self,
        client: BaseClient,
        request: Request[Any] | None = None,
        /,
        *,
        timeout: Duration | None = None,
        min_delay: Duration | None = None,
        max_delay: Duration | None = None,
        on_poll: Callable[[Any], object] | None = None,
        **members: Any,
    ) -> Response | None:
        row = self._namespace.schema.waiters[self._name]
        confirm = {name: members.pop(name) for name in row.get("confirm", ()) if name in members}
        described = self._request(request, members)
        del members
        waiter: Waiter[Response] = Waiter(
            self._name,
            row,
            timeout=timeout,
            min_delay=min_delay,
            max_delay=max_delay,
            confirm={name: value for name, value in confirm.items() if value is not None},
            clock=client._given.clock,
        )
        return await waiter.wait(lambda: client._invoke(self._operation, described), on_poll)


class PaginatorMethod(ClientMethod):
    """`async for endpoint in client.paginate_list_endpoints(...)`."""

    options = {"page_size": "int | None"}  # noqa: RUF012  # read only

    def __init__(self, owner: type[BaseClient], name: str) -> None:
        super().__init__(owner, name, owner._namespace.schema.paginators[name]["method"], name)

    @property
    def __doc__(self) -> str:  # type: ignore[override]  # made on demand
        return paginator_doc(self._namespace, self._name)

    @property
    def _returns(self) -> str:
        return "Paginator"

    def __call__(
        self,
        client: BaseClient,
        request: Request[Any] | None = None,
        /,
        *,
        page_size: int | None = None,
        **members: Any,
    ) -> Paginator[Any, Any]:
        return Paginator(
            self._namespace.schema.paginators[self._name],
            self._request(request, members),
            lambda page: client._invoke(self._operation, page),
            page_size=page_size,
        )
