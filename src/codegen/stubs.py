"""The stubs: what type checkers and editors see of the classes that are built at run time.

They are written from the same rows as the classes, and `mypy.stubtest` holds the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from aiosagemaker import _WHERE
from aiosagemaker import _errors as errors
from aiosagemaker._config.config import Config

from .stub_members import Member, Members
from .stub_text import docstring, function, imports, listed, literal, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aiosagemaker._model.schema_table import Row
    from aiosagemaker._services import Service

    Owners = Mapping[str, Sequence[str]]
    """The packages whose services name an error, by the error's name."""

_MODELS_IMPORTS = {
    "attrs": ["frozen"],
    "collections.abc": ["Callable", "Iterable", "Mapping", "Sequence"],
    "datetime": ["datetime"],
    "typing": ["Any", "Literal", "Self", "TypeAlias"],
    ".._shapes.body": ["Body", "BodyLike"],
    ".._shapes.enums": ["OpenEnum"],
    ".._shapes.namespace": ["Namespace"],
    ".._shapes.structure": ["Request", "Response", "ResponseMetadata", "Structure"],
}
_ERRORS_IMPORTS = {
    "collections.abc": ["Mapping"],
    "datetime": ["datetime"],
    "typing": ["Any", "ClassVar"],
    "..": ["errors as _errors"],
    ".._shapes.namespace": ["Namespace"],
}
_CLIENT_IMPORTS = {
    "collections.abc": ["Callable", "Iterable", "Mapping", "Sequence"],
    "datetime": ["datetime", "timedelta"],
    "typing": ["Any", "overload"],
    ".._clock": ["Clock"],
    ".._shapes.body": ["BodyLike"],
    ".._streams": ["EventStream"],
    "..config": ["Config", "HttpConfig", "ParameterValidation", "TimeoutConfig", "TransportLike"],
    "..credentials": ["CredentialsSource"],
    "..hooks": ["Hooks"],
    "..paginators": ["Paginator"],
    "..retries": ["RetryConfig"],
}
_TAKEN = {name for names in (*_MODELS_IMPORTS.values(), *_CLIENT_IMPORTS.values()) for name in names}
_WAITER_OPTIONS = [f"{name}: float | timedelta | None = None" for name in ("timeout", "min_delay", "max_delay")]


def render_stubs(schema: Row, service: Service, owners: Owners, first: str) -> dict[str, str]:
    """File name to text. `first` says in each first line what the file is.

    Raises ValueError for a shape whose name the stubs need for themselves.
    """
    stubs = _Stubs(schema, service, owners)
    texts = {
        "__init__.pyi": stubs.package(),
        "client.pyi": stubs.client(),
        "errors.pyi": stubs.errors(),
        "models.pyi": stubs.models(),
    }
    # The aliases of the literals are the stubs' own, whatever file they stand in.
    head = [f"# {first}", "# pyright: reportPrivateUsage=false"]
    return {name: "\n".join([*head, *lines, ""]) for name, lines in texts.items()}


def render_face_stub(first: str) -> str:
    """The package's face."""
    names = sorted(_WHERE)
    lines = [f"from .{_WHERE[name]} import {name} as {name}" for name in names]
    listing = ["", "__version__: str", "", "__all__ = [", *(f"    {literal(name)}," for name in names), "]"]
    return "\n".join([f"# {first}", *lines, *listing, ""])


def render_errors_stub(owners: Owners, first: str) -> str:
    """The face of every error."""
    single = {name: packages[0] for name, packages in owners.items() if len(packages) == 1}
    lines = [f"# {first}", "from . import _errors", "from ._errors import *"]
    lines += [
        f"from .{single[name]}.errors import {name} as {name}" for name in sorted(single) if name not in errors.__all__
    ]
    lines += ["", "__all__ = [", *(f"    {literal(name)}," for name in sorted({*errors.__all__, *owners})), "]"]
    for name in sorted(owners.keys() - single.keys() - errors.UNMODELLED.keys()):
        lines += [
            "",
            f"class {name}(_errors.ServiceError):",
            f"    {docstring(str(errors.shared_error(name).__doc__))}",
        ]
    return "\n".join([*lines, ""])


class _Stubs:
    def __init__(self, schema: Row, service: Service, owners: Owners) -> None:
        self._owners = owners
        self._operations: Mapping[str, Row] = schema["operations"]
        self._waiters: Mapping[str, Row] = schema["waiters"]
        self._paginators: Mapping[str, Row] = schema["paginators"]
        self._shapes: Mapping[str, Row] = schema["shapes"]
        self._members = Members(self._shapes)
        self._service = service
        self._bases = {**{name: f".{module}" for name, module in service.mixins.items()}, "BaseClient": ".._client"}
        self._errors = sorted(name for name, row in self._shapes.items() if "error" in row)
        self._enums = sorted(name for name, row in self._shapes.items() if row["type"] == "enum")
        self._structures = sorted(
            name for name, row in self._shapes.items() if row["type"] == "structure" and "error" not in row
        )
        if met := _TAKEN.intersection([*self._enums, *self._structures, *self._errors]):
            raise ValueError(f"the stubs need these names for themselves: {sorted(met)}")

    def package(self) -> list[str]:
        """The face of the service's package."""
        models = sorted([*self._enums, *self._structures])
        own = [name for names in self._service.own.values() for name in names]
        return [
            *(listed("from .errors import (", self._errors, ")") if self._errors else ()),
            *listed("from .models import (", models, ")"),
            *(f"from .{module} import {', '.join(names)}" for module, names in self._service.own.items()),
            "",
            *listed("__all__ = [", [literal(name) for name in (*models, *self._errors, *own)], "]"),
        ]

    def errors(self) -> list[str]:
        """The errors that the model names."""
        lines = ["from .models import NAMESPACE as NAMESPACE", ""]
        lines += listed("__all__ = [", [literal(name) for name in self._errors], "]")
        for name in self._errors:
            base = errors.error_base(name, self._owners).__name__
            status = self._shapes[name]["error"].get("status")
            status_words = f", HTTP status {status}" if status else ""
            lines += ["", f"class {name}(_errors.{base}):"]
            lines += [f"    {docstring(f'An error of the service{status_words}.')}", ""]
            lines += ["    __shape__: ClassVar[str]", "    __namespace__: ClassVar[Namespace]"]
            for member in self._members.of(name, as_attributes=True):
                if member.name != "message":
                    lines += [f"    {member.name}: {member.stored} | None", f"    {docstring(member.facts)}"]
        return [*imports(_ERRORS_IMPORTS, words(lines)), *lines]

    def models(self) -> list[str]:
        """The structures and enums."""
        body = ["", "NAMESPACE: Namespace"]
        for name in self._enums:
            body += self._enum(name)
        for name in self._structures:
            body += self._structure(name)
        used = words(body)
        head = ["import builtins"] if "builtins" in used else []
        shapes = {m["shape"] for name in self._structures for m in self._shapes[name].get("members", {}).values()}
        own = {".errors": sorted(shapes.intersection(self._errors))}
        return [*head, *imports({**_MODELS_IMPORTS, **own}, used), *body]

    def _enum(self, name: str) -> Iterator[str]:
        values = self._shapes[name]["values"]
        yield from ("", f"class {name}(OpenEnum):")
        yield from [f"    {member} = {literal(value)}" for member, value in values.items()] or ["    ..."]
        if values:
            yield ""
            yield from listed(f"_{name}Value: TypeAlias = Literal[", [literal(v) for v in values.values()], "]")

    def _structure(self, name: str) -> Iterator[str]:
        row = self._shapes[name]
        members = self._members.of(name, as_attributes=True)
        base, operation = "Structure", name
        if "request" in row:
            operation = row["request"]
            base = f"Request[{self._operations[operation]['output']}]"
        elif "response" in row:
            base, operation = "Response", row["response"]
        yield from ("", "@frozen(kw_only=True, order=False, init=False)", f"class {name}({base}):")
        one_of = " Exactly one member is set." if row.get("union") else ""
        yield f"    {docstring(self._service.page.format(operation) + one_of)}"
        yield ""
        for member in members:
            yield from (f"    {member.attribute}", f"    {docstring(member.facts)}")
        parameters = [member.parameter for member in members]
        if "response" in row:
            parameters.append("response_metadata: ResponseMetadata = ...")
        yield from function("def __init__", ["self", *(["*"] if parameters else []), *parameters], "None")
        for member in members:
            yield from self._setters(member)

    def _setters(self, member: Member) -> Iterator[str]:
        kind = self._shapes[member.shape]["type"]
        word = member.name.rstrip("_")
        optional = " | None" if member.optional else ""
        value = f"{member.taken}{optional}"
        if kind == "structure":
            value += f" | Callable[[{member.stored}{optional}], {member.stored}{optional}]"
        yield from function(f"def with_{word}", ["self", f"value: {value}"], "Self")
        if kind == "list":
            yield from function(f"def add_{word}", ["self", f"*items: {member.item}"], "Self")
        elif kind == "map":
            yield from function(f"def put_{word}", ["self", "key: str", f"value: {member.item}"], "Self")
        if member.optional:
            yield from function(f"def without_{word}", ["self"], "Self")

    def client(self) -> list[str]:
        """The client."""
        body = ["", f"class {self._service.client}({', '.join(self._bases)}, namespace=NAMESPACE):"]
        body += _constructor()
        for name in sorted(self._operations):
            body += self._operation(name)
        for row in sorted(self._waiters.values(), key=lambda waiter: str(waiter["method"])):
            body += self._waiter(row)
        for name in sorted(self._paginators):
            body += self._paginator(name)
        models = sorted(["NAMESPACE", *self._structures, *self._enums, *(f"_{name}Value" for name in self._enums)])
        own = {module: [name] for name, module in self._bases.items()}
        return [*imports({**_CLIENT_IMPORTS, **own, ".models": models}, words(body)), *body]

    def _method(self, head: str, operation: str, options: Sequence[str], returns: str, doc: str) -> Iterator[str]:
        request = self._operations[operation]["input"]
        members = [member.parameter for member in self._members.of(request)]
        yield "    @overload"
        yield from function(
            head, ["self", f"request: {request}", "/", *(["*"] if options else []), *options], returns, doc
        )
        yield "    @overload"
        yield from function(head, ["self", *(["*"] if options or members else []), *members, *options], returns, doc)

    def _operation(self, name: str) -> Iterator[str]:
        row = self._operations[name]
        head, returns = f"async def {row['method']}", row["output"]
        if "event_stream" in row:
            members = self._shapes[row["event_stream"]]["members"].values()
            events = sorted(m["shape"] for m in members if "error" not in self._shapes[m["shape"]])
            head, returns = f"def {row['method']}", f"EventStream[{' | '.join(events)}, {returns}]"
        yield from self._method(head, name, [], returns, self._service.page.format(name))

    def _waiter(self, row: Row) -> Iterator[str]:
        response = self._operations[row["operation"]]["output"]
        # Where an error is the sign of success, no poll may have had a response.
        by_error = any(a["state"] == "success" and a["matcher"] == "error" for a in row["acceptors"])
        options = [
            *_WAITER_OPTIONS,
            f"on_poll: Callable[[{response}], object] | None = None",
            *(f"{name}: str | None = None" for name in row.get("confirm", ())),
        ]
        returns = f"{response} | None" if by_error else response
        doc = f"Polls {row['operation']}, by default for up to {row['delay'] * row['max_attempts']} s."
        yield from self._method(f"async def {row['method']}", row["operation"], options, returns, doc)

    def _paginator(self, name: str) -> Iterator[str]:
        row, response = self._paginators[name], self._operations[name]["output"]
        result = next(m for m in self._shapes[response]["members"].values() if m["name"] == row["result"])
        item = self._members.stored(self._shapes[result["shape"]]["item"])
        yield from self._method(
            f"def {row['method']}",
            name,
            ["page_size: int | None = None"],
            f"Paginator[{item}, {response}]",
            f"The `{row['result']}` of every page of {name}.",
        )


def _constructor() -> list[str]:
    parameters = ["self", "config: Config | None = None", "*"]
    for field in attrs.fields(Config):
        if field.init:
            kind = str(field.type)
            parameters.append(f"{field.name}: {kind if kind.endswith('| None') else f'{kind} | None'} = None")
    return function("def __init__", parameters, "None")
