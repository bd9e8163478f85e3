"""The structure of the package as its imports show it, those for types included."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import aiosagemaker

PACKAGE = Path(aiosagemaker.__file__).parent
FACES = ("config", "credentials", "errors", "hooks", "progress", "telemetry", "testing")
LAYERS = (
    (
        "_errors",
        "_cache_files",
        "_error_names",
        "_event_loop",
        "_failure_kinds",
        "_files",
        "_hints",
        "_clock",
        "_botocore",
        "_services",
        "_hooks",
        "_limits",
        "_secrets",
        "_threads",
        "_values",
        "_version",
        "_wire_log",
    ),
    ("_shapes",),
    ("_docs", "_model"),
    ("_rate_limiter", "retries"),
    ("_credentials",),
    ("_config",),
    ("_protocols",),
    ("_http",),
    ("waiters", "paginators"),
    ("_recovery",),
    ("_telling",),
    ("_preparing",),
    ("_pipeline",),
    ("_session",),
    ("_streams",),
    ("_chat", "_duplex"),
    ("_methods",),
    ("_client",),
    ("SERVICES",),
    (*FACES, "", "_client_for", "_stubs"),
    ("hosting",),
    ("local", "cli", "demo", "stubs", "__main__"),
)
"""The rooms, from the ground up: a module imports from its own layer and from those below it."""


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name below it; a package by its own name, the root by an empty one."""
    found: dict[str, Path] = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(name: str) -> set[str]:
    """The modules of the package that a module imports from, wherever in it the statement stands."""
    path = MODULES[name]
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    package = [part for part in package if part]
    targets: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = package[: len(package) - node.level + 1]
        module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
        for alias in node.names:
            inner = f"{module}.{alias.name}".strip(".")
            targets.add(inner if inner in MODULES else module)
    return {target for target in targets - {name} if target in MODULES}


GRAPH = {name: imported(name) for name in MODULES}


def circles() -> list[list[str]]:
    """The strongly connected parts of the graph that have more than one module (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(GRAPH[name]):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            part = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(part) > 1:
                found.append(sorted(part))

    for name in GRAPH:
        if name not in index:
            visit(name)
    return found


def layer(name: str) -> int:
    """The number of the layer that a module belongs to."""
    room = name.partition(".")[0]
    if (PACKAGE / room / "schema.json").exists() and room:
        room = "SERVICES"
    found = [number for number, rooms in enumerate(LAYERS) if room in rooms]
    assert found, f"{room} has no layer yet: give it one in LAYERS"
    return found[0]


def test_no_module_imports_itself_by_way_of_others() -> None:
    """There is no circle among the modules, neither at run time nor for types."""
    assert circles() == []


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_go_down(name: str) -> None:
    """A module imports from its own layer and from lower ones, and nothing below the faces imports a face."""
    # The root's __version__ is a fact about the distribution, which the ground may ask for.
    upward = {other for other in GRAPH[name] if layer(other) > layer(name) and other}
    assert upward == set()


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_package_names_itself_nowhere(name: str) -> None:
    """Imports inside the package are relative, so that a copy under another name is a package of its own."""
    absolute = defaultdict(list)
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        for each in names:
            if each.partition(".")[0] == PACKAGE.name:
                absolute[node.lineno].append(each)
    assert absolute == {}
