"""The reference of what is written by hand: the public modules, and what a client has beside its operations.

It is read from the source, which is not run: what an extra brings need not be installed.
"""

from __future__ import annotations

import ast
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aiosagemaker._services import BY_PACKAGE

from .docstrings import document, heading, indented, inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aiosagemaker._services import Service

    Function = ast.FunctionDef | ast.AsyncFunctionDef

PACKAGE = "aiosagemaker"
_PROGRAMS = ("cli", "demo", "stubs")
"""Public modules that are there to be run: the guides and `--help` describe them."""


class Definition(NamedTuple):
    """Where a name is defined."""

    module: str
    node: ast.stmt
    text: str
    """The docstring below it, where it is no class and no function."""


class Sources:
    """The modules of the package, by their dotted names below it; of one that has a stub, the stub."""

    def __init__(self, root: Path) -> None:
        """`root` is that of the checkout."""
        self._stubs, self._source = root / "stubs" / PACKAGE, root / "src" / PACKAGE
        self._read: dict[str, ast.Module] = {}

    def faces(self) -> list[str]:
        """The public modules; the package itself, by an empty name, is the first."""
        found = {path.stem for path in self._source.glob("*.py")}
        found |= {path.parent.name for path in self._source.glob("*/__init__.py")}
        return ["", *sorted(name for name in found if name[0] != "_" and name not in (*BY_PACKAGE, *_PROGRAMS))]

    def documentation(self, module: str) -> str:
        """A module's docstring, or that of the module whose it takes."""
        tree = ast.parse(self._path(module, stubbed=False).read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__doc__":
                return self.documentation(ast.unparse(node.value).removesuffix(".__doc__"))
        return ast.get_docstring(tree) or ""

    def names(self, module: str) -> list[str]:
        """What a module offers: its `__all__`, or what is defined in it and has no underscore."""
        body = self._tree(module).body
        for node in body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                listed: list[str] = ast.literal_eval(node.value)
                return listed
        defined = (
            node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        )
        return sorted(name for name in defined if not name.startswith("_"))

    def find(self, module: str, name: str) -> Definition | None:
        """Where a name of a module is defined, by way of the imports."""
        for node, after in _statements(self._tree(module).body):
            if name in _defined(node):
                return Definition(module, node, _string(after))
            if isinstance(node, ast.ImportFrom) and node.level:
                for alias in node.names:
                    if name == (alias.asname or alias.name):
                        return self.find(self._target(module, node), alias.name)
                    if alias.name == "*" and (found := self.find(self._target(module, node), name)):
                        return found
        return None

    def _target(self, module: str, node: ast.ImportFrom) -> str:
        parts = module.split(".") if module else []
        if self._path(module).stem != "__init__":
            parts = parts[:-1]
        parts = parts[: len(parts) - node.level + 1]
        return ".".join([*parts, *(node.module.split(".") if node.module else [])])

    def _tree(self, module: str) -> ast.Module:
        if module not in self._read:
            self._read[module] = ast.parse(self._path(module).read_text(encoding="utf-8"))
        return self._read[module]

    def _path(self, module: str, *, stubbed: bool = True) -> Path:
        inner = Path(*module.split("."), "__init__") if module else Path("__init__")
        stub, source = self._stubs / inner, self._source / inner
        if stubbed:
            for path in (stub.with_suffix(".pyi"), stub.parent.with_suffix(".pyi")):
                if path.is_file():
                    return path
        path = source.with_suffix(".py")
        return path if path.is_file() else source.parent.with_suffix(".py")


def library_pages(root: Path) -> dict[str, str]:
    """Path to text: a page for each public module."""
    sources = Sources(root)
    faces = sources.faces()
    made: dict[str, str] = {}
    for face in faces:
        module = f"{PACKAGE}.{face}".rstrip(".")
        names = sources.names(face)
        if not face:
            elsewhere = {name for other in faces[1:] for name in sources.names(other)}
            elsewhere |= {service.client for service in BY_PACKAGE.values()}
            names = [name for name in names if name not in elsewhere]
        found = [(name, definition) for name in names if (definition := sources.find(face, name))]
        body = [*heading(module), f".. py:module:: {module}", *document(sources.documentation(face)), ""]
        made[f"{face or PACKAGE}.rst"] = "\n".join([*body, *(_described(name, each) for name, each in found)])
    return made


def beside_operations(root: Path, service: Service) -> str:
    """The page of what a service's client and package have that the service's model does not say."""
    sources = Sources(root)
    package = service.package
    parts = [*heading("Beside the operations"), f".. py:currentmodule:: {PACKAGE}.{package}", ""]
    bases = [f"{package}.{home}:{mixin}" for mixin, home in service.mixins.items()]
    seen = set[str]()
    for base in (*bases, "_client:BaseClient"):
        for function in _inherited(sources, *base.split(":")):
            if function.name not in seen:
                seen.add(function.name)
                parts.append(_function(function, f"{service.client}.{function.name}", "   :module: aiosagemaker"))
    for names in service.own.values():
        for name in names:
            definition = sources.find(package, name)
            assert definition is not None, name
            parts.append(_described(name, definition))
    return "\n".join(parts)


def _inherited(sources: Sources, module: str, name: str) -> Iterator[Function]:
    """The public methods of a class and of those of its bases that are the package's own."""
    definition = sources.find(module, name)
    if definition is None or not isinstance(definition.node, ast.ClassDef):
        return
    yield from _methods(definition.node)
    for base in definition.node.bases:
        yield from _inherited(sources, definition.module, ast.unparse(base).partition("[")[0])


def _described(name: str, definition: Definition) -> str:
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return _class(name, node)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _function(node, name, kind="function")
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    shown = [f"   :value: {ast.unparse(value)}"] if value is not None else []
    return "\n".join([f".. py:data:: {name}", *shown, *indented(document(definition.text)), ""])


def _class(name: str, node: ast.ClassDef) -> str:
    bases = ", ".join(ast.unparse(base).removeprefix("_errors.") for base in node.bases)
    about = [*document(ast.get_docstring(node) or "")]
    if bases:
        about += ["", f"Bases: ``{bases}``"]
    made = next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
    if made is not None:
        about += [*document(ast.get_docstring(made) or "")]
    about += ["", *(line for field in _fields(node) for line in field), ""]
    for function in _methods(node):
        about += _function(function, function.name).splitlines()
    signature = f"({_arguments(made.args)})" if made is not None else ""
    return "\n".join([f".. py:class:: {name}{signature}", *indented(about), ""])


def _fields(node: ast.ClassDef) -> Iterator[list[str]]:
    """The attributes of a class that have a docstring or a type; of an enum its values."""
    is_enum = any("Enum" in ast.unparse(base) for base in node.bases)
    for each, after in _statements(node.body):
        match each:
            case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
                kind = ast.unparse(each.annotation)
            case ast.Assign(targets=[ast.Name(id=name)]) if is_enum:
                kind = ""
            case _:
                continue
        text = " ".join(_string(after).split())
        if is_enum and isinstance(each.value, ast.Constant):
            text = f"`{each.value.value!s}` {text}"
        yield [f":ivar {name}: {inline(text.strip())}", *([f":vartype {name}: {kind}"] if kind else [])]


def _methods(node: ast.ClassDef) -> Iterator[Function]:
    """The public methods of a class that it describes; what only overrides another is described there."""
    for each in node.body:
        if not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) or each.name.startswith("_"):
            continue
        if ast.get_docstring(each):
            yield each


def _function(node: Function, name: str, *options: str, kind: str = "method") -> str:
    decorators = [ast.unparse(each) for each in node.decorator_list]
    returns = ast.unparse(node.returns) if node.returns else ""
    marks = [*options, *(["   :async:"] if isinstance(node, ast.AsyncFunctionDef) else [])]
    if "property" in decorators or "functools.cached_property" in decorators:
        head = [f".. py:property:: {name}", *marks, *([f"   :type: {returns}"] if returns else [])]
    else:
        marks += [f"   :{each}:" for each in decorators if each in ("classmethod", "staticmethod")]
        arrow = f" -> {returns}" if returns else ""
        head = [f".. py:{kind}:: {name}({_arguments(node.args)}){arrow}", *marks]
    return "\n".join([*head, *indented(document(ast.get_docstring(node) or "")), ""])


def _arguments(given: ast.arguments) -> str:
    """A signature's arguments without the first of a method."""
    first = given.posonlyargs or given.args
    bound = bool(first) and first[0].arg in ("self", "cls")
    positional, named = list(given.posonlyargs), list(given.args)
    if bound:
        (positional or named).pop(0)
    return ast.unparse(
        ast.arguments(positional, named, given.vararg, given.kwonlyargs, given.kw_defaults, given.kwarg, given.defaults)
    )


def _statements(body: Iterable[ast.stmt]) -> Iterator[tuple[ast.stmt, ast.stmt | None]]:
    """Each statement and the one after it, those in `if` and `try` too."""
    statements = list(body)
    for node, after in zip_longest(statements, statements[1:]):
        yield node, after
        if isinstance(node, (ast.If, ast.Try)):
            yield from _statements(node.body)


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""
