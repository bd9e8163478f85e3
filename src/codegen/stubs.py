"""The stubs: what type checkers and editors see of the classes that are built at run time.

They are written from the same rows as the classes, and `mypy.stubtest` holds the two together.
"""

from __future__ import annotations

import ast
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from aiosagemaker import errors
from aiosagemaker._shapes.members import is_optional
from aiosagemaker.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .schema import Row

WIDTH = 120
_SCALARS = {
    "blob": "bytes",
    "boolean": "bool",
    "double": "float",
    "float": "float",
    "integer": "int",
    "long": "int",
    "string": "str",
    "timestamp": "datetime",
}
_BOUNDED = {"blob": "bytes", "list": "items", "map": "entries", "string": "characters"}
_MODELS_IMPORTS = {
    "attrs": ["frozen"],
    "collections.abc": ["Callable", "Iterable", "Mapping", "Sequence"],
    "datetime": ["datetime"],
    "typing": ["Any", "Literal", "Self", "TypeAlias"],
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
    ".models": ["NAMESPACE as NAMESPACE"],
}
_CLIENT_IMPORTS = {
    "collections.abc": ["Callable", "Iterable", "Mapping", "Sequence"],
    "datetime": ["datetime", "timedelta"],
    "typing": ["Any", "overload"],
    ".._clock": ["Clock"],
    "..config": ["Config", "HttpConfig", "ParameterValidation", "TimeoutConfig"],
    "..credentials": ["CredentialsSource"],
    "..paginators": ["Paginator"],
    "..retries": ["RetryConfig"],
}
_TAKEN = {name for names in (*_MODELS_IMPORTS.values(), *_CLIENT_IMPORTS.values()) for name in names}
_WAITER_OPTIONS = [f"{name}: float | timedelta | None = None" for name in ("timeout", "min_delay", "max_delay")]


class Service(NamedTuple):
    """What the stubs of a service need beside its table."""

    package: str
    """Our package for it."""
    client: str
    """The name of its client."""
    page: str
    """The address of an operation's page in the API reference, with `{}` for the operation."""
    own: Mapping[str, Sequence[str]] = MappingProxyType({})
    """What the package offers beside its shapes: names that are written by hand, by their modules."""


def client_bases(source: str, client: str) -> dict[str, str]:
    """The bases of a client and the modules they come from, as the client's own module has them."""
    tree = ast.parse(source)
    modules = {
        alias.name: f"{'.' * node.level}{node.module or ''}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == client)
    return {name: modules[name] for name in map(ast.unparse, found.bases)}


def render_stubs(schema: Row, service: Service, first: str, client_source: str) -> dict[str, str]:
    """File name to text. `first` says in each first line what the file is; `client_source` is the client's module.

    Raises ValueError for a shape whose name the stubs need for themselves.
    """
    stubs = _Stubs(schema, service, client_bases(client_source, service.client))
    texts = {
        "__init__.pyi": stubs.package(),
        "client.pyi": stubs.client(),
        "errors.pyi": stubs.errors(),
        "models.pyi": stubs.models(),
    }
    return {name: "\n".join([f"# {first}", *lines, ""]) for name, lines in texts.items()}


def _imports(names: Mapping[str, Sequence[str]], used: frozenset[str]) -> Iterator[str]:
    for module, wanted in names.items():
        if found := [name for name in wanted if name.partition(" ")[0] in used or " as " in name]:
            head = f"from {module} import "
            line = head + ", ".join(found)
            yield from [line] if len(line) <= WIDTH else _listed(f"{head}(", found, ")")


def _listed(head: str, items: Sequence[str], tail: str) -> list[str]:
    line = f"{head}{', '.join(items)}{tail}"
    if len(line) <= WIDTH:
        return [line]
    text = "\n".join(f"{item}," for item in items)
    indent = " " * 4
    rows = [""]
    for item in text.split("\n"):
        if len(indent) + len(rows[-1]) + 1 + len(item) > WIDTH:
            rows.append("")
        rows[-1] = f"{rows[-1]} {item}".lstrip()
    return [head, *(indent + row for row in rows), tail]


def _function(head: str, parameters: Sequence[str], returns: str, doc: str = "") -> list[str]:
    line = f"    {head}({', '.join(parameters)}) -> {returns}:"
    if len(line) + 4 > WIDTH:
        lines = [f"    {head}(", *(f"        {parameter}," for parameter in parameters), f"    ) -> {returns}:"]
    else:
        lines = [line]
    if doc:
        return [*lines, f"        {_docstring(doc)}"]
    lines[-1] += " ..."
    return lines


def _words(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", "\n".join(lines)))


def _docstring(text: str) -> str:
    if '"""' in text or not text.isprintable():
        raise ValueError(f"not for a docstring: {text!r}")
    return f'{"r" if chr(92) in text else ""}"""{text}"""'


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Stubs:
    def __init__(self, schema: Row, service: Service, bases: Mapping[str, str]) -> None:
        self._schema = schema
        self._bases = bases
        self._service = service
        self._shapes: dict[str, Row] = schema["shapes"]
        self._errors = sorted(name for name, row in self._shapes.items() if "error" in row)
        self._enums = sorted(name for name, row in self._shapes.items() if row["type"] == "enum")
        self._structures = sorted(
            name for name, row in self._shapes.items() if row["type"] == "structure" and "error" not in row
        )
        if met := _TAKEN.intersection(self._enums, self._structures, self._errors):
            raise ValueError(f"the stubs need these names for themselves: {sorted(met)}")

    def package(self) -> list[str]:
        """The face of the service's package."""
        models = sorted([*self._enums, *self._structures])
        own = [name for names in self._service.own.values() for name in names]
        return [
            *_listed("from .errors import (", self._errors, ")"),
            *_listed("from .models import (", models, ")"),
            *(f"from {module} import {', '.join(names)}" for module, names in self._service.own.items()),
            "",
            *_listed("__all__ = [", [_literal(name) for name in (*models, *self._errors, *own)], "]"),
        ]

    def errors(self) -> list[str]:
        """The errors that the model names."""
        lines = ["", *_listed("__all__ = [", [_literal(name) for name in self._errors], "]")]
        for name in self._errors:
            base = errors.UNMODELLED.get(name, errors.ServiceError).__name__
            row = self._shapes[name]
            status = row["error"].get("status")
            lines += ["", f"class {name}(_errors.{base}):"]
            lines += [f'    """An error of the service{f", HTTP status {status}" if status else ""}."""', ""]
            lines += ["    __shape__: ClassVar[str]", "    __namespace__: ClassVar[Namespace]"]
            for wire, member in row["members"].items():
                if member["name"] != "message":
                    lines += [f"    {member['name']}: {self._stored(member['shape'])} | None"]
                    lines += [f"    {_docstring(self._facts(wire, member))}"]
        return [*_imports(_ERRORS_IMPORTS, _words(lines)), *lines]

    def models(self) -> list[str]:
        """The structures and enums."""
        body = ["", "NAMESPACE: Namespace"]
        for name in self._enums:
            body += self._enum(name)
        for name in self._structures:
            body += self._structure(name)
        return [*_imports(_MODELS_IMPORTS, _words(body)), *body]

    def _enum(self, name: str) -> Iterator[str]:
        values = self._shapes[name]["values"]
        yield from ("", f"class {name}(OpenEnum):")
        yield from [f"    {member} = {_literal(value)}" for member, value in values.items()] or ["    ..."]
        if values:
            yield ""
            yield from _listed(f"_{name}Value: TypeAlias = Literal[", [_literal(v) for v in values.values()], "]")

    def _structure(self, name: str) -> list[str]:
        row = self._shapes[name]
        members: dict[str, Row] = row.get("members", {})
        base, operation = "Structure", name
        if "request" in row:
            operation = row["request"]
            base = f"Request[{self._schema['operations'][operation]['output']}]"
        elif "response" in row:
            base, operation = "Response", row["response"]
        lines = ["", "@frozen(kw_only=True, order=False, init=False)", f"class {name}({base}):"]
        one_of = " Exactly one member is set." if row.get("union") else ""
        lines += [f"    {_docstring(self._service.page.format(operation) + one_of)}", ""]
        for wire, member in members.items():
            lines += [
                f"    {member['name']}: {self._attribute(member)}",
                f"    {_docstring(self._facts(wire, member))}",
            ]
        parameters = list(self._parameters(members))
        if "response" in row:
            parameters.append("response_metadata: ResponseMetadata = ...")
        lines += _function("def __init__", ["self", *(["*"] if parameters else []), *parameters], "None")
        for member in members.values():
            lines += self._setters(member)
        return lines

    def _setters(self, member: Row) -> Iterator[str]:
        shape = self._shapes[member["shape"]]
        word = member["name"].rstrip("_")
        optional = " | None" if is_optional(member) else ""  # type: ignore[arg-type]  # a row before it is written
        value = f"{self._argument(member)}{optional}"
        if shape["type"] == "structure":
            value += f" | Callable[[{member['shape']}{optional}], {member['shape']}{optional}]"
        yield from _function(f"def with_{word}", ["self", f"value: {value}"], "Self")
        if shape["type"] == "list":
            yield from _function(f"def add_{word}", ["self", f"*items: {self._taken(shape['item'])}"], "Self")
        elif shape["type"] == "map":
            entry = f"value: {self._taken(shape['value'])}"
            yield from _function(f"def put_{word}", ["self", "key: str", entry], "Self")
        if optional:
            yield from _function(f"def without_{word}", ["self"], "Self")

    def _parameters(self, members: Mapping[str, Row]) -> Iterator[str]:
        for member in members.values():
            optional = " | None = None" if is_optional(member) else ""  # type: ignore[arg-type]  # as above
            yield f"{member['name']}: {self._argument(member)}{optional}"

    def _attribute(self, member: Row) -> str:
        return f"{self._stored(member['shape'])}{' | None' if is_optional(member) else ''}"  # type: ignore[arg-type]

    def _argument(self, member: Row) -> str:
        taken = self._taken(member["shape"])
        return f"{taken} | Mapping[str, Any] | Sequence[Any]" if member.get("json_value") else taken

    def _stored(self, name: str) -> str:
        """The type of a stored value of the shape."""
        row = self._shapes[name]
        kind = row["type"]
        if kind in ("structure", "enum"):
            return name
        if kind == "list":
            return f"tuple[{self._stored(row['item'])}, ...]"
        if kind == "map":
            return f"Mapping[str, {self._stored(row['value'])}]"
        return _SCALARS.get(kind, "Any")

    def _taken(self, name: str) -> str:
        """What a constructor takes for the shape."""
        row = self._shapes[name]
        kind = row["type"]
        if kind == "enum":
            return f"{name} | _{name}Value" if row["values"] else f"{name} | str"
        if kind == "list":
            return f"Iterable[{self._taken(row['item'])}]"
        if kind == "map":
            return f"Mapping[str, {self._taken(row['value'])}]"
        if kind == "blob":
            return "bytes | bytearray | memoryview"
        return self._stored(name)

    def _facts(self, wire: str, member: Row) -> str:
        facts = [f"`{wire}`"]
        if "location" in member:
            facts.append(f"{member['location']} `{member.get('location_name', wire)}`")
        if member.get("required"):
            facts.append("required")
        if member.get("idempotency_token"):
            facts.append("filled in when left out")
        if member.get("json_value"):
            facts.append("JSON, as text or as a value")
        if member.get("deprecated"):
            facts.append("deprecated")
        facts += self._constraints(member["shape"])
        return f"{'; '.join(facts)}."

    def _constraints(self, name: str) -> Iterator[str]:
        row = self._shapes[name]
        kind = row["type"]
        if row.get("sensitive"):
            yield "sensitive"
        if bounds := _bounds(row):
            yield f"{bounds} {_BOUNDED.get(kind, '')}".rstrip()
        if "pattern" in row:
            yield f"pattern `{row['pattern']}`"
        for part, words in (("item", "each"), ("key", "keys"), ("value", "values")):
            if part in row and (inner := ", ".join(self._constraints(row[part]))):
                yield f"{words} {inner}"

    def client(self) -> list[str]:
        """The client."""
        body = ["", f"class {self._service.client}({', '.join(self._bases)}, namespace=NAMESPACE):"]
        body += self._constructor()
        for name, row in sorted(self._schema["operations"].items()):
            body += self._method(f"async def {row['method']}", name, [], row["output"], self._service.page.format(name))
        for row in sorted(self._schema["waiters"].values(), key=lambda waiter: str(waiter["method"])):
            body += self._waiter(row)
        for name, row in sorted(self._schema["paginators"].items()):
            body += self._paginator(name, row)
        words = _words(body)
        models = ["NAMESPACE", *self._structures, *self._enums, *(f"_{name}Value" for name in self._enums)]
        imports = {**_CLIENT_IMPORTS, **{module: [name] for name, module in self._bases.items()}}
        return [*_imports({**imports, ".models": sorted(models)}, words), *body]

    def _constructor(self) -> list[str]:
        parameters = ["self", "config: Config | None = None", "*"]
        for field in attrs.fields(Config):
            if field.init:
                kind = str(field.type)
                parameters.append(f"{field.name}: {kind if kind.endswith('| None') else f'{kind} | None'} = None")
        return _function("def __init__", parameters, "None")

    def _method(self, head: str, operation: str, options: Sequence[str], returns: str, doc: str) -> Iterator[str]:
        request = self._schema["operations"][operation]["input"]
        members = list(self._parameters(self._shapes[request].get("members", {})))
        star = ["*"] if options else []
        yield "    @overload"
        yield from _function(head, ["self", f"request: {request}", "/", *star, *options], returns, doc)
        star = ["*"] if options or members else []
        yield "    @overload"
        yield from _function(head, ["self", *star, *members, *options], returns, doc)

    def _waiter(self, row: Row) -> Iterator[str]:
        response = self._schema["operations"][row["operation"]]["output"]
        # Where an error is the sign of success, no poll may have had a response.
        by_error = any(a["state"] == "success" and a["matcher"] == "error" for a in row["acceptors"])
        yield from self._method(
            f"async def {row['method']}",
            row["operation"],
            [
                *_WAITER_OPTIONS,
                f"on_poll: Callable[[{response}], object] | None = None",
                *(f"{name}: str | None = None" for name in row.get("confirm", ())),
            ],
            f"{response} | None" if by_error else response,
            f"Polls {row['operation']}, by default for up to {row['delay'] * row['max_attempts']} s.",
        )

    def _paginator(self, operation: str, row: Row) -> Iterator[str]:
        response = self._schema["operations"][operation]["output"]
        result = next(m for m in self._shapes[response]["members"].values() if m["name"] == row["result"])
        item = self._stored(self._shapes[result["shape"]]["item"])
        yield from self._method(
            f"def {row['method']}",
            operation,
            ["page_size: int | None = None"],
            f"Paginator[{item}, {response}]",
            f"The `{row['result']}` of every page of {operation}.",
        )


def _bounds(row: Mapping[str, Any]) -> str:
    if "min" in row and "max" in row:
        return f"{row['min']} to {row['max']}"
    return f"at least {row['min']}" if "min" in row else f"at most {row['max']}" if "max" in row else ""
