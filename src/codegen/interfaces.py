"""Interfaces: what type checkers see of the modules between the clients and the wire.

A stub without bodies, written from the module itself, in which the types of the layers below are Any: a checker that
follows a user's import of a client reads neither the transport, nor the pipeline, nor aiohttp.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MODULES = ("_client", "_client_for", "_duplex", "_session", "_streams")
"""The modules whose interface is written."""
_BELOW = ("_http", "_methods", "_model", "_pipeline", "_preparing", "_protocols.event", "_protocols.protocol")
"""The packages and modules whose types are Any there, by how their names begin."""


def render_interface(source: str, first: str) -> str:
    """The stub of a module's source."""
    tree = ast.parse(source)
    body = [made for statement in tree.body for made in _statement(statement)]
    every = [node for statement in body for node in ast.walk(statement)]
    used = {node.id for node in every if isinstance(node, ast.Name)}
    used |= {node.value for node in every if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    lines: list[str] = []
    hidden: list[str] = []
    for imported in _imports(tree.body):
        names = [alias for alias in imported.names if (alias.asname or alias.name) in used]
        if isinstance(imported, ast.ImportFrom) and (imported.module or "").startswith(_BELOW):
            hidden += [alias.asname or alias.name for alias in names]
        elif names:
            imported.names = names
            lines.append(ast.unparse(imported))
    if hidden:
        lines.append("from typing import Any, TypeAlias")
    lines += [f"{name}: TypeAlias = Any" for name in sorted(hidden)]
    return "\n".join([f"# {first}", *lines, *(ast.unparse(ast.fix_missing_locations(each)) for each in body), ""])


def _imports(body: Iterable[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    for statement in body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if not (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
                yield statement
        elif _is_for_checkers(statement):
            yield from _imports(statement.body)


def _is_for_checkers(statement: ast.stmt) -> TypeGuard[ast.If]:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"


def _statement(statement: ast.stmt) -> Iterator[ast.stmt]:
    """What a stub has of a module's statement."""
    if isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
        found = [made for each in statement.body for made in _member(each)]
        yield ast.ClassDef(
            statement.name, statement.bases, statement.keywords, found or [_ELLIPSIS], statement.decorator_list
        )
    elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and not statement.name.startswith("_"):
        yield _function(statement)
    elif isinstance(statement, ast.Assign) and ast.unparse(statement.value).startswith("TypeVar("):
        yield statement


def _member(statement: ast.stmt) -> Iterator[ast.stmt]:
    """What a stub has of a statement in a class."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield _function(statement)
        if statement.name == "__init__":
            for inner in ast.walk(statement):
                if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Attribute):
                    yield _declared(ast.Name(inner.target.attr), inner.annotation)
    elif isinstance(statement, ast.AnnAssign) and not ast.unparse(statement.target).startswith("__"):
        yield _declared(statement.target, statement.annotation, with_default=statement.value is not None)
    elif isinstance(statement, ast.Expr):
        yield statement
    elif _is_for_checkers(statement):
        for each in statement.body:
            yield from _member(each)


def _declared(
    target: ast.Name | ast.Attribute | ast.Subscript, annotation: ast.expr, *, with_default: bool = False
) -> ast.AnnAssign:
    return ast.AnnAssign(target, annotation, ast.Constant(...) if with_default else None, 1)


def _function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.stmt:
    document = function.body[:1] if ast.get_docstring(function) else []
    given = function.args
    made = ast.arguments(
        given.posonlyargs,
        given.args,
        given.vararg,
        given.kwonlyargs,
        [None if default is None else ast.Constant(...) for default in given.kw_defaults],
        given.kwarg,
        [ast.Constant(...) for _ in given.defaults],
    )
    # To a type checker an asynchronous generator is a plain function that returns one.
    yields = any(isinstance(node, ast.Yield) for node in ast.walk(function))
    kind = ast.FunctionDef if yields else type(function)
    return kind(function.name, made, document or [_ELLIPSIS], function.decorator_list, function.returns)


_ELLIPSIS = ast.Expr(ast.Constant(...))
