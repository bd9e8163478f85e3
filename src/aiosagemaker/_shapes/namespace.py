"""Classes by name, built from their rows when they are first asked for."""

from __future__ import annotations

import functools
import importlib
import sys
import threading
from typing import TYPE_CHECKING, Any, cast

import attrs

from .. import _errors as errors
from .._hints import nearest
from .annotations import Annotations, init_annotations
from .body import is_body, to_body
from .enums import OpenEnum
from .keywords import keyword_error, positional_error
from .members import is_optional, member_converter, methods, shape_converter
from .operation import Operation
from .registry import Registry
from .structure import NO_METADATA, Request, Response, Structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from .registry import Conversions, Converter, Display, Document, MakeView, Newer
    from .schema import Schema, ShapeRow


class LazyDoc:
    """A class's `__doc__`, made on demand."""

    __slots__ = ("_namespace", "_shape")

    def __init__(self, namespace: Registry, shape: str) -> None:
        self._namespace = namespace
        self._shape = shape

    def __get__(self, instance: object, owner: type) -> str | None:
        return self._namespace.document(self._shape)


class Namespace(Registry):
    """The classes of one service, built from their rows when they are first asked for.

    The `__getattr__` of `module` must ask here.
    """

    def __init__(
        self,
        module: str,
        schema: Schema | Callable[[], Schema],
        document: Document | None = None,
        newer: Newer | None = None,
        *,
        within: str = "",
        error_base: Callable[[str], type[errors.ServiceError]] = errors.error_base,
        base: Callable[[str], type[Response] | None] | None = None,
        view: Callable[[str], MakeView | None] | None = None,
    ) -> None:
        """`within` is the attribute of `module` that has the classes, if not the module itself; `error_base` tells
        what the class of an error of that name derives from, `base` the same of a response that has more than others,
        `view` what shows a structure in its own way.
        """
        super().__init__(module, schema, document, newer)
        self._within = within
        self._error_base = error_base
        self._base = base
        self._view = view
        self._classes: dict[str, Any] = {}
        self._converters: dict[str, Converter | None] = {}
        self._operations: dict[str, Operation] = {}
        self._lock = threading.RLock()

    @functools.cached_property
    def conversions(self) -> Conversions:
        """What converts and validates structures; cattrs is imported, and read by type checkers, only for it."""
        return cast("Conversions", importlib.import_module(".conversions", __package__))

    @functools.cached_property
    def display(self) -> Display:
        """What shows structures, imported when one is shown."""
        return cast("Display", importlib.import_module(".display", __package__))

    def view(self, name: str) -> MakeView | None:
        return None if self._view is None else self._view(name)

    def __getitem__(self, name: str) -> Any:
        try:
            return self._classes[name]
        except KeyError:
            pass
        # Two threads must not build the class of one name twice: their instances would never be equal.
        with self._lock:
            if name not in self._classes:
                self._classes[name] = self._build(name)
            return self._classes[name]

    def getattr(self, name: str) -> Any:
        """What a module's `__getattr__` returns: the class, kept in the module for the next time."""
        if name not in self.schema.shapes or self.shapes[name]["type"] not in ("structure", "enum"):
            hint = self.newer("shapes", name)
            if not hint and name[:1].isupper():  # any other name is a module's, or looked up by who inspects one
                hint = nearest(name, [*self.public_names, *self.error_names])
            raise AttributeError(f"module {self.module!r} has no attribute {name!r}{hint}")
        cls = self[name]
        module = sys.modules.get(self.module)
        if module is not None:
            setattr(module, name, cls)
        return cls

    def converter(self, name: str) -> Converter | None:
        try:
            return self._converters[name]
        except KeyError:
            # A list or map may hold itself through a document only, so this recursion ends at the next structure.
            converter = self._converters[name] = shape_converter(self, name)
            return converter

    def operation(self, name: str) -> Operation:
        """What the layers below the client need to know of an operation."""
        try:
            return self._operations[name]
        except KeyError:
            operation = self._operations[name] = Operation(self, name)
            return operation

    def _build(self, name: str) -> Any:
        row = self.shapes[name]
        if row["type"] == "enum":
            return self._build_enum(name, row)
        if row["type"] != "structure":
            raise KeyError(name)
        return self._build_error(name, row) if "error" in row else self.build_structure(name, row)

    def _qualname(self, name: str) -> str:
        return f"{self._within}.{name}" if self._within else name

    def _build_enum(self, name: str, row: ShapeRow) -> type[OpenEnum]:
        functional: Any = OpenEnum
        made: Any = functional(name, row["values"], module=self.module, qualname=self._qualname(name))
        made.__doc__ = LazyDoc(self, name)
        return cast("type[OpenEnum]", made)

    def _build_error(self, name: str, row: ShapeRow) -> type[errors.ServiceError]:
        base = self._error_base(name)
        body: dict[str, Any] = {
            "__module__": self.module if self._within else f"{self.module}.errors",
            "__qualname__": self._qualname(name),
            "__doc__": LazyDoc(self, name),
            "__annotations__": Annotations(self, name),
            "__shape__": name,
            "__namespace__": self,
        }
        for member in row["members"].values():
            if member["name"] != "message":
                body[member["name"]] = None
        return type(name, (base,), body)

    def build_structure(self, name: str, row: ShapeRow) -> type[Structure]:
        """The attrs class for a structure's row."""
        fields: dict[str, Any] = {}
        for wire_name, member in row["members"].items():
            options: dict[str, Any] = {"default": None} if is_optional(member) else {}
            converter = to_body if is_body(self, row, wire_name) else member_converter(self, member)
            fields[member["name"]] = attrs.field(converter=converter, **options)
        base: type[Structure] = Structure
        body: dict[str, Any] = {
            "__doc__": LazyDoc(self, name),
            "__shape__": name,
            "__namespace__": self,
            **methods(self, name, row),
        }
        if "response" in row:
            base = (self._base and self._base(name)) or Response
            fields["response_metadata"] = attrs.field(default=NO_METADATA, eq=False)
        elif "request" in row:
            base = Request
            body["__operation__"] = row["request"]
        cls: type[Structure] = attrs.make_class(
            name,
            fields,
            bases=(base,),
            class_body=body,
            frozen=True,
            slots=True,
            weakref_slot=False,
            kw_only=True,
            order=False,
            repr=False,
        )
        cls.__module__ = self.module
        cls.__qualname__ = self._qualname(name)
        cls.__annotations__ = Annotations(self, name)
        cls.__init__.__annotations__ = init_annotations(self, row)
        cls.__init__ = self._explaining(name, cls.__init__)  # type: ignore[method-assign]  # the class is new
        return cls

    def _explaining(self, name: str, init: Callable[..., None]) -> Callable[..., None]:
        """A constructor that says of wrong keywords what to write in their place.

        Loaders, which make structures in thousands, do without constructors.
        """
        others = ("response_metadata",) if "response" in self.shapes[name] else ()

        @functools.wraps(init)
        def explained(self: Any, /, *given: Any, **members: Any) -> None:
            if given:
                raise positional_error(name, given)
            try:
                init(self, **members)
            except TypeError:
                wrong = keyword_error(namespace, name, members, others=others)
                if wrong is None:
                    raise  # by an iterable of the caller's own
            else:
                return
            raise wrong

        namespace = self
        return explained
