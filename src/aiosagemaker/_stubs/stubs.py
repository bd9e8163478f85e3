"""The stubs: what type checkers and editors see of the classes that are built at run time.

They are written from the same rows as the classes, and `mypy.stubtest` holds the two together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from .. import _WHERE
from .. import _errors as errors
from .._config.config import Config
from .._docs.options import paginator_options, waiter_options
from .._docs.sentences import operation_sentence, paginator_sentence, shape_sentence, waiter_sentence
from .._shapes.namespace import Namespace
from .._shapes.schema import Schema
from .members import Member, Members, code
from .text import docstring, function, imports, listed, literal, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._docs.options import Option
    from .._model.schema_table import Row
    from .._services import Service

    Owners = Mapping[str, Sequence[str]]
    """The packages whose services name an error, by the error's name."""

_MODELS_IMPORTS = {
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
    ".._duplex": ["DuplexEventStream"],
    ".._streams": ["EventStream"],
    "..config": ["Config", "HttpConfig", "ParameterValidation", "TimeoutConfig", "TransportLike"],
    "..credentials": ["CredentialsSource"],
    "..hooks": ["Hooks"],
    "..paginators": ["Paginator"],
    "..retries": ["RetryConfig"],
}
_TAKEN = {name for names in (*_MODELS_IMPORTS.values(), *_CLIENT_IMPORTS.values()) for name in names}


def render_stubs(schema: Row, service: Service, owners: Owners, first: str) -> dict[str, str]:
    """File name to text. `first` says in each first line what the file is.

    Raises ValueError for a shape whose name the stubs need for themselves.
    """
    return _texts(_Stubs(schema, service, owners), first)


def _texts(stubs: _Stubs, first: str) -> dict[str, str]:
    texts = {
        "__init__.pyi": stubs.package(),
        "client.pyi": stubs.client(),
        "errors.pyi": stubs.errors(),
        "models.pyi": stubs.models(),
    }
    # The aliases of the literals are the stubs' own, whatever file they stand in.
    head = [f"# {first}", "# pyright: reportPrivateUsage=false"]
    return {name: "\n".join([*head, *lines, ""]) for name, lines in texts.items()}


def render_made_stubs(schema: Row, service: Service, owners: Owners, first: str) -> dict[str, str]:
    """As `render_stubs`, for a service that `client_for` makes a client of: two floors below the package."""
    stubs = _Stubs(schema, service, owners, made=True)
    texts = _texts(stubs, first)
    texts["shapes.pyi"] = "\n".join([f"# {first}", *stubs.shapes(), ""])
    texts["client.pyi"] = texts["client.pyi"].replace(
        f"class {service.client}(BaseClient, namespace=NAMESPACE):\n",
        f"class {service.client}(BaseClient, namespace=NAMESPACE):\n    shapes: ClassVar[type[Shapes]]\n",
    )
    below = "from typing import ClassVar\nfrom .shapes import Shapes\n"
    texts["client.pyi"] = texts["client.pyi"].replace("\nfrom ", f"\n{below}from ", 1)
    return {file: re.sub(r"^from \.\.", "from ...", text, flags=re.MULTILINE) for file, text in texts.items()}


def render_client_for_stub(services: Mapping[str, Service], first: str) -> str:
    """The module of `client_for`; `services` are those with stubs, by the name of their folders."""
    lines = [
        f"# {first}",
        "from typing import Any, Literal, overload",
        "from .._client import BaseClient",
        "from ..config import Config",
        *(f"from .{folder}.client import {service.client}" for folder, service in services.items()),
        "",
        "class ServiceClient(BaseClient):",
        "    shapes: Any",
        "    def __getattr__(self, name: str) -> Any: ...",
        "",
    ]
    for name, client in [
        *((f"Literal[{literal(s.name)}]", s.client) for s in services.values()),
        ("str", "ServiceClient"),
    ]:
        given = f"service: {name}, config: Config | None = None, **overrides: Any"
        lines += [*(["@overload"] if services else []), f"def client_for({given}) -> {client}: ..."]
    return "\n".join([*lines, ""])


def render_face_stub(first: str) -> str:
    """The package's face."""
    names = sorted(_WHERE)
    lines = [f"from .{_WHERE[name]} import {name} as {name}" for name in names]
    lines += ["", "__version__: str", "_WHERE: dict[str, str]", ""]
    return "\n".join([f"# {first}", *lines, "__all__ = [", *(f"    {literal(name)}," for name in names), "]", ""])


def render_errors_stub(owners: Owners, first: str) -> str:
    """The face of every error."""
    single = {name: packages[0] for name, packages in owners.items() if len(packages) == 1}
    lines = [f"# {first}", "from . import _errors", "from ._errors import *"]
    lines += [
        f"from .{single[name]}.errors import {name} as {name}" for name in sorted(single) if name not in errors.__all__
    ]
    lines += ["", "__all__ = [", *(f"    {literal(name)}," for name in sorted({*errors.__all__, *owners})), "]"]
    for name in sorted(owners.keys() - single.keys() - set(errors.__all__)):
        shared = errors.shared_error(name)
        lines += ["", f"class {name}(_errors.{shared.__bases__[0].__name__}):", f"    {docstring(str(shared.__doc__))}"]
    return "\n".join([*lines, ""])


class _Stubs:
    def __init__(self, schema: Row, service: Service, owners: Owners, *, made: bool = False) -> None:
        self._owners = owners
        self._made = made
        self._namespace = Namespace(service.package, Schema(schema))
        self._schema = self._namespace.schema
        self._shapes = self._namespace.shapes
        self._members = Members(self._namespace)
        self._service = service
        self._bases = {**{name: f".{module}" for name, module in service.mixins.items()}, "BaseClient": ".._client"}
        self._errors = sorted(name for name, row in self._shapes.items() if "error" in row)
        self._enums = sorted(name for name, row in self._shapes.items() if row["type"] == "enum")
        self._structures = sorted(
            name for name, row in self._shapes.items() if row["type"] == "structure" and "error" not in row
        )
        if met := _TAKEN.intersection([*self._enums, *self._structures, *self._errors]):
            raise ValueError(f"the stubs need these names for themselves: {sorted(met)}")

    def shapes(self) -> Iterator[str]:
        """What `client.shapes` has."""
        yield from ("from typing import TypeAlias", "from . import errors, models", "", "class Shapes:")
        for module, names in (("models", sorted([*self._enums, *self._structures])), ("errors", self._errors)):
            yield from (f"    {name}: TypeAlias = {module}.{name}" for name in names)

    def package(self) -> list[str]:
        """The face of the service's package."""
        models = sorted([*self._enums, *self._structures])
        own = [name for names in self._service.own.values() for name in names]
        return [
            *(f"from .errors import {name} as {name}" for name in self._errors),
            *(f"from .models import {name} as {name}" for name in models),
            *(
                f"from .{module} import {name} as {name}"
                for module, names in self._service.own.items()
                for name in names
            ),
            "",
            *listed("__all__ = [", [literal(name) for name in (*models, *self._errors, *own)], "]"),
        ]

    def errors(self) -> list[str]:
        """The errors that the model names."""
        lines = ["from .models import NAMESPACE as NAMESPACE", ""]
        lines += listed("__all__ = [", [literal(name) for name in self._errors], "]")
        for name in self._errors:
            base = self._error_base(name)
            lines += ["", f"class {name}(_errors.{base}):"]
            lines += [f"    {docstring(shape_sentence(self._namespace, name))}", ""]
            lines += ["    __shape__: ClassVar[str]", "    __namespace__: ClassVar[Namespace]"]
            for member in self._members.of(name, as_attributes=True):
                if member.name != "message":
                    lines += [f"    {member.name}: {member.stored} | None", f"    {docstring(member.facts)}"]
        own = {".models": sorted([*self._structures, *self._enums])}
        return [*imports({**_ERRORS_IMPORTS, **own}, words(lines)), *lines]

    def _error_base(self, name: str) -> str:
        if self._made and name not in self._owners:
            # At run time it derives from a base of its name, which no stub has.
            return errors.UNMODELLED.get(name, errors.ServiceError).__name__
        return name if self._made else errors.error_base(name, self._owners).__name__

    def models(self) -> list[str]:
        """The structures and enums."""
        body = ["", "NAMESPACE: Namespace"]
        for name in self._enums:
            body += self._enum(name)
        for name in self._structures:
            body += self._structure(name)
        used = words(body)
        head = ["import builtins"] if "builtins" in used else []
        shapes = {m["shape"] for name in self._structures for m in self._shapes[name]["members"].values()}
        own = {".errors": sorted(shapes.intersection(self._errors))}
        own |= {f".{home}": [cls] for cls, home, _ in self._service.bases.values()}
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
            base = f"Request[{self._schema.operations[operation]['output']}]"
        elif "response" in row:
            base, operation = "Response", row["response"]
            if name in self._service.bases and not self._made:
                own, _, parameter = self._service.bases[name]
                base = f"{own}[{parameter}]"
        yield from ("", f"class {name}({base}):")
        page = self._service.page.format(operation)
        yield f"    {docstring(f'{shape_sentence(self._namespace, name)} {page}')}"
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
        for name in sorted(self._schema.operations):
            body += self._operation(name)
        for name in sorted(self._schema.waiters, key=lambda name: self._schema.waiters[name]["method"]):
            body += self._waiter(name)
        for name in sorted(self._schema.paginators):
            body += self._paginator(name)
        models = sorted(["NAMESPACE", *self._structures, *self._enums, *(f"_{name}Value" for name in self._enums)])
        own = {module: [name] for name, module in self._bases.items()}
        return [*imports({**_CLIENT_IMPORTS, **own, ".models": models}, words(body)), *body]

    def _method(
        self, head: str, operation: str, options: Sequence[Option], returns: str, sentence: str
    ) -> Iterator[str]:
        request = self._schema.operations[operation]["input"]
        members = [member.parameter for member in self._members.of(request)]
        taken = [f"{option.name}: {option.type} = None" for option in options]
        doc = [sentence, *(f"{code(option.name)}: {option.text}." for option in options)]
        yield "    @overload"
        yield from function(head, ["self", f"request: {request}", "/", *(["*"] if taken else []), *taken], returns, doc)
        yield "    @overload"
        yield from function(head, ["self", *(["*"] if taken or members else []), *members, *taken], returns, doc)

    def _operation(self, name: str) -> Iterator[str]:
        row = self._schema.operations[name]
        head, returns = f"async def {row['method']}", row["output"]
        if "event_stream" in row:
            sides = [row[key] for key in ("request_event_stream", "event_stream") if key in row]
            kind = "DuplexEventStream" if len(sides) > 1 else "EventStream"
            head, returns = f"def {row['method']}", f"{kind}[{', '.join(map(self._events, sides))}, {returns}]"
        doc = f"{operation_sentence(self._namespace, name)} {self._service.page.format(name)}"
        yield from self._method(head, name, [], returns, doc)

    def _events(self, stream: str) -> str:
        shapes = [member["shape"] for member in self._shapes[stream]["members"].values()]
        return " | ".join(sorted(shape for shape in shapes if "error" not in self._shapes[shape]))

    def _waiter(self, name: str) -> Iterator[str]:
        row = self._schema.waiters[name]
        response = self._schema.operations[row["operation"]]["output"]
        # Where an error is the sign of success, no poll may have had a response.
        by_error = any(a["state"] == "success" and a["matcher"] == "error" for a in row["acceptors"])
        yield from self._method(
            f"async def {row['method']}",
            row["operation"],
            waiter_options(self._namespace, name),
            f"{response} | None" if by_error else response,
            waiter_sentence(self._namespace, name),
        )

    def _paginator(self, name: str) -> Iterator[str]:
        row, response = self._schema.paginators[name], self._schema.operations[name]["output"]
        result = next(m for m in self._shapes[response]["members"].values() if m["name"] == row["result"])
        item = self._members.stored(self._shapes[result["shape"]]["item"])
        yield from self._method(
            f"def {row['method']}",
            name,
            paginator_options(self._namespace, name),
            f"Paginator[{item}, {response}]",
            paginator_sentence(self._namespace, name),
        )


def _constructor() -> list[str]:
    parameters = ["self", "config: Config | None = None", "*"]
    for field in attrs.fields(Config):
        if field.init:
            kind = str(field.type)
            parameters.append(f"{field.name}: {kind if kind.endswith('| None') else f'{kind} | None'} = None")
    return function("def __init__", parameters, "None")
