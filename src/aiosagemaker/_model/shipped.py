"""The packages of the services that are shipped: what their generated modules are made of.

A table is read when first asked for.
"""

from __future__ import annotations

import functools
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._botocore import uses_installed_model
from .._services import BY_PACKAGE
from .._shapes.namespace import Namespace
from .._shapes.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from .._shapes.registry import MakeView, Registry
    from .._shapes.structure import Response


def package(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and the `__dir__` of a service's package: shapes, errors, and what is written by hand."""
    row = BY_PACKAGE[module.rpartition(".")[2]]
    own = {name: home for home, names in row.own.items() for name in names}

    @functools.cache
    def names() -> list[str]:
        namespace = _namespace(module)
        return [*namespace.public_names, *namespace.error_names, *own]

    def get(name: str) -> Any:
        if name == "__all__":
            return names()
        if name not in own:
            try:
                return _namespace(module).getattr(name)
            except AttributeError as error:
                text = str(error)
            # Of an AttributeError an import statement shows nothing, and the text may say where the name is.
            raise (ImportError if _imports(sys._getframe(1)) else AttributeError)(text, name=name)
        value = getattr(importlib.import_module(f".{own[name]}", module), name)
        setattr(sys.modules[module], name, value)
        return value

    return get, lambda: [*vars(sys.modules[module]), *names()]


def _imports(frame: FrameType) -> bool:
    """Whether the frame is at the step of an import statement that takes a name from a module."""
    from opcode import opmap

    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]


def models(module: str, file: str) -> tuple[Namespace, Callable[[str], Any]]:
    """The namespace of a service, and the `__getattr__` of its module `models`, which lies in `file`."""
    namespace = shipped_namespace(module.rpartition(".")[0], Path(file).with_name("schema.json"))
    return namespace, namespace.getattr


def errors(module: str) -> Callable[[str], Any]:
    """The `__getattr__` of a service's module `errors`."""
    service = module.rpartition(".")[0]

    def get(name: str) -> Any:
        namespace = _namespace(service)
        if name == "__all__":
            return namespace.error_names
        if not namespace.is_error(name):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return namespace[name]

    return get


def shipped_namespace(module: str, table: Path) -> Namespace:
    """The classes of `module`, from the `schema.json` that stands beside it or, if the environment asks for that, from
    the installed botocore's model.
    """
    service = BY_PACKAGE.get(module.rpartition(".")[2])

    def base(name: str) -> type[Response] | None:
        if service is None or name not in service.bases:
            return None
        cls, home, _ = service.bases[name]
        found: type[Response] = getattr(importlib.import_module(f".{home}", module), cls)
        return found

    def view(name: str) -> MakeView | None:
        if service is None or name not in service.views:
            return None
        function, home = service.views[name]
        found: MakeView = getattr(importlib.import_module(f".{home}", module), function)
        return found

    return Namespace(module, lambda: _schema(module, table), document, _newer, base=base, view=view)


def _schema(module: str, table: Path) -> Schema:
    service = BY_PACKAGE.get(module.rpartition(".")[2])
    if service is not None and uses_installed_model():
        from .installed import has_service, installed_schema

        if has_service(service.name):  # an old botocore may lack what this library ships
            return installed_schema(service.name)
    with table.open(encoding="utf-8") as lines:
        return Schema.parse(lines)


def _newer(namespace: Registry, section: str, name: str) -> str:
    # What is asked for with `from . import module`, or by whoever looks an object over, is no name of a model.
    if name.startswith("_") or (section == "shapes" and not name[0].isupper()):
        return ""
    from .newer import newer

    return newer(namespace, section, name)


def document(namespace: Registry, name: str) -> str:
    from .._docs.documentation import shape_doc

    return shape_doc(namespace, name)


def _namespace(package_name: str) -> Namespace:
    namespace: Namespace = importlib.import_module(".models", package_name).NAMESPACE
    return namespace
