"""The reference of a service, in reStructuredText, from its stubs."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .docstrings import heading, indented, inline, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from aiosagemaker._services import Service

    Function = ast.FunctionDef | ast.AsyncFunctionDef

_ALIAS = re.compile(r" \| _\w+Value\b|\b_\w+Value \| ")
_LARGE = 40
"""A group of methods or of classes with fewer is on a page with others."""


def pages(stubs: Path, service: Service, beside: str = "") -> dict[str, str]:
    """Path to text: the pages of a service, whose stubs are in a folder, and one that is given beside them."""
    package = f"aiosagemaker.{service.package}"
    client = _classes(stubs / "client.pyi")[service.client]
    shapes = _classes(stubs / "models.pyi")
    methods = _last_of_each(client)
    texts = {
        **_grouped("methods", _by_first_word(methods), lambda name: _method(service.client, methods[name])),
        **_grouped("shapes", _by_first_letter(shapes), lambda name: _class(shapes[name])),
        "errors": ("Errors", [_class(each) for each in _classes(stubs / "errors.pyi").values()]),
    }
    made = {
        f"{service.package}/{name}.rst": "\n".join([*heading(title), f".. py:currentmodule:: {package}", "", *parts])
        for name, (title, parts) in texts.items()
    }
    if beside:
        made[f"{service.package}/beside.rst"] = beside
    head = [
        *heading(service.title),
        f".. py:module:: {package}",
        "",
        f".. py:class:: {service.client}(config=None, **settings)",
        "   :module: aiosagemaker",
        "",
        f"   A client of {inline(service.title)}: settings are the fields of ``Config``.",
        "",
        ".. toctree::",
        "   :maxdepth: 1",
        "",
        *(f"   {PurePosixPath(name).stem}" for name in made),
        "",
    ]
    return {f"{service.package}/index.rst": "\n".join(head), **made}


def _classes(path: Path) -> dict[str, ast.ClassDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _last_of_each(client: ast.ClassDef) -> dict[str, Function]:
    """The methods by name; of overloads the last, which takes members as keywords."""
    functions = (node for node in client.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name: node for node in functions if not node.name.startswith("_")}


def _by_first_word(methods: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(methods):
        found[name.partition("_")[0]].append(name)
    return found


def _by_first_letter(shapes: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(shapes):
        found[name[0].lower()].append(name)
    return found


def _grouped(kind: str, groups: dict[str, list[str]], render: Callable[[str], str]) -> dict[str, tuple[str, list[str]]]:
    """Page to title and parts: the large groups each, the others together."""
    large = {key: names for key, names in groups.items() if len(names) >= _LARGE}
    small = [name for key, names in groups.items() if key not in large for name in names]
    found = {f"{kind}-{key}": (f"{kind.capitalize()}: {key}", [*map(render, names)]) for key, names in large.items()}
    if small:
        title = f"{kind.capitalize()}: others" if large else kind.capitalize()
        found[kind] = (title, [*map(render, small)])
    return found


def _method(client: str, node: Function) -> str:
    kind = "   :module: aiosagemaker\n" + ("   :async:\n" if isinstance(node, ast.AsyncFunctionDef) else "")
    returns = f" -> {_type(node.returns)}" if node.returns else ""
    first = f".. py:method:: {client}.{node.name}({_arguments(node.args)}){returns}\n{kind}"
    return "\n".join([first, *indented(_documentation(node)), ""])


def _arguments(arguments: ast.arguments) -> str:
    """A signature's arguments without `self`, and without types that the fields of the request have."""
    positional = [each.arg for each in arguments.args if each.arg != "self"]
    named = [
        f"{each.arg}: {_type(each.annotation)}" + (f" = {ast.unparse(default)}" if default else "")
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return ", ".join([*positional, *(["*"] if named else []), *named])


def _class(node: ast.ClassDef) -> str:
    bases = ", ".join(ast.unparse(base).replace("_errors.", "aiosagemaker.errors.") for base in node.bases)
    fields = [line for name, kind, text in _members(node) for line in _field(name, kind, text)]
    about = [*_documentation(node), "", f"Bases: ``{bases}``", "", *fields]
    return "\n".join([f".. py:class:: {node.name}", "", *indented(about), ""])


def _members(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Each member's name, type and documentation; of an enum the values."""
    for index, each in enumerate(node.body):
        follower = node.body[index + 1] if index + 1 < len(node.body) else None
        match each, follower:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, _type(each.annotation), text
            case ast.AnnAssign(target=ast.Name(id=name)), _ if not name.startswith("_"):
                yield name, _type(each.annotation), ""
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))), _:
                yield name, "", f"`{value}`"
            case _:
                pass


def _field(name: str, kind: str, text: str) -> Iterator[str]:
    yield f":ivar {name}: {inline(' '.join(text.split()))}"
    if kind:
        yield f":vartype {name}: {kind}"


def _type(node: ast.expr | None) -> str:
    """A type as the reader knows it: an enum stands for the literals of its values."""
    return _ALIAS.sub("", ast.unparse(node)) if node is not None else ""


def _documentation(node: ast.ClassDef | Function) -> list[str]:
    return [line(each) for each in (ast.get_docstring(node) or "").splitlines()]
